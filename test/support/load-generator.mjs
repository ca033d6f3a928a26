// The load of test/support/load.ts, in a process of its own so that it cannot be mistaken for a slow server: a job as JSON on standard input,
// its measurements as JSON on standard output. A cycle is that of the bench: create, update, complete, delete.
//   closed: so many clients, each with its next cycle as soon as the last has ended
//   open:   so many cycles begun each second, whatever becomes of the others
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** As often as compute repeats an update, a complete or a delete after 500 or 504. */
const REPEATS = 5;
const LONGEST_WAIT_MS = 70_000;

/** HTTP/1.1 on as few sockets as there are requests at a time, at a tenth of what `http.request` takes. */
export class Wire {
  constructor(url, headers, mostSockets = 2000) {
    const { hostname, port } = new URL(url);
    Object.assign(this, { host: hostname, port: Number(port), mostSockets, idle: [], waiting: [], open: 0, resets: 0 });
    this.head = Object.entries({ Host: `${hostname}:${port}`, ...headers })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
  }

  /** Resolves with status, Retry-After and body; status 0: the connection was refused or cut. */
  request(method, path, body) {
    return new Promise((resolve) => {
      const sent = body === undefined ? '' : JSON.stringify(body);
      const type = sent === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(sent)}\r\n`;
      const job = { bytes: `${method} ${path} HTTP/1.1\r\n${this.head}${type}\r\n${sent}`, resolve };
      const socket = this.idle.pop();
      if (socket) this.send(socket, job);
      else if (this.open < this.mostSockets) this.send(this.dial(), job);
      else this.waiting.push(job);
    });
  }

  /**
   * Connections that stand before the load begins, as a load balancer's do. Node takes one new connection in each turn of its loop, so a server
   * that has much to do takes new ones slowly, and that is not what is measured here.
   */
  async warm(count) {
    const opened = Array.from({ length: count }, () => this.dial());
    await Promise.all(opened.map((socket) => new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))));
    // The kernel has taken them; an answer on each says that the server has.
    await Promise.all(
      opened.map((socket) => new Promise((resolve) => this.send(socket, { bytes: `GET / HTTP/1.1\r\n${this.head}\r\n`, resolve }))),
    );
  }

  close() {
    for (const socket of this.idle.splice(0)) socket.destroy();
  }

  dial() {
    const socket = connect({ host: this.host, port: this.port, noDelay: true });
    this.open++;
    socket.heard = '';
    socket.on('timeout', () => socket.destroy());
    socket.on('data', (part) => this.hear(socket, part.toString('latin1')));
    socket.on('error', () => undefined); // `close` follows
    socket.once('close', () => this.gone(socket));
    return socket;
  }

  send(socket, job) {
    socket.job = job;
    socket.setTimeout(LONGEST_WAIT_MS);
    socket.write(job.bytes);
  }

  hear(socket, part) {
    socket.heard += part;
    const end = socket.heard.indexOf('\r\n\r\n');
    if (end === -1) return;
    const head = socket.heard.slice(0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (socket.heard.length < end + 4 + length) return;
    const { job } = socket;
    const answer = {
      status: Number(head.slice(9, 12)),
      retryAfter: Number(/\r\nretry-after: (\d+)/i.exec(head)?.[1] ?? NaN),
      body: socket.heard.slice(end + 4, end + 4 + length),
    };
    socket.job = null;
    socket.heard = '';
    if (/\r\nconnection: close/i.test(head)) socket.destroy();
    else this.rest(socket);
    job.resolve(answer);
  }

  rest(socket) {
    const next = this.waiting.shift();
    if (next) return this.send(socket, next);
    socket.setTimeout(0);
    this.idle.push(socket);
  }

  gone(socket) {
    this.open--;
    const at = this.idle.indexOf(socket);
    if (at !== -1) this.idle.splice(at, 1);
    const { job } = socket;
    socket.job = null;
    if (job) {
      this.resets++;
      job.resolve({ status: 0, retryAfter: NaN, body: '' });
    }
    const next = this.waiting.shift();
    if (next) this.send(this.dial(), next);
  }
}

/** Counts answers and keeps how long each kind took. */
class Measures {
  statuses = {};
  times = { refused: [], admitted: [], cycle: [] };
  seconds = new Map();
  withoutRetryAfter = 0;
  slowRefusals = 0;

  constructor(quickMs) {
    this.quickMs = quickMs;
  }

  answered(call, { status, retryAfter }, ms) {
    this.statuses[call] ??= {};
    this.statuses[call][status] = (this.statuses[call][status] ?? 0) + 1;
    const refused = status === 503 || status === 504;
    if (refused && Number.isNaN(retryAfter)) this.withoutRetryAfter++;
    this.times[refused ? 'refused' : 'admitted'].push(ms);
    if (refused && ms > this.quickMs) this.slowRefusals++;
  }

  /** By the second in which it ended, from the begin of the measuring. */
  cycle(ms, sinceBegin) {
    this.times.cycle.push(ms);
    const second = Math.floor(sinceBegin / 1000);
    if (!this.seconds.has(second)) this.seconds.set(second, []);
    this.seconds.get(second).push(ms);
  }

  get summary() {
    const seconds = [...this.seconds].sort(([a], [b]) => a - b);
    return {
      statuses: this.statuses,
      withoutRetryAfter: this.withoutRetryAfter,
      slowRefusals: this.slowRefusals,
      refused: spread(this.times.refused),
      admitted: spread(this.times.admitted),
      cycles: spread(this.times.cycle),
      bySecond: seconds.map(([second, times]) => ({ second, cycles: times.length, p50: spread(times).p50 })),
    };
  }
}

export function spread(times) {
  const sorted = Float64Array.from(times).sort();
  const at = (share) =>
    sorted.length === 0 ? null : Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] * 10) / 10;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

class Cycles {
  begun = performance.now();
  gaveUp = 0;
  leftOver = new Set();

  constructor(wire, { volumes, quickMs }) {
    Object.assign(this, { wire, measures: new Measures(quickMs), free: [...volumes], every: volumes });
  }

  async timed(call, method, path, body) {
    const from = performance.now();
    const answer = await this.wire.request(method, path, body);
    this.measures.answered(call, answer, performance.now() - from);
    return answer;
  }

  /** A create that is refused is the end of it: nothing was begun. What was begun is repeated as compute does, and taken back when that was in vain. */
  async run() {
    const from = performance.now();
    const own = this.free.pop();
    const volume = own ?? this.every[Math.floor(Math.random() * this.every.length)];
    const { status, body } = await this.timed('create', 'POST', '/v3/attachments', {
      attachment: { volume_uuid: volume, instance_uuid: randomUUID() },
    });
    if (status !== 200) return this.giveBack(own);
    const path = `/v3/attachments/${JSON.parse(body).attachment.id}`;
    const done =
      (await this.persist('update', 200, 'PUT', path, { attachment: { connector: CONNECTOR } })) &&
      (await this.persist('complete', 204, 'POST', `${path}/action`, { 'os-complete': null })) &&
      (await this.persist('delete', 200, 'DELETE', path));
    if (done) this.measures.cycle(performance.now() - from, performance.now() - this.begun);
    else await this.takeBack(path);
    this.giveBack(own);
  }

  giveBack(volume) {
    if (volume !== undefined) this.free.push(volume);
  }

  async persist(call, wanted, method, path, body) {
    for (let time = 0; time < REPEATS; time++) {
      const { status } = await this.timed(call, method, path, body);
      if (status === wanted || (call === 'delete' && time > 0 && status === 404)) return true;
      if (status !== 0 && status < 500) return false;
    }
    return false;
  }

  async takeBack(path) {
    this.gaveUp++;
    this.leftOver.add(path);
    for (;;) {
      const { status } = await this.timed('takeBack', 'DELETE', path);
      if (status === 200 || status === 404) break;
      await pause(1000 + Math.random() * 500);
    }
    this.leftOver.delete(path);
  }
}

const CONNECTOR = {
  initiator: 'iqn.1993-08.org.debian:01:load',
  ip: '192.168.1.20',
  platform: 'x86_64',
  host: 'load',
  os_type: 'linux2',
  multipath: false,
  mountpoint: '/dev/vdb',
  mode: 'rw',
};

async function closed(cycles, { clients, seconds }) {
  const until = performance.now() + seconds * 1000;
  const client = async () => {
    while (performance.now() < until) await cycles.run();
  };
  await Promise.all(Array.from({ length: clients }, client));
}

/** Begins cycles when they are due, never fewer because others are still under way. Resolves when the last has been begun; the rest goes on. */
async function open(cycles, { rate, seconds }, running) {
  const begin = performance.now();
  let begun = 0;
  while (performance.now() - begin < seconds * 1000) {
    const due = ((performance.now() - begin) / 1000) * rate;
    for (; begun < due; begun++) {
      const cycle = cycles.run().finally(() => running.delete(cycle));
      running.add(cycle);
    }
    await pause(1);
  }
  return begun;
}

async function main() {
  const job = JSON.parse(await text(process.stdin));
  const wire = new Wire(job.url, job.headers);
  await wire.warm(job.connections);
  const cycles = new Cycles(wire, job);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const running = new Set();
  const begun = job.rate === undefined ? await closed(cycles, job) : await open(cycles, job, running);
  const offeredFor = performance.now() - cycles.begun;
  delay.disable();
  process.stdout.write(`${JSON.stringify({ loadEnded: Date.now() })}\n`);
  await Promise.all(running);
  cycles.wire.close();
  const own = {
    begun: begun ?? null,
    offeredForMs: offeredFor,
    gaveUp: cycles.gaveUp,
    resets: cycles.wire.resets,
    lagP99Ms: delay.percentile(99) / 1e6 - 5,
  };
  process.stdout.write(`${JSON.stringify({ ...own, ...cycles.measures.summary })}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
