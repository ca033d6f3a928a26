import * as fc from 'fast-check';
import { connectorDigest, connectorHost, connectorInForce, connectorMountpoint, effectiveMode, isConnector } from './connector.js';

it.each([
  [null, false],
  [undefined, false],
  [{}, false],
  [{ a: 1 }, true],
])('%j as a connector: %s', (value, expected) => expect(isConnector(value)).toBe(expected));

it.each([
  ['null', {}, 'rw'],
  ['null', { mode: 'ro' }, 'ro'],
  ['null', { mode: null }, null],
  [null, { mode: 'ro' }, 'ro'],
  ['ro', { mode: 'rw' }, 'ro'],
  ['rw', {}, 'rw'],
  ['null', { mode: 5 }, '5'],
])('stored %j and connector %j give mode %j', (stored, connector, mode) => expect(effectiveMode(stored, connector)).toBe(mode));

it('a stored mode stands in the connector; an unsaid one leaves it alone', () => {
  expect(connectorInForce('ro', { host: 'h', mode: 'rw' })).toEqual({ host: 'h', mode: 'ro' });
  expect(connectorInForce('null', { host: 'h' })).toEqual({ host: 'h' });
});

it.each([
  [{}, '', 'na'],
  [{ host: 'h', mountpoint: '/dev/vdb' }, 'h', '/dev/vdb'],
  [{ host: 5, mountpoint: null }, '', 'na'],
])('%j has host %j and mountpoint %j', (connector, host, mountpoint) => {
  expect([connectorHost(connector), connectorMountpoint(connector)]).toEqual([host, mountpoint]);
});

it('the digest does not depend on the order of keys, at any depth', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (connector) => {
      const reversed = Object.fromEntries(Object.entries(connector).reverse());
      expect(connectorDigest(reversed, 'rw')).toBe(connectorDigest(connector, 'rw'));
    }),
  );
});

it('the digest tells connectors, their lists, and modes apart', () => {
  const digests = [
    connectorDigest({ host: 'h' }, 'rw'),
    connectorDigest({ host: 'h' }, 'ro'),
    connectorDigest({ host: 'h' }, null),
    connectorDigest({ host: 'g' }, 'rw'),
    connectorDigest({ host: 'h', wwpns: ['a', 'b'] }, 'rw'),
    connectorDigest({ host: 'h', wwpns: ['b', 'a'] }, 'rw'),
    connectorDigest({ host: 'h', constructor: 5 }, 'rw'),
  ];
  expect(new Set(digests).size).toBe(digests.length);
});

it('the mode counts once: said in the connector or in force', () => {
  expect(connectorDigest({ host: 'h', mode: 'rw' }, 'rw')).toBe(connectorDigest({ host: 'h' }, 'rw'));
});
