/** A host that no other machine can listen in on. An empty one, and a path, is a socket of this machine. */
export const isThisMachine = (host: string): boolean =>
  host === '' || host.startsWith('/') || /^(?:127(?:\.\d{1,3}){3}|\[?::1\]?|localhost)$/i.test(host);

const COVERED = ['https:', 'amqps:'];

/** Whether others can read on the way what is sent to this URL. Of its scheme capitals are the same letters; what is no URL goes nowhere. */
export function leavesPlainly(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return !COVERED.includes(protocol) && !isThisMachine(hostname);
}
