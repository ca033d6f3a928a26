import type { Floor } from './floor';
import type { Program, Source, Step } from './program';

/** Every client counts in a row of its own, so that nobody waits for anybody, and an update stays within its page. */
export const ROUND_TRIPS = `
create table if not exists round_trips (volume text primary key, made bigint not null) with (fillfactor = 50)`;
export const ROUND_TRIPS_OF = 'insert into round_trips select unnest($1::text[]), 0';

const READ = { text: 'select made from round_trips where volume = $1', name: 'read' };
const WRITTEN = { text: 'update round_trips set made = made + 1 where volume = $1 returning made', name: 'written' };

const WRITES = /\b(?:insert into|(?<!for )update|delete from) /i;

/**
 * The least that so many round trips can cost, whatever they are about: each statement finds one row by its key, and where it writes, counts in
 * it and commits. The messages are what they were.
 */
export const roundTripsOf = ({ gateway, worker, ...floor }: Floor): Floor => ({
  ...floor,
  gateway: smallest(gateway, 'given/volume'),
  worker: Object.fromEntries(Object.entries(worker).map(([type, program]) => [type, smallest(program, '0/body/volume_id')])),
});

/** `volume`: the path by which it is known from the beginning. */
const smallest = ({ steps }: Program, volume: string): Program => {
  const answered = steps.flatMap((step, at) => (step.do === 'query' ? [`${at}/`] : []));
  const isAnswer = (path: string) => answered.some((prefix) => path.startsWith(prefix));
  return { steps: steps.map((step) => smallestStep(step, { from: 'known', path: volume }, isAnswer)) };
};

function smallestStep(step: Step, volume: Source, isAnswer: (path: string) => boolean): Step {
  if (step.do === 'query') return { do: 'query', ...(WRITES.test(step.text) ? WRITTEN : READ), values: [volume], rows: 1 };
  if (step.do !== 'publish') return step;
  const [key, body, properties] = [step.key, step.body, step.properties].map((source) => unanswered(source, isAnswer));
  return { ...step, key, body, properties } as Step;
}

/** What the service took from an answer that is not asked for here: what was always the same still is, and of ids any will do. */
function unanswered(source: Source, isAnswer: (path: string) => boolean): Source {
  switch (source.from) {
    case 'known':
      if (!isAnswer(source.path)) return source;
      return 'always' in source ? { from: 'constant', value: source.always } : { from: 'fresh', name: source.path };
    case 'text':
      return { ...source, holes: source.holes.map((hole) => unanswered(hole, isAnswer)) };
    case 'members':
      return {
        ...source,
        members: Object.fromEntries(Object.entries(source.members).map(([name, member]) => [name, unanswered(member, isAnswer)])),
      };
    case 'constant':
    case 'fresh':
      return source;
  }
}
