import { readFileSync } from 'node:fs';
import { StartError } from '@app/domain';
import { type Document, isMap, isScalar, parseDocument } from 'yaml';
import { RULES_OF_OTHERS } from './rules-of-cinder.js';

export interface PolicyFile {
  /** Check strings by the names of their rules. */
  rules: Readonly<Record<string, string>>;
  /** What stands there in the place of a check string, a sentence each. */
  faults: readonly string[];
}

/** The operator's rules. JSON is YAML, so one reader takes both. @throws StartError for a file that holds no such thing */
export function readPolicyFile(path: string): PolicyFile {
  const document = parsed(path);
  const found = valuesOf(document, path) ?? {}; // a sample of which every line is a comment changes nothing
  if (typeof found !== 'object' || Array.isArray(found))
    throw new StartError(`POLICY_FILE: ${path} must hold a YAML or JSON object of check strings, such as {"volume:get": "role:reader"}.`);

  const tagged = taggedNames(document);
  const entries = Object.entries(found).map(([name, value]) => ({ name, value: value as unknown, fault: faultOf(name, value, tagged) }));
  return {
    rules: Object.fromEntries(
      entries
        .filter(({ fault }) => fault === null)
        .map(({ name, value }) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    ),
    faults: entries.flatMap(({ fault }) => fault ?? []),
  };
}

function parsed(path: string): Document.Parsed {
  const document = parseDocument(read(path));
  const wrong = [...document.errors, ...document.warnings];
  if (wrong.length === 0) return document;
  throw notYaml(path, wrong);
}

/** What an alias refers to is looked up only here. */
function valuesOf(document: Document.Parsed, path: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw notYaml(path, [cause as Error]);
  }
}

/** Behind the first line of its sentences the parser shows the text. */
function notYaml(path: string, wrong: readonly Error[]): StartError {
  const reasons = wrong.map(({ message }) => (message.split('\n')[0] ?? '').replace(/:$/, ''));
  return new StartError(reasons.map((reason) => `POLICY_FILE: ${path} is no YAML: ${reason}.`).join('\n'));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new StartError(`POLICY_FILE: ${path} cannot be read (${code ?? message}).`, { cause });
  }
}

/** To YAML a bare `!` is the mark of a type and leaves an empty text, which allows everybody where nobody was meant. */
function taggedNames({ contents }: Document.Parsed): Set<string> {
  const pairs = isMap(contents) ? contents.items : [];
  return new Set(pairs.flatMap(({ key, value }) => (isScalar(value) && value.tag !== undefined ? [String(key)] : [])));
}

function faultOf(name: string, value: unknown, tagged: ReadonlySet<string>): string | null {
  if (RULES_OF_OTHERS.has(name)) return null; // an older form may stand there, which nobody reads
  if (tagged.has(name)) return `what ${name} is begins with a bare "!", which YAML keeps for itself: put quotes around the check string.`;
  // Of a name with nothing behind it oslo.policy makes "everybody", which nobody wants by accident.
  return typeof value === 'string' ? null : `${name} is ${JSON.stringify(value)}, but must be a check string; "" allows everybody.`;
}
