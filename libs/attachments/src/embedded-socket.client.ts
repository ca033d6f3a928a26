import { connect, type Socket } from 'node:net';
import type { Database } from './database.js';
import type { Answer, Run } from './embedded-pool.js';
import { openEmbedded } from './open-database.js';
import { eachLine } from './socket-lines.js';

export interface SocketQuestion {
  id: number;
  sql: string;
  values: unknown[];
}
export type SocketAnswer = { id: number } & ({ answer: Answer } | { error: { message: string; code: string | null } });

const NOBODY_THERE = ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'];

/**
 * The embedded database of another process, through its socket; null when no process listens there. No transaction passes through it.
 * `address` is as `socketAddress` gives it.
 */
export async function openEmbeddedOver(address: string): Promise<Database | null> {
  const socket = await reach(address);
  if (!socket) return null;
  const { run, close } = conversation(socket);
  try {
    return await openEmbedded(run, close);
  } catch (error) {
    socket.destroy(); // an open one would keep this process from ending
    throw error;
  }
}

function reach(address: string): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error: NodeJS.ErrnoException) => (NOBODY_THERE.includes(error.code ?? '') ? resolve(null) : reject(error)));
  });
}

interface Asked {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
}

function conversation(socket: Socket): { run: Run; close: () => Promise<void> } {
  const asked = new Map<number, Asked>();
  let last = 0;
  eachLine(socket, (line) => {
    const answer = JSON.parse(line) as SocketAnswer;
    const caller = asked.get(answer.id);
    asked.delete(answer.id);
    if ('answer' in answer) caller?.resolve(answer.answer);
    else caller?.reject(Object.assign(new Error(answer.error.message), answer.error.code === null ? {} : { code: answer.error.code }));
  });
  socket.on('close', () => {
    for (const { reject } of asked.values()) reject(new Error('the process that holds the database has gone away'));
  });
  const run: Run = (sql, values) =>
    new Promise((resolve, reject) => {
      if (socket.destroyed) return reject(new Error('the process that holds the database has gone away'));
      const question: SocketQuestion = { id: ++last, sql, values };
      asked.set(question.id, { resolve, reject });
      socket.write(`${JSON.stringify(question, wireValue)}\n`);
    });
  return { run, close: () => new Promise((closed) => socket.end(() => closed())) };
}

const wireValue = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);
