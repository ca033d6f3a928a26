import { printList, printOne } from './printing.js';

let printed: string;
beforeEach(() => {
  printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((printed += String(text)), true));
});
afterEach(() => jest.restoreAllMocks());

it('prints the columns of a list under the names of the API, and nothing beside them', () => {
  printList([{ id: 'a', volumeId: 'v', secret: 's' }], 'json', ['id', 'volumeId', 'host']);

  expect(JSON.parse(printed)).toEqual([{ id: 'a', volume_id: 'v', host: null }]);
});

it('keeps the keys that somebody else has chosen', () => {
  const nested = [{ attachedAt: 'now' }];
  printOne({ metadata: { someKey: '1' }, adminMetadata: { oneMore: '2' }, attachments: nested, time: new Date(0) }, 'json');

  expect(JSON.parse(printed)).toEqual({
    metadata: { someKey: '1' },
    admin_metadata: { oneMore: '2' },
    attachments: [{ attached_at: 'now' }],
    time: '1970-01-01T00:00:00.000Z',
  });
});

it.each([
  ['nothing', null, '-'],
  ['a text that would steer the terminal', '\u001b[2Jx\ny', '?[2Jx?y'],
  ['a list', ['a'], '["a"]'],
  ['a time', new Date(0), '1970-01-01T00:00:00.000Z'],
  ['a truth', false, 'false'],
])('shows %s in a cell', (_, value, shown) => {
  printOne({ thing: value }, 'table');

  expect(printed.split('\n')[3]).toMatch(new RegExp(`^│ thing │ ${escaped(shown)} *│$`));
});

it('prints the head of an empty list', () => {
  printList([], 'table', ['id', 'createdAt']);

  expect(printed).toContain('│ id │ created_at │');
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
