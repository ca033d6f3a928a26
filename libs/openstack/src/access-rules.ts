import type { AccessRule, Token } from './token.js';

const BLOCK_STORAGE = ['block-storage', 'volumev3', 'volume', 'volumev2'];

/** Whether a token may ask for this; only one of an application credential with rules may not ask for everything. */
export function isAccessible({ accessRules, services }: Pick<Token, 'accessRules' | 'services'>, method: string, path: string): boolean {
  if (accessRules === null) return true;
  if (!services.some((type) => BLOCK_STORAGE.includes(type))) return false;
  return accessRules.some((rule) => rule.method === method && BLOCK_STORAGE.includes(rule.service) && fits(rule, path));
}

/** What stands for any text, `**`, or for one without a slash, `*` and `{name}`; or text that stands for itself. */
type Piece = { any: 'text' | 'part' } | { text: string };

/**
 * Users write these rules and choose the path, so nothing here may take longer than the one times the other: all places in the path that the
 * pieces so far can end at are carried along, where an expression with `.*` would try every way to each.
 */
function fits({ path: pattern }: AccessRule, path: string): boolean {
  let ends = new Set([0]);
  for (const piece of piecesOf(pattern)) ends = 'text' in piece ? behindText(ends, piece.text, path) : behindAny(ends, piece.any, path);
  return ends.has(path.length);
}

const piecesOf = (pattern: string): Piece[] =>
  [...pattern.matchAll(/\{[^}]*\}|\*\*|\*|[^{}*]+|[{}]/g)].map(([piece]): Piece => {
    if (piece === '**') return { any: 'text' };
    return piece === '*' || (piece.startsWith('{') && piece.length > 1) ? { any: 'part' } : { text: piece };
  });

const behindText = (begins: ReadonlySet<number>, text: string, path: string): Set<number> =>
  new Set([...begins].filter((at) => path.startsWith(text, at)).map((at) => at + text.length));

/** A part has one letter at least. */
function behindAny(begins: ReadonlySet<number>, any: 'text' | 'part', path: string): Set<number> {
  const ends = new Set<number>();
  let open = false;
  for (let at = 0; at <= path.length; at++) {
    if (any === 'text') {
      open ||= begins.has(at);
      if (open) ends.add(at);
    } else {
      if (open) ends.add(at);
      open = path[at] !== '/' && (open || begins.has(at));
    }
  }
  return ends;
}
