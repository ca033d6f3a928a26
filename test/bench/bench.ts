import { writeFileSync } from 'node:fs';
import { compare } from './compare';
import { parseOptions } from './options';
import { runBench } from './run-bench';
import { callTable, cellTable, floorTable, machineLines } from './tables';
import { isValid, verdictLine, verdicts } from './verdicts';

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.compare !== null) return void process.stdout.write(`${await compare(options.compare, options)}\n`);
  const { machine, results } = await runBench(options);
  const said = verdicts(results);
  if (options.json !== null) writeFileSync(options.json, `${JSON.stringify({ machine, options, results, verdicts: said }, null, 2)}\n`);
  const cells = results.map(({ cell }) => cell);
  const parts = [machineLines(machine), cellTable(cells), callTable(cells), floorTable(results), ...said.map(verdictLine)];
  process.stdout.write(`${parts.join('\n')}\n`);
  const all = results.flatMap(({ cell, floor }) => (floor ? [cell, floor] : [cell]));
  if (!all.every(isValid)) throw new Error('there were errors: the cells that had them count for nothing');
}

main().catch((error: unknown) => {
  for (let said = error; said instanceof Error; said = said.cause) process.stderr.write(`${said.message}\n`);
  process.exitCode = 1;
});
