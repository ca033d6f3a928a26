import { Networks } from './networks.js';

it.each([
  ['10.0.0.5', '10.0.0.5', true],
  ['10.0.0.5', '10.0.0.6', false],
  ['10.1.0.0/16, 192.0.2.1', '10.1.255.255', true],
  ['10.1.0.0/16,192.0.2.1', '10.2.0.0', false],
  ['10.1.0.0/16', '::ffff:10.1.2.3', true],
  ['fd00::/8, ::1', 'fd12::1', true],
  ['fd00::/8, ::1', 'fe80::1', false],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['', '127.0.0.1', false],
  ['127.0.0.1', '', false],
])('%j includes %s: %s', (text, address, included) => {
  expect(new Networks(text).include(address)).toBe(included);
});

it.each(['10.0.0', '10.0.0.0/33', 'fd00::/129', '10.0.0.0/', '10.0.0.0/8/8', 'proxy.example.com'])('%s is no network', (text) => {
  expect(() => new Networks(text)).toThrow(`${text} is neither an address nor a network`);
});
