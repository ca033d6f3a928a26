// SWC compiles to CommonJS, since Node 20's jest cannot require an ES module; so Nest's own ES modules are compiled too.
const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2022',
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
};

const base = {
  testEnvironment: 'node',
  rootDir: __dirname,
  moduleNameMapper: {
    '^@app/(domain|attachments|drivers|messaging|openstack|platform)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transformIgnorePatterns: [
    '/node_modules/(?!(.*/node_modules/)?(@nestjs|cookie|file-type|strtok3|token-types|uint8array-extras|@tokenizer|@borewit|load-esm)/)',
  ],
  transform: { '^.+\\.(ts|js)$': ['@swc/jest', swc] },
};

// A private PostgreSQL and RabbitMQ, one of each for a whole run.
const withServers = {
  ...base,
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};

module.exports = {
  testTimeout: 60_000,
  // By itself it would leave one core alone, of two: the servers and the apps of a test wait as much as they work.
  maxWorkers: '100%',
  reporters: ['default', '<rootDir>/test/support/conformance-report.cjs'],
  projects: [
    // And whether the places that the faults name are still there: nobody need wait a quarter of an hour to hear of it.
    { ...base, displayName: 'rules', testRegex: ['/(apps|libs)/.*\\.spec\\.ts$', '/test/faults/places\\.spec\\.ts$'] },
    { ...withServers, displayName: 'system', testRegex: '/test/(?!faults/|clients/|fuzz/).*\\.spec\\.ts$' },
    // The clients of OpenStack, as Debian has them; each command is a process of its own.
    {
      ...withServers,
      globalSetup: '<rootDir>/test/clients/global-setup.ts',
      displayName: 'clients',
      setupFilesAfterEnv: ['<rootDir>/test/clients/time-limit.ts'],
      testRegex: '/test/clients/(?!keystone/).*\\.spec\\.ts$',
    },
    // Requests that nobody should send, to a gateway in a process of its own whose memory is watched: nothing beside it (`--runInBand`).
    { ...withServers, displayName: 'fuzz', testRegex: '/test/fuzz/.*\\.spec\\.ts$' },
    // The same once more by Keystone; how they are pointed at noauth is for noauth alone.
    {
      ...withServers,
      globalSetup: '<rootDir>/test/clients/global-setup.ts',
      displayName: 'clients-keystone',
      globals: { CLIENTS_IDENTITY: 'keystone' },
      setupFilesAfterEnv: ['<rootDir>/test/clients/time-limit.ts'],
      testRegex: '/test/clients/.*(?<!pointing|tables)\\.spec\\.ts$',
    },
    // They kill, freeze and starve: one at a time (`--runInBand`), and nothing beside them.
    { ...withServers, displayName: 'faults', testRegex: '/test/faults/(?!places\\.).*\\.spec\\.ts$' },
  ],
};
