import { type Check, type Found, parseWord, refusal } from './check-word.js';

export { type Check, type CallerFact, CheckError, type TargetKey, type Value } from './check-word.js';

/**
 * A check string of oslo.policy as a tree: `or` joins what `and` joins, `not` takes the one check behind it. The empty string allows everybody.
 * @throws CheckError where oslo.policy would log a line and refuse everybody from then on.
 */
export function parseCheck(text: string): Check {
  if (text === '') return { is: 'constant', allows: true };
  const parser = new Parser(tokensOf(text));
  const check = parser.either();
  parser.end();
  return check;
}

type Token = Found & { kind: 'and' | 'or' | 'not' | '(' | ')' | 'check' | 'end' };

class Parser {
  private next = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  either(): Check {
    let left = this.both();
    while (this.takes('or')) left = { is: 'or', left, right: this.both() };
    return left;
  }

  end(): void {
    const rest = this.token;
    if (rest.kind !== 'end') throw refusal(rest, rest.kind === ')' ? 'the end, since no "(" is open' : '"and", "or" or the end');
  }

  private both(): Check {
    let left = this.one();
    while (this.takes('and')) left = { is: 'and', left, right: this.one() };
    return left;
  }

  private one(): Check {
    if (this.takes('not')) return { is: 'not', check: this.one() };
    if (this.takes('(')) {
      const inner = this.either();
      if (!this.takes(')')) throw refusal(this.token, '"and", "or" or ")"');
      return inner;
    }
    const found = this.token;
    if (!this.takes('check')) throw refusal(found, 'a check, such as role:member');
    return parseWord(found);
  }

  private takes(kind: Token['kind']): boolean {
    const isNext = this.token.kind === kind;
    if (isNext) this.next += 1;
    return isNext;
  }

  private get token(): Token {
    return this.tokens[this.next] ?? END;
  }
}

const END: Token = { kind: 'end', text: '', at: 0 };
const OPERATORS = ['and', 'or', 'not'] as const;

/** As oslo.policy cuts it: words at blanks, and parentheses off the two ends of a word, since there is one within `%(project_id)s`. */
function tokensOf(text: string): Token[] {
  return [...text.matchAll(/\S+/g)].flatMap(({ 0: word, index }) => {
    const opening = word.length - word.replace(/^\(+/, '').length;
    const inner = word.slice(opening).replace(/\)+$/, '');
    const closing = opening + inner.length;
    const single = (kind: '(' | ')', from: number, to: number): Token[] =>
      Array.from({ length: to - from }, (_, i) => ({ kind, text: kind, at: index + from + i + 1 }));
    return [
      ...single('(', 0, opening),
      ...(inner === '' ? [] : [wordToken(inner, index + opening + 1)]),
      ...single(')', closing, word.length),
    ];
  });
}

function wordToken(text: string, at: number): Token {
  const operator = OPERATORS.find((name) => name === text.toLowerCase());
  return { kind: operator ?? 'check', text, at };
}
