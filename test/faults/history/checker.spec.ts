import { checkHistory, explained } from './checker';
import { historyOf } from './history-lines';

/** The checker is believed only as far as it refuses what is wrong: each history here says in its name what is. */
interface Case {
  name: string;
  lines: string[];
  multiattach?: boolean;
}

const FREE = 'end available/detached';
const RESERVED = '0-1 reserve a:i1 200 reserved@';
const ATTACHED = [RESERVED, '2-4 update a@h1 200 attaching@h1', '5-6 complete a 204'];
const IN_USE = 'end in-use/attached a:i1=attached@h1';

const BAD: Case[] = [
  {
    name: 'a create that is sent again makes a second row beside the first',
    lines: ['0-9 create a:i1@h1#g 200', '1-9 create b:i1@h1#g 200', 'end attaching/attaching a:i1=attaching@h1 b:i1=attaching@h1'],
  },
  {
    name: 'two creates that have nothing to do with each other are told the same row',
    lines: ['0-9 create a:i1@h1#g 200', '1-9 create a:i1@h1#k 200', 'end attaching/attaching a:i1=attaching@h1'],
  },
  {
    name: 'two instances both reserve one volume',
    lines: ['0-4 reserve a:i1 200', '1-3 reserve b:i2 200', 'end reserved/detached a:i1=reserved b:i2=reserved'],
  },
  {
    name: 'two hosts are both connected by a create',
    lines: [
      '0-4 create a:i1@h1 200 attaching@h1',
      '1-5 create b:i2@h2 200 attaching@h2',
      'end attaching/attaching a:i1=attaching@h1 b:i2=attaching@h2',
    ],
  },
  {
    name: 'a second row of the instance is connected beside the first',
    lines: [
      ...ATTACHED,
      '7-8 reserve b:i1 200',
      '9-12 update b@h2 200 attaching@h2',
      'end attaching/attaching a:i1=attached@h1 b:i1=attaching@h2',
    ],
  },
  {
    name: 'an update that was told 200 is lost',
    lines: [RESERVED, '2-4 update a@h1 200 attaching@h1', 'end reserved/detached a:i1=reserved'],
  },
  {
    name: 'an update is answered before its row is written, and a show sees so',
    lines: [RESERVED, '2-4 update a@h1 200', '5-6 show a 200 reserved@', 'end attaching/attaching a:i1=attaching@h1'],
  },
  {
    name: 'an attachment is shown after its delete was told 200',
    lines: [RESERVED, '2-3 delete a 200 []', '4-5 show a 200 reserved@', FREE],
  },
  { name: 'an attachment is there at the end though its delete was told 200', lines: [...ATTACHED, '7-9 delete a 200 []', IN_USE] },
  {
    name: 'a deleted attachment is connected by a late attach',
    lines: [RESERVED, '2-? update a@h1 -', '3-8 delete a 200 []', 'end attaching/attaching a:i1=attaching@h1'],
  },
  {
    name: 'two deletes of two reserved rows leave the volume reserved',
    lines: [RESERVED, '2-3 reserve b:i1 200', '4-8 delete a 200', '4-8 delete b 200', 'end reserved/reserved'],
  },
  { name: 'the last delete leaves the volume in use', lines: [...ATTACHED, '7-9 delete a 200 []', 'end in-use/attached'] },
  {
    name: 'both of two deletes say that the other row remains',
    lines: [RESERVED, '2-3 reserve b:i1 200', '4-8 delete a 200 [b]', '4-8 delete b 200 [a]', FREE],
  },
  {
    name: 'a delete says that nothing remains while another row does',
    lines: [RESERVED, '2-3 reserve b:i1 200', '4-5 delete a 200 []', 'end reserved/reserved b:i1=reserved'],
  },
  {
    name: 'a complete that was told 204 is lost',
    lines: [RESERVED, '2-4 update a@h1 200', '5-6 complete a 204', 'end attaching/attaching a:i1=attaching@h1'],
  },
  {
    name: 'a complete overtakes the attach behind which it waits',
    lines: [
      RESERVED,
      '2-9 update a@h1 200',
      '3-4 update a@h2 409 attaching',
      '5-6 complete a 204',
      '7-8 show a 200 attached@',
      'end attaching/attaching a:i1=attaching@h1',
    ],
  },
  { name: 'a complete moves the attachment and not the volume', lines: [...ATTACHED, 'end attaching/attaching a:i1=attached@h1'] },
  {
    name: 'a show sees what was, after it has seen what is',
    lines: [
      RESERVED,
      '2-9 update a@h1 200',
      '3-4 show a 200 attaching@h1',
      '5-6 show a 200 reserved@',
      'end attaching/attaching a:i1=attaching@h1',
    ],
  },
  { name: 'a show sees a host that nobody connected', lines: [...ATTACHED, '7-8 show a 200 attached@h2', IN_USE] },
  { name: 'a show does not find what was reserved', lines: [RESERVED, '2-3 show a 404', 'end reserved/detached a:i1=reserved'] },
  { name: 'a reserve is refused though the volume is free', lines: ['0-1 reserve ?:i1 400', FREE] },
  {
    name: 'a reserve is refused after the volume has become free again',
    lines: [RESERVED, '2-3 delete a 200 []', '4-5 reserve ?:i2 400', FREE],
  },
  {
    name: 'an update is refused as being attached, and nobody attaches',
    lines: [RESERVED, '2-3 update a@h1 409 attaching', 'end reserved/detached a:i1=reserved'],
  },
  {
    name: 'an update is refused as a duplicate, and no other row is connected',
    lines: [RESERVED, '2-3 reserve b:i1 200', '4-5 update a@h1 409 duplicate', 'end reserved/detached a:i1=reserved b:i1=reserved'],
  },
  {
    name: 'an update says that somebody has changed the row, and nobody has',
    lines: [RESERVED, '2-3 update a@h1 409 changed', 'end attaching/attaching a:i1=attaching@h1'],
  },
  {
    name: 'a repeat with the same connector is refused instead of joined',
    lines: [RESERVED, '2-9 update a@h1 200', '3-8 update a@h1 409 attaching', 'end attaching/attaching a:i1=attaching@h1'],
  },
  {
    name: 'two connectors are attached to one row at once',
    lines: [
      RESERVED,
      '2-9 update a@h1 200 attaching@h1',
      '2-9 update a@h2 200 attaching@h2',
      '3-5 show a 200 attaching@h1',
      '6-7 show a 200 attaching@h2',
      '7-8 show a 200 attaching@h1',
      'end attaching/attaching a:i1=attaching@h1',
    ],
  },
  {
    name: 'a row is not found though nobody has deleted it',
    lines: [RESERVED, '2-3 update a@h1 404', 'end reserved/detached a:i1=reserved'],
  },
  {
    name: 'a delete is told 404 though the row is still there',
    lines: [RESERVED, '2-3 delete a 404', 'end reserved/detached a:i1=reserved'],
  },
  { name: 'one row is deleted twice, and both are told 200', lines: [RESERVED, '2-3 delete a 200 []', '4-5 delete a 200 []', FREE] },
  {
    name: 'the rows at the end have an attachment that nobody asked for',
    lines: [RESERVED, 'end reserved/detached a:i1=reserved x:i9=reserved'],
  },
  {
    name: 'the rows at the end have another host than the last update was told',
    lines: [...ATTACHED, 'end in-use/attached a:i1=attached@h2'],
  },
  { name: 'the volume at the end is not what its rows make of it', lines: [RESERVED, 'end available/detached a:i1=reserved'] },
  {
    name: 'a show meets an attachment before anybody has asked for it',
    lines: ['0-1 show a 200 reserved@', '2-3 reserve a:i1 200', 'end reserved/detached a:i1=reserved'],
  },
  {
    name: 'an effect is seen before its call was made',
    lines: [RESERVED, '2-3 show a 200 attaching@h1', '4-6 update a@h1 200', 'end attaching/attaching a:i1=attaching@h1'],
  },
  {
    name: 'an open update takes effect twice',
    lines: [
      RESERVED,
      '2-? update a@h1 -',
      '3-4 show a 200 attaching@h1',
      '5-6 complete a 204',
      '7-8 show a 200 attached@h1',
      '9-10 show a 200 attaching@h1',
      'end attaching/attaching a:i1=attaching@h1',
    ],
  },
  { name: 'an open reserve makes two rows', lines: ['0-? reserve ?:i1 -', 'end reserved/detached a:i1=reserved b:i1=reserved'] },
  {
    name: 'an update that failed for good is connected all the same',
    lines: [RESERVED, '2-4 update a@h1 500 final', 'end attaching/attaching a:i1=attaching@h1'],
  },
  {
    name: 'a create that failed for good leaves its row',
    lines: ['0-4 create ?:i1@h1 500 Unable to create attachment for volume (kaboom).', 'end reserved/detached x:i1=reserved'],
  },
  {
    name: 'a create that failed for good leaves the volume reserved',
    lines: ['0-4 create ?:i1@h1 500 Unable to create attachment for volume (kaboom).', 'end reserved/detached'],
  },
  {
    name: 'an update is told 200 though the delete before it was told 200',
    lines: [RESERVED, '2-3 delete a 200 []', '4-6 update a@h1 200', FREE],
  },
  {
    name: 'a complete of a deleted row is told 204, and the volume is in use for ever',
    lines: [...ATTACHED, '7-9 delete a 200 []', '10-11 complete a 204', 'end in-use/attached'],
  },
  {
    name: 'an unfinished delete is told 404 and then nothing has gone',
    lines: [...ATTACHED, '7-9 delete a 504', '10-12 delete a 404', IN_USE],
  },
];

const GOOD: Case[] = [
  { name: 'nothing', lines: [FREE] },
  { name: 'one whole life', lines: [...ATTACHED, '7-8 show a 200 attached@h1', '9-12 delete a 200 []', '13-14 show a 404', FREE] },
  {
    name: 'two reserves race, one is refused',
    lines: ['0-4 reserve a:i1 200', '1-3 reserve ?:i2 400', 'end reserved/detached a:i1=reserved'],
  },
  {
    name: 'a refused reserve overlaps the delete that would have made room',
    lines: [RESERVED, '2-6 delete a 200 []', '3-5 reserve ?:i2 400', FREE],
  },
  {
    name: 'a second reservation of the same instance',
    lines: [RESERVED, '2-3 reserve b:i1 200', '4-5 delete a 200 [b]', 'end reserved/reserved b:i1=reserved'],
  },
  {
    name: 'live migration: a create with connector beside the attached row',
    lines: [
      ...ATTACHED,
      '7-12 create b:i1@h2 200 attaching@h2',
      '13-15 delete a 200 [b]',
      '16-17 complete b 204',
      'end in-use/attached b:i1=attached@h2',
    ],
  },
  {
    name: 'a reserved row beside an attached one cannot be connected',
    lines: [...ATTACHED, '7-8 reserve b:i1 200', '9-10 update b@h2 409 duplicate', 'end in-use/attached a:i1=attached@h1 b:i1=reserved'],
  },
  { name: 'a complete waits behind the attach', lines: [RESERVED, '2-9 update a@h1 200', '3-9 complete a 204', IN_USE] },
  {
    name: 'an update answers the row as it stands, completed meanwhile',
    lines: [RESERVED, '2-9 update a@h1 200 attached@h1', '3-9 complete a 204', IN_USE],
  },
  {
    name: 'an update is told 504 and its repeat joins',
    lines: [RESERVED, '2-9 update a@h1 504', '10-14 update a@h1 200 attaching@h1', 'end attaching/attaching a:i1=attaching@h1'],
  },
  {
    name: 'an update that was never answered takes effect much later',
    lines: [
      RESERVED,
      '2-? update a@h1 -',
      '3-4 show a 200 reserved@',
      '50-51 show a 200 attaching@h1',
      'end attaching/attaching a:i1=attaching@h1',
    ],
  },
  {
    name: 'an update that was never answered never takes effect',
    lines: [RESERVED, '2-? update a@h1 -', 'end reserved/detached a:i1=reserved'],
  },
  {
    name: 'another connector meanwhile is refused, naming the holder',
    lines: [RESERVED, '2-9 update a@h1 200', '3-4 update a@h2 409 attaching', 'end attaching/attaching a:i1=attaching@h1'],
  },
  {
    name: 'another connector afterwards, and the first caller hears of the change',
    lines: [RESERVED, '2-9 update a@h1 409 changed', '5-9 update a@h2 200 attaching@h2', 'end attaching/attaching a:i1=attaching@h2'],
  },
  { name: 'a delete supersedes the attach that runs', lines: [RESERVED, '2-9 update a@h1 404', '4-8 delete a 200 []', FREE] },
  {
    name: 'a show between the promise of a delete and its effect still sees the row',
    lines: [...ATTACHED, '7-20 delete a 200 []', '8-9 complete a 404', '10-11 show a 200 attached@h1', FREE],
  },
  {
    name: 'a delete is told 504, its repeat joins or finds nothing',
    lines: [...ATTACHED, '7-9 delete a 504', '10-12 delete a 200 []', '13-14 delete a 404', FREE],
  },
  { name: 'two deletes of one row join', lines: [...ATTACHED, '7-12 delete a 200 []', '8-12 delete a 200 []', FREE] },
  {
    name: 'an update that failed for good leaves all as it was',
    lines: [...ATTACHED, '7-12 update a@h2 500 final', '13-14 show a 200 attached@h1', IN_USE],
  },
  { name: 'a delete that failed leaves all as it was', lines: [...ATTACHED, '7-12 delete a 500', '13-14 show a 200 attached@h1', IN_USE] },
  {
    name: 'a create that fails holds the volume meanwhile and lets it go',
    lines: [
      '0-9 create ?:i1@h1 500 Unable to create attachment for volume (kaboom).',
      '3-4 reserve ?:i2 400',
      '10-11 reserve b:i2 200',
      'end reserved/detached b:i2=reserved',
    ],
  },
  {
    name: 'a create that was given up is taken back later',
    lines: [
      '0-9 create ?:i1@h1 500 Unable to create attachment for volume.',
      '3-4 reserve ?:i2 400',
      '10-11 reserve ?:i2 400',
      '30-31 reserve b:i2 200',
      'end reserved/detached b:i2=reserved',
    ],
  },
  {
    name: 'a create that was never answered has made a row',
    lines: ['0-? create ?:i1@h1 -', '9-10 reserve ?:i2 400', 'end attaching/attaching x:i1=attaching@h1'],
  },
  {
    name: 'three hosts on a multiattach volume',
    multiattach: true,
    lines: [
      '0-4 create a:i1@h1 200',
      '5-6 complete a 204',
      '7-9 create b:i2@h2 200',
      '10-11 complete b 204',
      '12-14 create c:i3@h3 200',
      'end attaching/attaching a:i1=attached@h1 b:i2=attached@h2 c:i3=attaching@h3',
    ],
  },
];

GOOD.push(
  {
    name: 'a create that was not answered is sent again and joins',
    lines: ['0-? create ?:i1@h1#g -', '4-9 create a:i1@h1#g 200 attaching@h1', 'end attaching/attaching a:i1=attaching@h1'],
  },
  {
    name: 'a create that was not answered is sent again, too late to join',
    lines: ['0-? create ?:i1@h1#g -', '4-9 create ?:i1@h1#g 400', '10-12 delete a 200 []', FREE],
  },
);

const judged = ({ lines, multiattach = false }: Case) => checkHistory(historyOf(lines, { multiattach }));

it.each(BAD)('it refuses: $name', (bad) => {
  const verdict = judged(bad);

  expect(verdict.ok).toBe(false);
  expect(verdict.volumes.map(({ is }) => is)).not.toContain('unknown');
});

it.each(GOOD)('it accepts: $name', (good) => {
  expect(explained(judged(good))).toBe('');
});

it('tells what it could explain, and what not', () => {
  const [volume] = judged({ name: '', lines: [RESERVED, '2-3 delete a 404', 'end reserved/detached a:i1=reserved'] }).volumes;

  expect(volume?.why).toContain('r0 of c0: reserve a');
  expect(volume?.why).toMatch(/not explained:\n {2}r1 of c1: delete a .* 404/);
});

it('says that it does not know rather than take for ever', () => {
  const open = Array.from({ length: 14 }, (_, i) => `0-? update a@h${i} -`);

  const verdict = checkHistory(historyOf([RESERVED, ...open, 'end available/detached a:i1=reserved']), 0.05);

  expect(verdict.volumes.map(({ is }) => is)).toEqual(['unknown']);
  expect(verdict.ok).toBe(false);
});
