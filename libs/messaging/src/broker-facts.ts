/** A queue of bells as the broker has it. */
export interface QueueFacts {
  name: string;
  /** `other`: it was declared with other arguments than ours, by somebody else or by another version. */
  state: 'ours' | 'missing' | 'other';
  /** Bells that lie in it; 0 where it is missing. */
  bells: number;
  /** Workers that serve it; 0 where it is missing. */
  consumers: number;
}

export interface BrokerFacts {
  /** As the broker says it, `3.10.8`. */
  version: string;
  queues: QueueFacts[];
}
