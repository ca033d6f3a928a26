import { Opened } from './opened.js';

it('closes everything in the opposite order, once, also behind what fails, and then says so', async () => {
  const closed: string[] = [];
  const opened = new Opened();
  opened.add(() => void closed.push('folder'));
  opened.add(async () => {
    closed.push('database');
    throw new Error('disk full');
  });
  opened.add(async () => void closed.push('app'));

  await expect(opened.closeAll()).rejects.toThrow('disk full');
  await opened.closeAll();

  expect(closed).toEqual(['app', 'database', 'folder']);
});
