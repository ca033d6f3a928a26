import { policyRefuses, ServiceError } from './errors.js';
import { FIXED_KEY_ID, mayCreateVolume, NO_RULES, type NewVolumeRules } from './new-volume.js';

const type = (extraSpecs: Record<string, string>, encrypted = false) => ({ name: 'gold', extraSpecs, encrypted });

function refusal(size: number, specs: Record<string, string>, rules: Partial<NewVolumeRules> = {}) {
  try {
    return mayCreateVolume(size, type(specs), { ...NO_RULES, ...rules });
  } catch (error) {
    const { kind, message } = error as ServiceError;
    return [kind, message];
  }
}

it.each([
  [{}, false],
  [{ multiattach: '<is> True' }, true],
  [{ multiattach: 'True' }, false],
  [{ 'provisioning:min_vol_size': '2', 'provisioning:max_vol_size': '2' }, false],
  [{ 'provisioning:max_vol_size': 'much' }, false],
])('a volume of 2 GiB and a type with %j: multiattach is %p', (specs, multiattach) => {
  expect(mayCreateVolume(2, type(specs), { ...NO_RULES, largest: 2 })).toMatchObject({ multiattach });
});

it.each([
  [{ multiattach: '<is> True' }, ['forbidden', "Policy doesn't allow some rule to be performed."]],
  [{}, { multiattach: false, encryptionKeyId: null }],
])('of a type with %j, somebody who may share none makes %j', (specs, expected) => {
  const leaveToShare = () => {
    throw policyRefuses('some rule');
  };

  expect(refusal(2, specs, { leaveToShare })).toEqual(expected);
});

it('without a type a volume may be of any size', () => {
  expect(mayCreateVolume(2_147_483_647, null, NO_RULES)).toMatchObject({ multiattach: false });
});

it.each([
  ['provisioning:min_vol_size', '3', "Specified volume size of '2' is less than the minimum required size of '3' for volume type 'gold'."],
  [
    'provisioning:max_vol_size',
    '1',
    "Specified volume size of '2' is greater than the maximum allowable size of '1' for volume type 'gold'.",
  ],
])('%s of %s refuses 2 GiB', (spec, value, text) => {
  expect(refusal(2, { [spec]: value })).toEqual(['invalid', `Invalid input received: ${text}`]);
});

it('a volume of an encrypted type has the key that all share, and is none without one', () => {
  const encrypted = type({}, true);

  expect(mayCreateVolume(1, encrypted, { ...NO_RULES, sharedKeyId: FIXED_KEY_ID }).encryptionKeyId).toBe(FIXED_KEY_ID);
  expect(mayCreateVolume(1, type({}), { ...NO_RULES, sharedKeyId: FIXED_KEY_ID }).encryptionKeyId).toBeNull();
  expect(() => mayCreateVolume(1, encrypted, NO_RULES)).toThrow('volume type gold is encrypted, and no key manager is configured here');
});

it('a limit for all volumes is a quota', () => {
  expect(refusal(3, {}, { largest: 2 })).toEqual([
    'tooLarge',
    'VolumeSizeExceedsLimit: Requested volume size 3G is larger than maximum allowed limit 2G.',
  ]);
});
