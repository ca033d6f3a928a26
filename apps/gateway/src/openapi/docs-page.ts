import { MAX_VERSION, printed } from '../openstack/microversion.js';
import type { OpenApiDocument } from './openapi.js';
import type { Schema } from './schema.js';

/** The document for people: one page without a script, and with nothing on it that comes from elsewhere. */
export function docsPage(document: OpenApiDocument): string {
  const { title, version, description } = document.info as Record<'title' | 'version' | 'description', string>;
  const tags = document.tags as { name: string; description: string }[];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)} ${version}</title><style>${STYLE}</style></head><body>
<h1>${escaped(title)} ${version}</h1>
<p>${worded(description)} The same for programs: <a href="openapi.json?microversion=${version}">openapi.json</a>.</p>
<form>Microversion <select name="microversion">${versionOptions(version)}</select> <button>show</button></form>
<h2>How to call</h2><p>${worded(howToCall(document))}</p>
<nav>${tags.map(({ name }) => `<a href="#${name}">${name}</a>`).join(' · ')} · <a href="#schemas">schemas</a></nav>
${tags.map(({ name, description: about }) => group(document, name, about)).join('\n')}
<h2 id="schemas">Schemas</h2>
${Object.entries(document.components.schemas).map(namedSchema).join('\n')}
</body></html>
`;
}

function howToCall({ components }: OpenApiDocument): string {
  const { token } = components.securitySchemes as Record<string, { name: string; description: string }>;
  const { Microversion } = components.parameters as Record<string, NamedParameter>;
  return [Microversion, token].map((header) => `\`${header?.name}\`: ${header?.description}`).join(' ');
}

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
code, pre { font: 13px/1.45 ui-monospace, monospace } pre { background: #f5f5f2; padding: .6rem; overflow: auto }
details { border: 1px solid #ddd; border-radius: 4px; margin: .4rem 0; padding: .3rem .6rem } summary { cursor: pointer }
b { display: inline-block; min-width: 4.2rem } b.get { color: #06622f } b.post { color: #0b4f9e } b.put { color: #8a5300 } b.delete { color: #a11 }
table { border-collapse: collapse } td { vertical-align: top; padding: .15rem .8rem .15rem 0 } h4 { margin: .8rem 0 .2rem }`;

const versionOptions = (chosen: string): string =>
  Array.from({ length: MAX_VERSION.minor + 1 }, (_, minor) => printed({ ...MAX_VERSION, minor }))
    .map((version) => `<option${version === chosen ? ' selected' : ''}>${version}</option>`)
    .join('');

function group({ paths, components }: OpenApiDocument, tag: string, about: string): string {
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, operation]) => (operation.tags as string[])[0] === tag)
      .map(([verb, operation]) => operationSection({ verb, path, operation: operation as unknown as Operation }, components)),
  );
  return `<h2 id="${tag}">${tag}</h2><p>${escaped(about)}</p>${operations.join('\n')}`;
}

interface Content {
  [mediaType: string]: { schema: Schema; example?: unknown; examples?: Record<string, { value: unknown }> };
}
interface NamedParameter {
  name: string;
  in: string;
  description?: string;
  schema?: Schema;
}
interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  parameters: (NamedParameter | { $ref: string })[];
  requestBody?: { content: Content };
  responses: Record<string, { $ref?: string; description?: string; content?: Content }>;
  'x-actions'?: Record<string, { summary: string; status: string; request: Schema; answer?: Schema }>;
}

function operationSection({ verb, path, operation }: { verb: string; path: string; operation: Operation }, components: Components): string {
  const { operationId, summary, description = '', requestBody, responses, 'x-actions': actions } = operation;
  return `<details id="${operationId}"><summary><b class="${verb}">${verb.toUpperCase()}</b> <code>${path}</code> ${worded(summary)}</summary>
<p>${worded(description)}</p>${parametersOf(operation, components)}
${actions ? actionsOf(actions, requestBody?.content) : requestBody ? `<h4>Body</h4>${contentOf(requestBody.content)}` : ''}
<h4>Answers</h4>${Object.entries(responses)
    .map((entry) => answer(entry, components))
    .join('')}</details>`;
}
type Components = OpenApiDocument['components'];

function parametersOf({ parameters: all }: Operation, { parameters: shared }: Components): string {
  const rows = all.map((parameter) => {
    const named = '$ref' in parameter ? (shared as Record<string, NamedParameter>)[nameIn(parameter.$ref)] : parameter;
    const { name = '', in: place = '', description = '', schema = {} } = named ?? {};
    const kind = [schema.type ?? schema.enum].flat().join(' | ');
    return `<tr><td><code>${escaped(name)}</code></td><td>${place}</td><td>${escaped(kind)}</td><td>${worded(description)}</td></tr>`;
  });
  return `<h4>Parameters</h4><table>${rows.join('')}</table>`;
}
const nameIn = (ref: string): string => ref.split('/').at(-1) ?? '';

const actionsOf = (actions: NonNullable<Operation['x-actions']>, body: Content = {}): string =>
  Object.entries(actions)
    .map(([name, { summary, status, request, answer: said }]) => {
      const example = firstOf(body)?.examples?.[name]?.value;
      const answers = said ? `<p>${status} with</p>${json(said)}` : `<p>${status} without a body</p>`;
      return `<h4><code>${name}</code> ${worded(summary)}</h4>${json(example)}${folded('schema', json(request))}${answers}`;
    })
    .join('');

function answer([status, said]: [string, Operation['responses'][string]], { responses }: Components): string {
  const isShared = said.$ref !== undefined;
  const { description = '', content } = isShared ? (responses[nameIn(said.$ref ?? '')] as typeof said) : said;
  const line = `${status} ${worded(description)}`;
  return content && !isShared ? `<p>${line}</p>${contentOf(content)}` : `<p>${line}</p>`;
}

/** Both names of JSON hold the same. */
function contentOf(content: Content): string {
  const first = firstOf(content);
  if (!first) return '';
  const examples = first.examples ? Object.values(first.examples).map(({ value }) => value) : [first.example];
  return `${examples.map(json).join('')}${folded('schema', json(first.schema))}`;
}
const firstOf = (content: Content): Content[string] | undefined => Object.values(content)[0];

const folded = (what: string, text: string): string => `<details><summary>${what}</summary>${text}</details>`;
const namedSchema = ([name, schema]: [string, Schema]): string =>
  `<details id="schema-${name}"><summary><code>${escaped(name)}</code></summary>${json(schema)}</details>`;

const json = (value: unknown): string =>
  `<pre>${escaped(JSON.stringify(value, null, 2) ?? '').replace(/#\/components\/schemas\/([\w-]+)/g, '<a href="#schema-$1">$1</a>')}</pre>`;
const worded = (text: string): string => escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
