import { advertised } from './nbd-options.js';

it.each([
  ['storage-1', { host: 'storage-1', port: null }],
  ['10.0.0.7:10900', { host: '10.0.0.7', port: 10900 }],
  ['[2001:db8::7]:1', { host: '2001:db8::7', port: 1 }],
  ['[::1]', { host: '::1', port: null }],
  ['host:0', null],
  ['host:65536', null],
  ['2001:db8::7', null],
  ['nbd://host', null],
])('%s is the portal %j', (text, portal) => {
  expect(advertised(text)).toEqual(portal);
});
