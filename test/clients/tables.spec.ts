import { onlyTableIn, propertiesIn, tablesIn } from './tables';

it('tables are rows by column, and a value of several lines is one value', () => {
  const text = `said before
+----+-------+
| ID | Name  |
+----+-------+
| 1  | a : 1 |
|    | b : 2 |
| 2  |       |
+----+-------+
+----------+-------+
| Property | Value |
+----------+-------+
| id       | x     |
+----------+-------+
`;

  expect(tablesIn(text)).toEqual([
    [
      { ID: '1', Name: 'a : 1\nb : 2' },
      { ID: '2', Name: '' },
    ],
    [{ Property: 'id', Value: 'x' }],
  ]);
});

it('a table without rows is one', () => {
  expect(tablesIn('+----+\n| ID |\n+----+\n+----+\n')).toEqual([[]]);
});

it.each(['', 'No volumes.\n', '+----+\n| ID |\n+----+\n+----+\n'.repeat(2)])('%j is not one table', (text) => {
  expect(() => onlyTableIn(text)).toThrow('that is not one table');
});

it('tables of two columns are one object', () => {
  const one = (key: string) => `+---+---+\n| Property | Value |\n+---+---+\n| ${key} | of ${key} |\n+---+---+\n`;

  expect(propertiesIn(one('a') + one('b'))).toEqual({ a: 'of a', b: 'of b' });
});
