/** A host that no other machine can listen in on. An empty one, and a path, is a socket of this machine. */
export const isThisMachine = (host: string): boolean =>
  host === '' || host.startsWith('/') || /^(?:127(?:\.\d{1,3}){3}|\[?::1\]?|localhost)$/i.test(host);
