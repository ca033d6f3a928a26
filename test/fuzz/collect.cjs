// Loaded before a built app (NODE_OPTIONS=--expose-gc --require …): SIGUSR2 collects what nothing refers to, so that what is left is what the app
// holds, and not what the engine has not come to yet.
process.on('SIGUSR2', () => {
  globalThis.gc();
  globalThis.gc(); // what the first one has only let go of
  process.stderr.write('collected\n');
});
