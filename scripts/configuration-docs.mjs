// node scripts/configuration-docs.mjs           writes docs/configuration.md from the config classes (**/*.config.ts)
// node scripts/configuration-docs.mjs --check [file]   exits 1 when the page, or that file, says something else than the classes
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import prettier from 'prettier';
import ts from 'typescript';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const page = join(root, 'docs/configuration.md');
const { allowedInWords } = await importTypeScript('libs/platform/src/constraint-words.ts');

const INTRODUCTION = `# Configuration

Every process is configured by environment variables alone, read once at its start. A variable that is empty counts as not set. All faults are
named at once, each in a sentence, and nothing starts with any of them; of files that are named, only SECRETS_KEY_FILE and BACKENDS are
looked into with the rest, all others once the rest is right. A process reads only what it needs.

<!-- Made from the config classes by scripts/configuration-docs.mjs; a test compares the two. -->
`;

const [option, file = page] = process.argv.slice(2);
const text = await prettier.format(configurationPage(), { ...(await prettier.resolveConfig(page)), parser: 'markdown' });
if (option !== '--check') writeFileSync(page, text);
else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
  process.stderr.write(`${basename(file)} is not what the config classes say: run node scripts/configuration-docs.mjs\n`);
  process.exitCode = 1;
}

function configurationPage() {
  const classes = configFiles().flatMap(configClasses);
  const sections = classes.map(({ name, variables }) => `## ${title(name)}\n\n${table(variables)}`);
  return `${INTRODUCTION}\n${sections.join('\n\n')}\n`;
}

function table(variables) {
  const rows = variables.map(({ name, meaning, allowed, standard }) => row([`\`${name}\``, meaning, allowed, standard]));
  return [row(['Variable', 'Meaning', 'Allowed', 'Default']), row(['---', '---', '---', '---']), ...rows].join('\n');
}

function row(cells) {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function configFiles() {
  const found = ['apps', 'libs'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((path) => join(folder, path)),
  );
  return found.filter((path) => path.endsWith('.config.ts')).sort();
}

function configClasses(path) {
  const source = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
  const classes = source.statements.filter((statement) => ts.isClassDeclaration(statement) && statement.name.text.endsWith('Config'));
  return classes.map((declared) => ({ name: declared.name.text, variables: declared.members.filter(isVariable).map(variableOf) }));
}

function isVariable(member) {
  return ts.isPropertyDeclaration(member) && /^[A-Z][A-Z0-9_]*$/.test(member.name.getText());
}

function variableOf(member) {
  const name = member.name.getText();
  const meaning = docComment(member);
  if (meaning === '') throw new Error(`${name}, in ${member.getSourceFile().fileName}, has no doc comment.`);
  const rules = (ts.getDecorators(member) ?? []).map(ruleOf);
  return { name, meaning, allowed: allowedInWords(rules), standard: standardOf(member.initializer, rules) };
}

function docComment(member) {
  const comments = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc);
  return comments.map((comment) => ts.getTextOfJSDocComment(comment.comment) ?? '').join(' ').replaceAll(/\s+/g, ' ').trim(); // prettier-ignore
}

/** `@Min(1)` is the rule `min` with `[1]`. A rule with words of its own may take anything: what it allows stands in the doc comment. */
function ruleOf({ expression }) {
  const called = expression.expression.getText();
  const name = called.replace(/^[A-Z]/, (first) => first.toLowerCase());
  return { name, args: name === 'validate' ? [] : expression.arguments.map((argument) => runInNewContext(`(${argument.getText()})`)) };
}

/** A rule `IsFor…` says that it depends on other variables whether it is needed; on which stands in the doc comment. */
function standardOf(initializer, rules) {
  const has = (pattern) => rules.some(({ name }) => pattern.test(name));
  if (initializer === undefined) return has(/^isOptional$/) ? 'none' : has(/^isFor/) ? 'none, or required' : 'required';
  const value = runInNewContext(`(${initializer.getText()})`);
  return `\`${typeof value === 'boolean' ? (value ? 'yes' : 'no') : value}\``;
}

/** `DatabaseConfig` is "Database". */
function title(name) {
  return name.replace(/Config$/, '').replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ');
}

async function importTypeScript(path) {
  const { outputText } = ts.transpileModule(readFileSync(join(root, path), 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputText).toString('base64')}`);
}
