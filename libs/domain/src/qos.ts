/** Who keeps what QoS specs promise: the host that uses the volume, the storage, or each its part. */
export const QOS_CONSUMERS = ['front-end', 'back-end', 'both'] as const;
export type QosConsumer = (typeof QOS_CONSUMERS)[number];

/** Those of whom a host is one. */
export const HOSTS_AMONG: readonly QosConsumer[] = ['front-end', 'both'];

/** What a host is told to keep: text as it was given, but a number where that depends on the volume's size. */
export type QosLimits = Record<string, string | number>;

const SCALED = ['read_iops_sec', 'read_bytes_sec', 'write_iops_sec', 'write_bytes_sec', 'total_iops_sec', 'total_bytes_sec'];

/** What is promised for each GiB becomes what is promised (spec: worker-and-drivers §4.1). A spec that is no number says nothing. */
export function qosFor(sizeGib: number, specs: Record<string, string>): QosLimits {
  return SCALED.reduce<QosLimits>((told, option) => {
    const perGib = integerIn(specs[`${option}_per_gb`]);
    if (perGib === null) return told;
    const { [`${option}_per_gb`]: _perGib, [`${option}_per_gb_min`]: least, [`${option}_max`]: most, ...others } = told;
    const value = Math.max(perGib * sizeGib, integerIn(least) ?? 0);
    return { ...others, [option]: Math.min(value, integerIn(most) ?? value) };
  }, specs);
}

const integerIn = (spec: string | number | undefined): number | null =>
  typeof spec === 'string' && /^\s*[+-]?\d+\s*$/.test(spec) ? Number(spec) : null;
