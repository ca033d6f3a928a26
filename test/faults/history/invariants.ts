import { isOpen } from './answers';
import type { Call, History } from './history';
import { makes } from './search-node';

/** What must hold of any history whatever the model says, by the calls' times alone: a second opinion that shares nothing with the search. */
export function violationsOf(history: History): string[] {
  const volumes = new Set(history.volumes.map(({ id }) => id));
  const strayed = history.calls.filter(({ volume }) => !volumes.has(volume)).map((call) => `${call.request}: of an unknown volume`);
  return [
    ...strayed,
    ...twice(history),
    ...disordered(history),
    ...twoHosts(history),
    ...risen(history),
    ...notSeen(history),
    ...tooEarly(history),
  ];
}

const told200 = ({ status }: Call) => status === 200;
const idOf = ({ attachment, told }: Call): string | null => told.attachmentId ?? attachment;
const answer = ({ answeredAt }: Call): number => answeredAt ?? Infinity;
const before = (a: Call, b: Call): boolean => answer(a) < b.invokedAt;

function twice({ calls }: History): string[] {
  const requests = calls.map(({ request }) => request);
  const made = calls.filter((call) => makes(call) && told200(call));
  const again = (items: string[]) => items.filter((item, i) => items.indexOf(item) !== i);
  return [
    ...again(requests).map((request) => `request ${request} is in the history twice`),
    ...made
      .filter((call, i) => made.slice(0, i).some((other) => idOf(other) === idOf(call) && !isRepeat(other, call)))
      .map((call) => `two creates were told the same attachment ${idOf(call)}`),
  ];
}

const disordered = ({ calls }: History): string[] =>
  calls
    .filter((call) => answer(call) < call.invokedAt || (call.answeredAt === null) !== (call.status === null))
    .map((call) => `${call.request}: answered before it was asked, or answered nothing`);

/** Two hosts of different instances, both told of their connection, neither asked to be gone: only a multiattach volume may have that. */
function twoHosts({ calls, volumes }: History): string[] {
  const single = new Set(volumes.filter(({ multiattach }) => !multiattach).map(({ id }) => id));
  const connected = calls.filter((call) => told200(call) && (call.verb === 'update' || call.verb === 'create') && single.has(call.volume));
  const spans = connected.map((call) => ({ call, from: answer(call), to: endOfConnection(calls, call) }));
  return spans.flatMap((a, i) =>
    spans.slice(i + 1).flatMap((b) => {
      const apart = a.call.volume !== b.call.volume || a.call.host === b.call.host || sameInstance(calls, a.call, b.call);
      const both = Math.max(a.from, b.from) < Math.min(a.to, b.to);
      return apart || !both
        ? []
        : [`${a.call.request} and ${b.call.request}: ${a.call.host} and ${b.call.host} both have volume ${a.call.volume}`];
    }),
  );
}

/** Both sides of a migration: the second may be connected by a create beside the first. */
function sameInstance(calls: readonly Call[], a: Call, b: Call): boolean {
  const instanceOf = (id: string | null) => calls.find((call) => makes(call) && idOf(call) === id)?.instance ?? null;
  return idOf(a) !== idOf(b) && instanceOf(idOf(a)) !== null && instanceOf(idOf(a)) === instanceOf(idOf(b));
}

/** From the first moment at which something else may have ended it, nothing is certain. */
const endOfConnection = (calls: readonly Call[], connected: Call): number =>
  Math.min(
    ...calls
      .filter((call) => call.attachment === idOf(connected) && call !== connected && answer(call) > connected.invokedAt)
      .filter(({ verb, host }) => verb === 'delete' || (verb === 'update' && host !== connected.host))
      .map(({ invokedAt }) => invokedAt),
    Infinity,
  );

/** A delete that was told 200: nothing that began later may meet the attachment. */
function risen({ calls, end }: History): string[] {
  const left = new Set(end.flatMap(({ attachments }) => attachments.map(({ id }) => id)));
  return calls
    .filter((call) => call.verb === 'delete' && told200(call))
    .flatMap((gone) => {
      const id = gone.attachment ?? '';
      const met = calls.filter((call) => before(gone, call) && meets(call, id)).map(({ request }) => request);
      return [...met, ...(left.has(id) ? ['the end'] : [])].map(
        (where) => `attachment ${id}, deleted by ${gone.request}, is met again by ${where}`,
      );
    });
}

const meets = (call: Call, id: string): boolean => {
  const succeeded = call.status === 200 || call.status === 204;
  return succeeded && ((call.attachment === id && !makes(call)) || (call.told.remaining ?? []).includes(id));
};

/** What was answered is there for whoever asks afterwards, as long as nobody else has touched it. */
function notSeen({ calls }: History): string[] {
  return calls
    .filter(({ verb, attachment, answeredAt }) => verb === 'show' && attachment !== null && answeredAt !== null)
    .flatMap((show) => {
      const about = calls.filter((call) => idOf(call) === show.attachment && call !== show && call.verb !== 'show');
      const last = about.filter((call) => before(call, show)).sort((a, b) => answer(b) - answer(a))[0];
      const alone = about.every((call) => call === last || (last !== undefined && before(call, last)));
      if (!last || !alone || about.some((call) => isOpen(call))) return [];
      return stale(show, last) ? [`${show.request} does not see what ${last.request} was told`] : [];
    });
}

function stale(show: Call, last: Call): boolean {
  const { attachmentStatus, host } = show.told;
  const done = last.status === 200 || last.status === 204;
  if (!done || show.status !== 200) return done && last.verb !== 'delete' && show.status === 404;
  if (last.verb === 'complete') return attachmentStatus !== 'attached';
  const differs =
    attachmentStatus !== last.told.attachmentStatus || (host !== undefined && last.told.host !== undefined && host !== last.told.host);
  return last.verb !== 'delete' && differs;
}

/** Nobody can have met an attachment before somebody asked for it; a create may have been asked for by a call that this one repeats. */
function tooEarly({ calls }: History): string[] {
  const firstOf = (made: Call): number =>
    Math.min(...calls.filter((call) => call === made || isRepeat(call, made)).map(({ invokedAt }) => invokedAt));
  return calls
    .filter((call) => makes(call) && idOf(call) !== null)
    .flatMap((made) => {
      const id = idOf(made) ?? '';
      const early = calls.filter((call) => meets(call, id) && answer(call) < firstOf(made));
      return early.map((call) => `${call.request} met attachment ${id} before ${made.request} asked for it`);
    });
}

const isRepeat = (a: Call, b: Call) => a.globalRequest !== undefined && a.globalRequest === b.globalRequest;
