import { Keystone } from './keystone.js';
import { KeystoneConfig } from './keystone.config.js';

it('says of every URL why it cannot be asked there', async () => {
  const OS_AUTH_URL = 'http://127.0.0.1:1/v3, http://127.0.0.1:2';
  const keystone = new Keystone(Object.assign(new KeystoneConfig(), { OS_AUTH_URL, KEYSTONE_RETRIES: 0 }));

  const said = await Promise.all([1, 2, 3].map(() => keystone.ask('GET', '', {}).catch(({ message }: Error) => message)));

  expect(said).toEqual(
    Array(3).fill(
      'Keystone cannot be asked at http://127.0.0.1:1/v3: connect ECONNREFUSED 127.0.0.1:1; ' +
        'at http://127.0.0.1:2/v3: connect ECONNREFUSED 127.0.0.1:2',
    ),
  );
  await keystone.close();
});
