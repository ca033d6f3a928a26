// Loaded before a built app (NODE_OPTIONS=--require …, FAULT_PLAN=<path of a plan>, see fault-plan.ts): kills or freezes the process at named
// places of its own code, and plants defects in it. The product knows nothing of it: its files are changed as they are loaded. What does not
// apply exactly is an error, so a kill point can not lie dead after a change of the code that it names.
const { existsSync, readFileSync, writeSync } = require('node:fs');
const Module = require('node:module');

const HIT = 'mooring.killPoint';
const MAIN = /\/apps\/([\w-]+)\/src\/main\.js$/;

const plan = JSON.parse(readFileSync(process.env.FAULT_PLAN, 'utf8'));
const app = MAIN.exec(process.argv[1] ?? '')?.[1] ?? process.argv[2];
const mine = (items) => (items ?? []).filter((item) => item.app === undefined || item.app === app);
const points = mine(plan.killPoints);
const changes = [...points.map(changeOf), ...mine(plan.edits)];
const applied = new Set();

// What this process starts is none of the plan's business: the compiler, say.
delete process.env.NODE_OPTIONS;
delete process.env.FAULT_PLAN;

const compile = Module.prototype._compile;
Module.prototype._compile = function (source, filename, ...rest) {
  const compiled = compile.call(this, changed(source, filename.replaceAll('\\', '/')), filename, ...rest);
  if (MAIN.test(filename)) refuseWhatIsLeft(); // all that an app is made of is loaded before its main has run
  return compiled;
};

function changed(source, filename) {
  return changes.filter(({ file }) => filename.endsWith(`/${file}`)).reduce(apply, source);
}

function apply(source, change) {
  const parts = source.split(change.find);
  if (parts.length !== 2) throw new Error(`fault plan: ${change.file} has ${parts.length - 1} places that read: ${change.find}`);
  applied.add(change);
  return parts.join(change.replace);
}

function refuseWhatIsLeft() {
  const left = changes.filter((change) => !applied.has(change));
  if (left.length > 0) throw new Error(`fault plan: never loaded: ${left.map(({ file }) => file).join(', ')}`);
}

/** A statement before or behind the place; it sees what the place sees. */
function changeOf({ name, file, find, at = 'before', about = "''", when = 'true' }) {
  const statement = `if (${when}) globalThis[Symbol.for('${HIT}')](${JSON.stringify(name)}, ${about});`;
  return { file, find, replace: at === 'before' ? `${statement} ${find}` : `${find} ${statement}` };
}

const passed = new Map();

globalThis[Symbol.for(HIT)] = (name, about) => {
  const { nth = 1, signal = 'SIGKILL' } = points.find((point) => point.name === name);
  if (plan.armedBy !== undefined && !existsSync(plan.armedBy)) return;
  passed.set(name, (passed.get(name) ?? 0) + 1);
  if (passed.get(name) !== nth) return;
  say(`kill point ${name}: ${about}, pid ${process.pid}, ${signal} at passage ${nth}\n`);
  process.kill(process.pid, signal);
};

/** At once and whole: this may be the last thing that the process does. */
function say(line) {
  for (;;) {
    try {
      return void writeSync(2, line);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}
