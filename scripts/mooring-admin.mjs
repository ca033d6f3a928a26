#!/usr/bin/env node
process.argv.splice(2, 0, 'admin');
await import('./run.mjs');
