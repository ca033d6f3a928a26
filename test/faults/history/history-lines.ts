import type { AttachStatus } from '@app/domain';
import type { Call, EndOfAttachment, EndOfVolume, History, Told, Verb } from './history';

/**
 * Histories as a person writes them, of one volume `v`:
 *
 *     0-2 reserve a:i1 200            from 0 to 2 a reserve for instance i1 was told attachment a
 *     3-9 update a@h1 200 attaching@h1
 *     3-? update a@h2 -               never answered; `-` stands for no status
 *     4-6 update a@h3 409 attaching   the words of a refusal: duplicate, attaching, changed, final
 *     9-12 delete b 200 [a]           what remains
 *     4-6 create a:i1@h1#g 200        with the global request id g
 *     end reserved/reserved a:i1=reserved@h1
 */
export function historyOf(lines: readonly string[], { multiattach = false } = {}): History {
  const end = lines.filter((line) => line.startsWith('end '));
  if (end.length !== 1) throw new Error('a history has one end');
  const calls = lines.filter((line) => !line.startsWith('end ')).map(callOf);
  return { seed: 0, volumes: [{ id: 'v', multiattach }], calls, end: end.map(endOf) };
}

const CALL = /^(\d+)-(\d+|\?) (\w+) (\w+|\?)(?::(\w+))?(?:@(\w+))?(?:#(\w+))? (\d{3}|-)(?: (.*))?$/;

function callOf(line: string, i: number): Call {
  const parts = CALL.exec(line);
  if (!parts) throw new Error(`no call: ${line}`);
  const [, from, to, verb, id, instance, host, globalRequest, status, facts] = parts;
  const makes = verb === 'reserve' || verb === 'create';
  const told = toldOf(facts ?? '');
  if (makes && id !== '?') told.attachmentId = id;
  return {
    client: `c${i}`,
    verb: verb as Verb,
    request: `r${i}`,
    volume: 'v',
    attachment: makes || id === undefined ? null : id,
    instance: instance ?? null,
    host: host ?? null,
    ...(globalRequest === undefined ? {} : { globalRequest }),
    invokedAt: Number(from),
    answeredAt: to === '?' ? null : Number(to),
    status: status === '-' ? null : Number(status),
    told,
  };
}

const WORDS: Record<string, string> = {
  duplicate: 'Resource conflict: duplicate connectors detected on volume v',
  attaching: 'Resource conflict: attachment a is being attached to host h by request r.',
  changed: 'Resource conflict: attachment a was changed by another request before this one was answered.',
  final: 'Unable to update attachment (kaboom).',
};

/** `attaching` alone is a status in an answer and a reason in a refusal: the status has an @ behind it, as in `attaching@h1` or `reserved@`. */
function toldOf(facts: string): Told {
  if (facts === '') return {};
  if (facts.startsWith('[')) return { remaining: facts.slice(1, -1).split(' ').filter(Boolean) };
  if (!facts.includes('@')) return { message: WORDS[facts] ?? facts };
  const [status, host] = facts.split('@');
  return { attachmentStatus: status as AttachStatus, host: host || null };
}

function endOf(line: string): EndOfVolume {
  const [, statuses, ...rows] = line.split(' ');
  const [status, attachStatus] = (statuses ?? '').split('/');
  return { id: 'v', status: status ?? '', attachStatus: attachStatus as AttachStatus, attachments: rows.map(rowOf) };
}

function rowOf(text: string): EndOfAttachment {
  const parts = /^(\w+)(?::(\w+))?=(\w+)(?:@(\w+))?$/.exec(text);
  if (!parts) throw new Error(`no row: ${text}`);
  const [, id, instance, status, host] = parts;
  return { id: id ?? '', instance: instance ?? null, status: status as AttachStatus, host: host ?? null };
}
