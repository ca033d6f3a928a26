import { Lifecycle } from './lifecycle.js';

it('is draining from the first call on, however often it is told so', () => {
  const lifecycle = new Lifecycle();

  expect(lifecycle.draining).toBe(false);
  lifecycle.drain();
  lifecycle.drain();
  expect(lifecycle.draining).toBe(true);
});
