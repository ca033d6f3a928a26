import { packageOf, type Profile } from './profiles';

/** A function under those that called it, with the time of all that it called; its width is that time. */
interface Flame {
  name: string;
  where: string;
  ms: number;
  below: Map<string, Flame>;
}

const WIDTH = 1_200;
const ROW = 16;
const NARROWEST = 1;
const PER_CHARACTER = 6.2;
const COLOURS: Record<string, string> = { app: '#e8703a', lib: '#f2a65a', node: '#9bb8d3', native: '#c9c9c9', dependency: '#a5c882' };
const LEGEND = { app: 'apps', lib: 'libs', dependency: 'dependencies', node: 'Node', native: 'V8 and the system' };

/** The profile as one SVG, the callers at the top; what was idle is left out, and what would be narrower than a pixel. */
export function flameGraph(profile: Profile, title: string): string {
  const root = flamesOf(profile);
  const boxes = [...drawn(root, 0, 0, WIDTH / root.ms)];
  const depth = Math.max(...boxes.map(({ row }) => row)) + 1;
  const legend = Object.entries(LEGEND).map(
    ([kind, what], n) =>
      `<rect x="${n * 150}" y="22" width="12" height="12" fill="${COLOURS[kind]}"/><text x="${n * 150 + 16}" y="32">${what}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${depth * ROW + 44}" font-family="sans-serif" font-size="11">`,
    `<rect width="100%" height="100%" fill="#fff"/><text x="0" y="14" font-size="13">${escaped(title)}</text>`,
    ...legend,
    ...boxes.map((box) => boxOf(box)),
    '</svg>\n',
  ].join('\n');
}

function flamesOf({ nodes, samples, timeDeltas }: Profile): Flame {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const root: Flame = { name: 'all', where: '', ms: 0, below: new Map() };
  samples.forEach((sample, at) => {
    const stack: Profile['nodes'] = [];
    for (let id: number | undefined = sample; id !== undefined; id = parents.get(id)) {
      const node = byId.get(id);
      if (node && node.callFrame.functionName !== '(root)') stack.unshift(node);
    }
    if (stack[0] === undefined || ['(idle)', '(program)'].includes(stack[0].callFrame.functionName)) return;
    const ms = (timeDeltas[at] ?? 0) / 1_000;
    let flame = root;
    flame.ms += ms;
    for (const { callFrame } of stack) {
      flame = below(flame, callFrame);
      flame.ms += ms;
    }
  });
  return root;
}

function below(flame: Flame, { functionName, url, lineNumber }: Profile['nodes'][number]['callFrame']): Flame {
  const key = `${functionName} ${url}:${lineNumber}`;
  const found = flame.below.get(key) ?? {
    name: functionName || '(anonymous)',
    where: packageOf(url, functionName),
    ms: 0,
    below: new Map(),
  };
  flame.below.set(key, found);
  return found;
}

interface Box {
  flame: Flame;
  x: number;
  row: number;
  width: number;
}

function* drawn(flame: Flame, x: number, row: number, perMs: number): Generator<Box> {
  yield { flame, x, row, width: flame.ms * perMs };
  let at = x;
  for (const next of [...flame.below.values()].sort((a, b) => b.ms - a.ms)) {
    if (next.ms * perMs >= NARROWEST) yield* drawn(next, at, row + 1, perMs);
    at += next.ms * perMs;
  }
}

function boxOf({ flame: { name, where, ms }, x, row, width }: Box): string {
  const y = row * ROW + 42;
  const fits = Math.floor((width - 4) / PER_CHARACTER);
  const label = fits >= 3 ? `<text x="${(x + 2).toFixed(1)}" y="${y + 12}">${escaped(name.slice(0, fits))}</text>` : '';
  const tip = `<title>${escaped(`${name} (${where || 'all'}): ${ms.toFixed(0)} ms`)}</title>`;
  return `<g>${tip}<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 1}" fill="${colourOf(where)}"/>${label}</g>`;
}

function colourOf(where: string): string {
  if (where.startsWith('apps/')) return COLOURS.app ?? '';
  if (where.startsWith('libs/')) return COLOURS.lib ?? '';
  if (where === 'node') return COLOURS.node ?? '';
  return (where === '' || where.startsWith('(') ? COLOURS.native : COLOURS.dependency) ?? '';
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
