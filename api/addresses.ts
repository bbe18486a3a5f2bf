import { BlockList, isIP, SocketAddress } from 'node:net';

/** The proxies whose word on a client's address is taken. */
export type TrustedProxies = BlockList;

/** @throws TypeError naming the entry that is neither an address nor a network (`10.0.0.0/8`). */
export function trustedProxies(entries: readonly string[]): TrustedProxies {
  const list = new BlockList();
  for (const entry of entries) {
    const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const bits = prefix === undefined ? null : Number(prefix);
    if (isIP(address) === 0 || (bits !== null && bits > (family === 'ipv6' ? 128 : 32)))
      throw new TypeError(`${entry} is no address and no network`);
    if (bits === null) list.addAddress(address, family);
    else list.addSubnet(address, bits, family);
  }
  return list;
}

/**
 * The address of the client: that of the peer, or, while the one who speaks is a trusted proxy, the one before it in
 * X-Forwarded-For. What stands further left could be anybody's invention and is not read; nor is what stands before
 * something that is no address.
 */
export function clientAddress(peer: string, forwardedFor: string | null, trusted: TrustedProxies): string {
  const hops = forwardedFor === null ? [] : forwardedFor.split(',');
  let address = canonical(peer) ?? peer;
  while (isTrusted(address, trusted)) {
    const before = canonical(hops.pop() ?? '');
    if (before === null) break;
    address = before;
  }
  return address;
}

function isTrusted(address: string, trusted: TrustedProxies): boolean {
  return isIP(address) !== 0 && trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * An address as it is usually written: without the port and the brackets that some proxies add, IPv4 that came by an
 * IPv6 socket as IPv4, IPv6 in its short form. Null for what is no address.
 */
function canonical(text: string): string | null {
  const [, bracketed, bare] = /^\s*(?:\[([^\]]*)\](?::\d+)?|(.*?))\s*$/.exec(text) ?? [];
  const address = bracketed ?? bare?.replace(/^([\d.]+):\d+$/, '$1') ?? '';
  switch (isIP(address)) {
    case 4:
      return address;
    case 6:
      return shortIPv6(address);
    default:
      return null;
  }
}

function shortIPv6(address: string): string | null {
  // A zone (`%eth0`) says which way this machine reaches the address, not whose it is.
  const short = new SocketAddress({ address: address.replace(/%.*$/, ''), family: 'ipv6' }).address;
  const mapped = /^::ffff:([\d.]+)$/.exec(short)?.[1];
  return mapped ?? short;
}
