import type { BodyClass } from '../openstack/request-body.js';
import * as requests from './volume-action.requests.js';

/** What is known of a volume action before its body is looked at. */
interface VolumeAction {
  /** The microversion that it came with. */
  since: string;
  /** Of its success. */
  status: 200 | 202;
  /** What the whole body must be; without a class the action's key may hold anything. */
  body?: BodyClass;
  /** Clients say null where they have nothing to say (spec: volumes-surface §5). */
  orNull?: true;
}

/** The actions of `POST /volumes/{id}/action` (spec: volumes-surface §5); any other is unknown here. */
export const VOLUME_ACTIONS = {
  'os-reserve': { since: '3.0', status: 202 },
  'os-unreserve': { since: '3.0', status: 202 },
  'os-begin_detaching': { since: '3.0', status: 202 },
  'os-roll_detaching': { since: '3.0', status: 202 },
  'os-attach': { since: '3.0', status: 202, body: requests.AttachVolume },
  'os-detach': { since: '3.0', status: 202, body: requests.DetachVolume, orNull: true },
  'os-initialize_connection': { since: '3.0', status: 200, body: requests.InitializeConnection },
  'os-terminate_connection': { since: '3.0', status: 202, body: requests.TerminateConnection },
  'os-force_detach': {
    since: '3.0',
    status: 202,
    body: requests.ForceDetachVolume,
    orNull: true,
  },
  'os-reset_status': { since: '3.0', status: 202, body: requests.ResetVolumeStatus },
  'os-force_delete': { since: '3.0', status: 202 },
  'os-migrate_volume_completion': {
    since: '3.0',
    status: 200,
    body: requests.CompleteVolumeMigration,
  },
  'os-extend': { since: '3.0', status: 202, body: requests.ExtendVolume },
  'os-set_bootable': { since: '3.0', status: 200, body: requests.SetVolumeBootable },
  'os-update_readonly_flag': { since: '3.0', status: 202, body: requests.UpdateReadonlyFlag },
} as const satisfies Record<string, VolumeAction>;

type Table = typeof VOLUME_ACTIONS;
export type VolumeActionName = keyof Table;
/** What the key of an action holds, once its class has found nothing wrong with it. */
export type Said<Name extends VolumeActionName> = Table[Name] extends { body: new () => infer Body } ? Body[Name & keyof Body] : undefined;

export const actionFacts = (name: VolumeActionName): VolumeAction => VOLUME_ACTIONS[name];
export const SINCE: Record<string, string> = Object.fromEntries(Object.entries(VOLUME_ACTIONS).map(([name, { since }]) => [name, since]));
