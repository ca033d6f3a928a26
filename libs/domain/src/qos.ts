/** Who keeps what QoS specs promise: the host that uses the volume, the storage, or each its part. */
export const QOS_CONSUMERS = ['front-end', 'back-end', 'both'] as const;
export type QosConsumer = (typeof QOS_CONSUMERS)[number];
