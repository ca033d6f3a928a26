import { StartError } from '@app/domain';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsUrl,
  Max,
  Min,
  Validate,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { ConfigError, loadConfig } from './load-config.js';

class HttpConfig {
  @IsInt() @Min(1) @Max(65535) readonly PORT: number = 8776;
  @IsBoolean() readonly REMOTE: boolean = false;
  @IsIn(['noauth', 'keystone']) readonly STRATEGY: string = 'noauth';
}
class StoreConfig {
  @IsUrl({ protocols: ['postgres'], require_tld: false, require_protocol: true }) readonly STORE_URL: string;
  @IsOptional() @IsInt() readonly POOL?: number;
}
@ValidatorConstraint({ name: 'even' })
class IsEven implements ValidatorConstraintInterface {
  validate = (value: unknown) => Number(value) % 2 === 0;
  defaultMessage = () => 'PAIRS is undefined, but must be even.\nPAIRS is odd.';
}
class OwnWordsConfig {
  @Validate(IsEven) readonly PAIRS: string;
}

const faultsOf = (
  environment: Record<string, string>,
  classes: Parameters<typeof loadConfig>[0] = { http: HttpConfig, store: StoreConfig },
) => {
  try {
    loadConfig(classes, environment);
  } catch (error) {
    return (error as ConfigError).faults;
  }
  return [];
};
const STORE_URL = 'postgres://app:hunter2@localhost/mooring';

it('takes the initialisers for what is not set or empty, and ignores what no class names', () => {
  const { http, store } = loadConfig({ http: HttpConfig, store: StoreConfig }, { STORE_URL, PORT: '', OTHER: 'x' });

  expect(http).toEqual({ PORT: 8776, REMOTE: false, STRATEGY: 'noauth' });
  expect(http).toBeInstanceOf(HttpConfig);
  expect(store).toMatchObject({ STORE_URL, POOL: undefined });
});

it.each([
  ['PORT', ' 80 ', 80],
  ['POOL', '5', 5],
  ['REMOTE', 'yes', true],
  ['REMOTE', 'FALSE', false],
  ['REMOTE', '1', true],
  ['STRATEGY', 'keystone', 'keystone'],
])('reads %s=%s as %p', (variable, text, value) => {
  const { http, store } = loadConfig({ http: HttpConfig, store: StoreConfig }, { STORE_URL, [variable]: text });

  expect({ ...http, ...store }).toHaveProperty(variable, value);
});

it('names every fault of every class at once: the variable, what was found, what is allowed', () => {
  expect(faultsOf({ PORT: '0x50', REMOTE: 'maybe', STRATEGY: 'none', POOL: '1.5' })).toEqual([
    'PORT is "0x50", but must be a whole number, at least 1, at most 65535.',
    'REMOTE is "maybe", but must be yes or no.',
    'STRATEGY is "none", but must be noauth or keystone.',
    'STORE_URL is not set, but must be a postgres:// URL.',
    'POOL is "1.5", but must be a whole number.',
  ]);
});

it.each([
  ['mysql://app:hunter2@db/x', 'mysql://app:***@db/x'],
  ['mysql://app:hun/ter2@db', 'mysql://***@db'],
  ['mysql://app:hun@ter2@db', 'mysql://app:***@db'],
  ['app:hunter2@db:15672', '***@db:15672'],
  ['mysql://db/x?user=app&password=hunter2&a=1', 'mysql://db/x?user=app&password=***&a=1'],
])('shows no password of %s', (STORE_URL, seen) => {
  expect(faultsOf({ STORE_URL })).toEqual([`STORE_URL is "${seen}", but must be a postgres:// URL.`]);
});

it('lets a rule with words of its own speak for itself', () => {
  expect(faultsOf({}, { pairs: OwnWordsConfig })).toEqual(['PAIRS is not set, but must be even.', 'PAIRS is odd.']);
});

it('is refused as a start that failed', () => {
  expect(() => loadConfig({ store: StoreConfig }, {})).toThrow(StartError);
});
