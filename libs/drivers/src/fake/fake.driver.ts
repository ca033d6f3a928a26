import {
  connectorHost,
  DriverError,
  invalidConnector,
  staleCall,
  type Connection,
  type Connector,
  type DriverCall,
  type DriverConnectionInfo,
  type ExportRecord,
  type VolumeRef,
} from '@app/domain';
import type { Capabilities, VolumeDriver } from '../volume-driver.js';
import type { FakeMethod, FakeOptions, Faults } from './fake-options.js';
import { FaultPlan } from './fault-plan.js';
import type { LedgerConnection, Phase, Verdict } from './ledger-state.js';
import { Ledger, type Draft } from './ledger.js';

const PORTAL = '127.0.0.1:3260';

/** A backend that keeps a ledger instead of bytes, as slow and as faulty as a test wants it. */
export class FakeDriver implements VolumeDriver {
  readonly capabilities: Capabilities;
  private readonly ledger: Ledger;
  private readonly plan: FaultPlan;
  private readonly missing: readonly string[];

  constructor({ ledger, faultsFile, missing = ['initiator'], ...faults }: FakeOptions = {}) {
    this.capabilities = { multiattach: true, readOnly: 'advisory', fencing: 'token', exportSurvivesRestart: ledger !== undefined };
    this.ledger = new Ledger(ledger);
    this.plan = new FaultPlan(faults, faultsFile);
    this.missing = missing;
  }

  /** What goes wrong from now on; counts begin anew. */
  set faults(faults: Faults) {
    this.plan.current = faults;
  }
  get faults(): Faults {
    return this.plan.current;
  }

  async open(): Promise<void> {
    this.ledger.open();
  }
  async close(): Promise<void> {
    this.ledger.close();
  }

  /** Cinder's fake asks for `initiator` (spec: worker-and-drivers §6 "fake"). */
  validateConnector(connector: Connector): void {
    this.plan.fail('validateConnector', 'beforeEffect');
    const absent = this.missing.filter((key) => !Object.hasOwn(connector, key));
    if (absent.length > 0) throw invalidConnector(absent.join(', '));
  }

  async createVolume(volume: VolumeRef, call: DriverCall): Promise<void> {
    await this.carryOut(draftOf('createVolume', volume, call), call);
  }

  async extendVolume(volume: VolumeRef, _sizeGib: number, call: DriverCall): Promise<void> {
    await this.carryOut(draftOf('extendVolume', volume, call), call);
  }

  async deleteVolume(volume: VolumeRef, call: DriverCall): Promise<void> {
    await this.carryOut(draftOf('deleteVolume', volume, call), call);
  }

  async createExport(volume: VolumeRef, call: DriverCall): Promise<ExportRecord> {
    await this.carryOut(draftOf('createExport', volume, call), call);
    return { location: `${PORTAL},1 ${targetOf(volume)} 1` };
  }

  async removeExport(volume: VolumeRef, call: DriverCall): Promise<void> {
    await this.carryOut(draftOf('removeExport', volume, call), call);
  }

  async initializeConnection(volume: VolumeRef, connection: Connection, call: DriverCall): Promise<DriverConnectionInfo> {
    await this.carryOut({ ...draftOf('initializeConnection', volume, call), ...ledgerConnection(volume, connection) }, call);
    return { driver_volume_type: 'iscsi', data: targetData(volume, connection) };
  }

  async terminateConnection(volume: VolumeRef, connection: Connection, call: DriverCall): Promise<boolean> {
    const draft = { ...draftOf('terminateConnection', volume, call), ...ledgerConnection(volume, connection) };
    return (await this.carryOut(draft, call)).stands > 0;
  }

  async settle(volume: VolumeRef, live: readonly Connection[], call: DriverCall): Promise<void> {
    const connections = live.map((connection) => ledgerConnection(volume, connection));
    await this.carryOut({ ...draftOf('settle', volume, call), live: connections }, call);
  }

  /** Arrives, suffers what the faults say, and takes effect unless a later call has come to the backend meanwhile. */
  private async carryOut(draft: Draft, call: DriverCall): Promise<Verdict> {
    this.enter(draft, 'begin', call);
    try {
      await this.plan.before(draft.method, call);
    } catch (error) {
      this.ledger.append({ ...draft, phase: 'failed' });
      throw error;
    }
    const verdict = this.enter(draft, 'done', call);
    await this.plan.after(draft.method, call);
    return verdict;
  }

  private enter(draft: Draft, phase: Phase, call: DriverCall): Verdict {
    const verdict = this.ledger.append({ ...draft, phase });
    if (verdict.staleBehind !== null) throw staleCall(draft.volume, call.number, verdict.staleBehind);
    if (phase === 'done' && verdict.refusal !== null) throw new DriverError('failed', 'notDone', verdict.refusal);
    return verdict;
  }
}

const draftOf = (method: FakeMethod, volume: VolumeRef, call: DriverCall): Draft => ({
  method,
  volume: volume.id,
  attachment: null,
  credential: null,
  host: null,
  live: null,
  number: String(call.number),
  phase: 'begin',
});

const ledgerConnection = (volume: VolumeRef, { attachmentId, credential, connector }: Connection): LedgerConnection => ({
  volume: volume.id,
  attachment: attachmentId,
  credential: credential.id,
  host: connectorHost(connector),
});

const targetOf = (volume: VolumeRef): string => `iqn.2010-10.org.openstack:${volume.name}`;

/** In the shape of Cinder's iSCSI targets (spec: worker-and-drivers §6 "iscsi"). */
const targetData = (volume: VolumeRef, { credential, readOnly }: Connection): Record<string, unknown> => ({
  target_discovered: false,
  target_portal: PORTAL,
  target_iqn: targetOf(volume),
  target_lun: 1,
  volume_id: volume.id,
  auth_method: 'CHAP',
  auth_username: credential.id,
  auth_password: credential.secret,
  access_mode: readOnly ? 'ro' : 'rw',
});
