import { validateSync } from 'class-validator';
import { GatewayConfig } from './gateway.config.js';

it.each([
  [{}, null],
  [{ HOST: '127.0.0.2' }, null],
  [{ HOST: '::1' }, null],
  [{ HOST: '0.0.0.0' }, /HOST is 0\.0\.0\.0.*loopback/],
  [{ HOST: '127.0.0.1.example.com' }, /loopback/],
  [{ HOST: '0.0.0.0', NOAUTH_ALLOW_REMOTE: 'yes' }, null],
  [{ PROJECT_ID_REGEX: '[' }, /PROJECT_ID_REGEX/],
  [{ TRUSTED_PROXIES: '10.0.0.1, fd00::/8' }, null],
  [{ TRUSTED_PROXIES: '10.0.0.1 10.0.0.2' }, /TRUSTED_PROXIES is "10\.0\.0\.1 10\.0\.0\.2", but must be addresses and networks/],
  [{ TRUSTED_PROXIES: ',' }, /TRUSTED_PROXIES is ",", but must be addresses and networks/],
  [{ PUBLIC_ENDPOINT: 'https://volumes.example.org/x' }, null],
  [{ PUBLIC_ENDPOINT: 'volumes.example.org/x' }, /PUBLIC_ENDPOINT must be a URL/],
  [{ DRAIN_MS: 15_001 }, /DRAIN_MS/],
  [{ DRAIN_DELAY_MS: 15_001 }, /DRAIN_DELAY_MS/],
])('%j may start unless %p', (change, refusal) => {
  const faults = validateSync(Object.assign(new GatewayConfig(), change)).flatMap(({ constraints }) => Object.values(constraints ?? {}));

  expect(faults).toEqual(refusal ? [expect.stringMatching(refusal)] : []);
});
