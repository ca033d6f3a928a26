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
  const all = results.flatMap(({ cell, floor, roundTrips }) => [cell, floor, roundTrips].filter((measured) => measured !== null));
  if (!all.every(isValid)) throw new Error('there were errors: the cells that had them count for nothing');
}

main().catch((error: unknown) => {
  let said = '';
  // A reason is told once, also where whoever passed it on has repeated it.
  for (let reason = error; reason instanceof Error; reason = reason.cause)
    if (!said.includes(reason.message)) said += `${reason.message}\n`;
  // The servers are gone, and whatever still waits for them must not keep the shell waiting.
  process.stderr.write(said === '' ? `${String(error)}\n` : said, () => process.exit(1));
});
