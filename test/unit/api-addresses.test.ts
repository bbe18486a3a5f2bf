import { describe, expect, test } from 'vitest';
import { clientAddress, trustedProxies } from '../../api/addresses.ts';

const TRUSTED = trustedProxies(['127.0.0.1', '::1', '10.0.0.0/8', 'fd00::/8']);
const NOBODY = trustedProxies([]);

describe('the address of a client', () => {
  test.each([
    ['IPv4', '203.0.113.9', '203.0.113.9'],
    ['IPv6, as uWS writes it', '2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['IPv4 by an IPv6 socket', '0000:0000:0000:0000:0000:ffff:cb00:7109', '203.0.113.9'],
    ['IPv4 by an IPv6 socket, short', '::ffff:203.0.113.9', '203.0.113.9'],
    ['nothing, as of a socket that has gone', '', ''],
  ])('without a proxy is that of the peer: %s', (_kind, peer, address) => {
    expect(clientAddress(peer, null, TRUSTED)).toBe(address);
    expect(clientAddress(peer, '198.51.100.1', NOBODY)).toBe(address);
  });

  test('is never what somebody who is not trusted says', () => {
    expect(clientAddress('203.0.113.9', '198.51.100.1', TRUSTED)).toBe('203.0.113.9');
    expect(clientAddress('203.0.113.9', '127.0.0.1', TRUSTED)).toBe('203.0.113.9');
    // The client invented the first; the proxy added the second.
    expect(clientAddress('127.0.0.1', '198.51.100.1, 203.0.113.9', TRUSTED)).toBe('203.0.113.9');
    expect(clientAddress('127.0.0.1', '10.1.1.1, 203.0.113.9', TRUSTED)).toBe('203.0.113.9');
  });

  test('is that before the last trusted proxy of a chain', () => {
    expect(clientAddress('127.0.0.1', '203.0.113.9, 10.1.1.1, 10.2.2.2', TRUSTED)).toBe('203.0.113.9');
    expect(clientAddress('::1', '203.0.113.9,fd12::5', TRUSTED)).toBe('203.0.113.9');
    expect(clientAddress('::ffff:127.0.0.1', '203.0.113.9', TRUSTED)).toBe('203.0.113.9');
    // Everybody is a proxy: the farthest that is known.
    expect(clientAddress('127.0.0.1', '10.1.1.1', TRUSTED)).toBe('10.1.1.1');
  });

  test.each([
    ['203.0.113.9:4711', '203.0.113.9'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[2001:DB8:0::1]', '2001:db8::1'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    [' 203.0.113.9 ', '203.0.113.9'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('is read however a proxy writes it: %s', (written, address) => {
    expect(clientAddress('127.0.0.1', written, TRUSTED)).toBe(address);
  });

  test.each(['unknown', '', '203.0.113.999', '_hidden', '203.0.113.9:', '1.2.3.4.5'])(
    'is not read past what is no address: "%s"',
    (nonsense) => {
      expect(clientAddress('127.0.0.1', `198.51.100.1, ${nonsense}`, TRUSTED)).toBe('127.0.0.1');
    },
  );
});

describe('trusted proxies', () => {
  test.each(['proxy', '10.0.0.0/33', '::/129', '10.0.0.0/', '10.0.0.0/x', '10.0.0.0/8/8', '/8', ''])(
    'are addresses and networks, not "%s"',
    (entry) => {
      expect(() => trustedProxies([entry])).toThrow(TypeError);
    },
  );

  test('may be a single address or all there are', () => {
    expect(trustedProxies(['192.0.2.1/32']).check('192.0.2.1')).toBe(true);
    expect(trustedProxies(['0.0.0.0/0']).check('192.0.2.1')).toBe(true);
  });
});
