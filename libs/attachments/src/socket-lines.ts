import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** Hands over each line that comes. A socket that breaks is no error of whoever reads lines: its `close` follows. */
export function eachLine(socket: Socket, take: (line: string) => void): void {
  socket.on('error', () => socket.destroy());
  createInterface({ input: socket })
    .on('line', take)
    .on('error', () => undefined); // the same one again
}
