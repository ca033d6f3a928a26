import { qosFor } from './qos.js';

const CASE_225 = {
  write_iops_sec_per_gb: '30',
  read_iops_sec_per_gb: '7700',
  total_iops_sec_per_gb: '300000',
  read_bytes_sec_per_gb: '10',
  write_bytes_sec_per_gb: '40',
  total_bytes_sec_per_gb: '1048576',
};

it('case 225: what is promised for each GiB is promised for 3', () => {
  expect(qosFor(3, CASE_225)).toEqual({
    write_iops_sec: 90,
    read_iops_sec: 23100,
    total_iops_sec: 900000,
    read_bytes_sec: 30,
    write_bytes_sec: 120,
    total_bytes_sec: 3145728,
  });
});

it.each<[string, Record<string, string>, Record<string, string | number>]>([
  ['specs of no size stay as they are', { read_iops_sec: '7', x: 'y' }, { read_iops_sec: '7', x: 'y' }],
  ['at least the least', { read_iops_sec_per_gb: '10', read_iops_sec_per_gb_min: '100' }, { read_iops_sec: 100 }],
  ['a least that is less changes nothing', { read_iops_sec_per_gb: '10', read_iops_sec_per_gb_min: '20' }, { read_iops_sec: 30 }],
  ['at most the most', { read_iops_sec_per_gb: '10', read_iops_sec_max: '20' }, { read_iops_sec: 20 }],
  [
    'the most goes before the least',
    { read_iops_sec_per_gb: '1', read_iops_sec_per_gb_min: '9', read_iops_sec_max: '5' },
    { read_iops_sec: 5 },
  ],
  ['in place of what is promised for any size', { read_iops_sec_per_gb: '10', read_iops_sec: '7' }, { read_iops_sec: 30 }],
  ['beside what else there is', { read_iops_sec_per_gb: '10', write_iops_sec_max: '7' }, { read_iops_sec: 30, write_iops_sec_max: '7' }],
  ['least and most alone are no promise', { read_iops_sec_per_gb_min: '1' }, { read_iops_sec_per_gb_min: '1' }],
  ['no number, no promise', { read_iops_sec_per_gb: 'many' }, { read_iops_sec_per_gb: 'many' }],
  [
    'a least and a most that are none',
    { read_iops_sec_per_gb: '1', read_iops_sec_per_gb_min: 'x', read_iops_sec_max: '' },
    { read_iops_sec: 3 },
  ],
  ['a name that is not scaled', { size_iops_sec_per_gb: '10' }, { size_iops_sec_per_gb: '10' }],
])('%s', (_, specs, expected) => {
  expect(qosFor(3, specs)).toEqual(expected);
});
