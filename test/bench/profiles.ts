/** What is read of a .cpuprofile, as V8 writes it. */
export interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number }; children?: number[] }[];
  samples: number[];
  /** Of each sample, in µs, since the one before it. */
  timeDeltas: number[];
}

export interface SelfTimes {
  totalMs: number;
  idleMs: number;
  packages: { name: string; ms: number }[];
  functions: { name: string; ms: number }[];
}

/** Where the time was spent, without that of what was called from there. */
export function selfTimes({ nodes, samples, timeDeltas }: Profile): SelfTimes {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const packages = new Map<string, number>();
  const functions = new Map<string, number>();
  let idleMs = 0;
  let totalMs = 0;
  samples.forEach((id, at) => {
    const frame = frames.get(id);
    const ms = (timeDeltas[at] ?? 0) / 1_000;
    if (!frame || (frame.functionName === 'dispatch' && frame.url === '')) return; // the profiler's own beginning and end
    totalMs += ms;
    if (frame.functionName === '(idle)') return void (idleMs += ms);
    const name = packageOf(frame.url, frame.functionName);
    add(packages, name, ms);
    add(functions, `${frame.functionName || '(anonymous)'} ${placeOf(frame.url, frame.lineNumber)}`, ms);
  });
  return { totalMs, idleMs, packages: greatestFirst(packages), functions: greatestFirst(functions) };
}

/** The npm package, the lib or app, or node itself. */
export function packageOf(url: string, functionName: string): string {
  if (url === '') return functionName.startsWith('(') ? functionName : '(native)';
  if (url.startsWith('node:')) return 'node';
  const dependency = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url);
  if (dependency) return dependency[1] ?? url;
  return /\/((?:apps|libs)\/[^/]+)\/src\//.exec(url)?.[1] ?? 'elsewhere';
}

const placeOf = (url: string, line: number): string =>
  url === '' ? '' : `${url.replace(/^.*?(node_modules|apps|libs)(\/.*?)?\/(?=[^/]+\/[^/]+$)/, '$1$2/')}:${line + 1}`;
const add = (to: Map<string, number>, name: string, ms: number) => to.set(name, (to.get(name) ?? 0) + ms);
const greatestFirst = (from: Map<string, number>) => [...from].map(([name, ms]) => ({ name, ms })).sort((a, b) => b.ms - a.ms);
