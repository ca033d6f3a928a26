import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../support/until';
import { type KillPoint, killLine, underPlan } from './fault-plan';
import { FORM, LEASE_MS } from './form';
import { GATEWAY_PLACES, killPoint, WORKER_PLACES } from './kill-places';
import type { Member, Role } from './members';
import { nothing, type Scenario, type Scene } from './scenario';
import { currentRun } from '../support/test-run';

const REACHED_WITHIN_MS = 40_000;

/** One of its role is put under the plan before anything happens. */
async function condemned(scene: Scene, role: Role, point: KillPoint): Promise<Member> {
  const { installation, random, armedBy } = scene;
  const member = random.oneOf(role === 'gateway' ? installation.gateways : installation.workers);
  await member.replace(
    underPlan(currentRun().folder, `${installation.backend}.${member.name.replace(' ', '-')}`, { killPoints: [point], armedBy }),
  );
  return member;
}

/** Resolves when the process has come to its place: its own last words are the proof. */
async function reached({ armedBy, note }: Scene, { name, process }: Member): Promise<void> {
  writeFileSync(armedBy, '');
  await until(`${name} comes to its kill point`, () => killLine(process.output), REACHED_WITHIN_MS);
  note(`${name}: ${killLine(process.output)}`);
}

function killed(role: Role, moment: string, places: Parameters<typeof killPoint>[1]): Scenario {
  return {
    name: `${role} killed ${moment}`,
    times: FORM.times,
    driverMs: FORM.driverMs,
    explains: nothing,
    async prepare(scene) {
      const member = await condemned(scene, role, killPoint(moment, places, scene.random));
      const away = scene.random.between(0, FORM.loadMs);
      return async () => {
        await reached(scene, member);
        await member.died();
        await pause(away);
        await member.start();
      };
    },
  };
}

/** For three leases in the driver; it does not know how late it is when it is woken. */
const frozen: Scenario = {
  name: 'worker frozen in the driver',
  times: FORM.times,
  driverMs: FORM.driverMs,
  explains: nothing,
  async prepare(scene) {
    const member = await condemned(scene, 'worker', {
      ...killPoint('frozen in the driver', WORKER_PLACES['in the driver'], scene.random),
      signal: 'SIGSTOP',
    });
    return async () => {
      await reached(scene, member);
      await pause(3 * LEASE_MS);
      member.process.child.kill('SIGCONT');
    };
  },
};

export const KILLED_PROCESSES: Scenario[] = [
  ...Object.entries(WORKER_PLACES).map(([moment, places]) => killed('worker', moment, places)),
  frozen,
  ...Object.entries(GATEWAY_PLACES).map(([moment, places]) => killed('gateway', moment, places)),
];
