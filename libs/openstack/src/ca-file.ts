import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { StartError } from '@app/domain';

/** The certificates that servers are checked against; undefined: the system's. @throws StartError for a file that is none */
export function caIn({ OS_CACERT: path }: { OS_CACERT?: string }): Buffer | undefined {
  if (path === undefined) return undefined;
  const text = read(path);
  try {
    new X509Certificate(text);
    return text;
  } catch (cause) {
    throw new StartError(`OS_CACERT: ${path} holds no certificate in PEM.`, { cause });
  }
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new StartError(`OS_CACERT: ${path} cannot be read (${(cause as NodeJS.ErrnoException).code}).`, { cause });
  }
}
