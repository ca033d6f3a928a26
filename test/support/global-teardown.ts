import { dropDatabasesOfRun } from './databases';
import { currentRun, endRun } from './test-run';
import { totalValidated } from './validated-answers';

export default async function globalTeardown(): Promise<void> {
  try {
    await dropDatabasesOfRun();
    process.stderr.write(`${totalValidated(currentRun().folder)} answers were held against /openapi.json\n`);
  } finally {
    await endRun();
  }
}
