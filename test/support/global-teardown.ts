import { dropDatabasesOfRun } from './databases';
import { endRun } from './test-run';

export default async function globalTeardown(): Promise<void> {
  try {
    await dropDatabasesOfRun();
  } finally {
    await endRun();
  }
}
