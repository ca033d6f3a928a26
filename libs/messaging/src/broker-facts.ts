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

/** What the policies that match a queue make of it. */
export interface QueuePolicy {
  queue: string;
  /** The policy's and the operator policy's; none, one or both. */
  names: string[];
  /** Both together, `{"message-ttl": 60000}`. */
  definition: Record<string, unknown>;
}

export interface BrokerFacts {
  /** As the broker says it, `3.10.8`. */
  version: string;
  queues: QueueFacts[];
}
