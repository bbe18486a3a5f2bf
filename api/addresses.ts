import { BlockList, isIP } from 'node:net';

/** The proxies whose word on a client's address is taken. */
export type TrustedProxies = BlockList;

/** @throws TypeError naming the entry that is neither an address nor a network (`10.0.0.0/8`). */
export function trustedProxies(entries: readonly string[]): TrustedProxies {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const bits = prefix === undefined ? null : Number(prefix);
    if (isIP(address) === 0 || (bits !== null && !Number.isInteger(bits)))
      throw new TypeError(`${entry} is no address and no network`);
    if (bits === null) list.addAddress(address, family);
    else list.addSubnet(address, bits, family);
  }
  return list;
}

/**
 * The address of the client: that of the peer, or, while the one who speaks is a trusted proxy, the one before it in
 * X-Forwarded-For. What stands further left could be anybody's invention and is not read.
 */
export function clientAddress(peer: string, forwardedFor: string | null, trusted: TrustedProxies): string {
  const hops = [
    ...(forwardedFor ?? '')
      .split(',')
      .map((hop) => hop.trim())
      .filter((hop) => isIP(hop) !== 0),
    normal(peer),
  ];
  return hops.findLast((hop) => !isTrusted(hop, trusted)) ?? normal(peer);
}

function isTrusted(address: string, trusted: TrustedProxies): boolean {
  return trusted.check(normal(address), isIP(normal(address)) === 6 ? 'ipv6' : 'ipv4');
}

/** IPv4 addresses that came by an IPv6 socket, and the long form that uWS gives, as they are usually written. */
function normal(address: string): string {
  const mapped = /^(?:::ffff:|0000:0000:0000:0000:0000:ffff:)([0-9.]+|[0-9a-f]{4}:[0-9a-f]{4})$/i.exec(
    address,
  )?.[1];
  if (mapped === undefined || mapped.includes('.')) return mapped ?? address;
  const [high = 0, low = 0] = mapped.split(':').map((group) => Number.parseInt(group, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
