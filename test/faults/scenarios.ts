import { FAULTY_BACKENDS } from './faulty-backends';
import { FAULTY_LINKS } from './faulty-links';
import { KILLED_PROCESSES } from './killed-processes';
import { KILLED_SERVERS } from './killed-servers';
import type { Scenario } from './scenario';

export const SCENARIOS: readonly Scenario[] = [...KILLED_PROCESSES, ...KILLED_SERVERS, ...FAULTY_LINKS, ...FAULTY_BACKENDS];
