// The house's import rules (ARCHITECTURE.md): apps → {attachments, drivers, messaging, platform} → domain, one door per lib, no circles.
const siblings = ['attachments', 'drivers', 'messaging', 'openstack', 'platform'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-imports-nothing',
      comment: 'libs/domain is pure: no Nest, no TypeORM, no I/O, no other lib.',
      severity: 'error',
      from: { path: '^libs/domain/src', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^libs/domain/src|^(node:)?crypto$' },
    },
    ...siblings.map((lib) => ({
      name: `${lib}-imports-domain-only`,
      comment: 'Sibling libs meet only in an app.',
      severity: 'error',
      from: { path: `^libs/${lib}/` },
      to: { path: '^(apps|test|libs)/', pathNot: [`^libs/${lib}/`, '^libs/domain/src/index\\.ts$'] },
    })),
    {
      name: 'one-door-per-lib',
      comment: 'Into a lib only through its index.ts.',
      severity: 'error',
      from: { path: '^(apps|test|libs/([^/]+))/' },
      to: { path: '^libs/([^/]+)/src/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^libs/$2/'] },
    },
    {
      name: 'not-through-the-own-door',
      comment: 'Inside a lib, straight to the file.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/src/', pathNot: '/index\\.ts$' },
      to: { path: '^libs/$1/src/index\\.ts$' },
    },
    {
      name: 'apps-never-import-apps',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/standalone/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'standalone-uses-two-doors',
      comment: 'Only standalone imports the gateway and the worker, by one module each.',
      severity: 'error',
      from: { path: '^apps/standalone/' },
      to: {
        path: '^apps/',
        pathNot: ['^apps/standalone/', '^apps/gateway/src/gateway\\.module\\.ts$', '^apps/worker/src/worker\\.module\\.ts$'],
      },
    },
    {
      name: 'no-test-code-in-production',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^test/' },
    },
    {
      name: 'declared-packages-only',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
