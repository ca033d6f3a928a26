import { createConfig, lintFromString } from '@redocly/openapi-core';

// In a process of its own: the linter is an ES module, which jest does not load. In: documents, one a line; out: what is wrong with any.

const RULES = {
  'no-path-trailing-slash': 'off', // `/v3/` has its slash in the contract
  'operation-2xx-response': 'off', // `/` answers 300
  // What may stand beside the named keys is the schemas' own to say: a connector has keys of its own.
  'no-invalid-media-type-examples': { severity: 'error', allowAdditionalProperties: true },
  'no-invalid-parameter-examples': 'error',
};

const config = await createConfig({ extends: ['recommended-strict'], rules: RULES });
const problems = [];
let text = '';
for await (const part of process.stdin) text += part;
for (const source of text.trim().split('\n')) {
  for (const { ruleId, message, location } of await lintFromString({ source, absoluteRef: '/openapi.json', config })) {
    problems.push(`${JSON.parse(source).info.version} ${ruleId}: ${message} (${location.map(({ pointer }) => pointer).join(', ')})`);
  }
}
process.stdout.write(JSON.stringify(problems));
