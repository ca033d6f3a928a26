import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TcpProxy } from './tcp-proxy';
import { until } from './until';

/** A server that says everything back, behind the link. */
let server: Server;
let proxy: TcpProxy;
const opened: Socket[] = [];
beforeEach(async () => {
  server = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  proxy = await TcpProxy.to((server.address() as AddressInfo).port);
});
afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy();
  await proxy.close();
  await new Promise((closed) => server.close(closed));
});

async function client() {
  const socket = connect(proxy.port, '127.0.0.1');
  opened.push(socket);
  const seen = { socket, text: '', ended: false, closed: false };
  socket.on('data', (bytes: Buffer) => (seen.text += bytes.toString()));
  socket.on('error', () => undefined);
  socket.on('end', () => (seen.ended = true));
  socket.on('close', () => (seen.closed = true));
  await until('it is connected or refused', () => !socket.connecting);
  return seen;
}
const aMoment = () => new Promise((passed) => setTimeout(passed, 200));

it('passes bytes on, and the end of a connection', async () => {
  const one = await client();

  one.socket.end('hello');

  await until('the answer is there', () => one.text === 'hello' && one.ended);
});

it('cuts what there is and what comes, until it is healed', async () => {
  const before = await client();
  before.socket.write('hello');
  await until('it is connected through', () => before.text === 'hello');

  proxy.cut();
  const during = await client();
  during.socket.write('hello');
  await until('both are cut', () => before.closed && during.closed);
  proxy.heal();
  const after = await client();
  after.socket.write('hello');

  await until('the answer is there', () => after.text === 'hello');
  expect(during.text).toBe('');
});

it('brings every byte later and in order, and not later any more once healed', async () => {
  const one = await client();
  proxy.slow(150);
  const begun = Date.now();

  one.socket.write('a');
  await until('it comes back', () => one.text === 'a');
  const took = Date.now() - begun;
  one.socket.write('b');
  await aMoment();
  proxy.heal();
  one.socket.write('c');

  expect(took).toBeGreaterThanOrEqual(300);
  await until('all came', () => one.text.length === 3);
  expect(one.text).toBe('abc');
});

it('half-open: takes what there is and what comes, says nothing, and closes nothing', async () => {
  const before = await client();
  before.socket.write('a');
  await until('it is connected through', () => before.text === 'a');

  proxy.halfOpen();
  const during = await client();
  for (const one of [before, during]) one.socket.write('b');
  await aMoment();
  proxy.heal();
  for (const one of [before, during]) one.socket.write('c');
  const after = await client();
  after.socket.write('d');

  await until('new connections are whole', () => after.text === 'd');
  expect(before).toMatchObject({ text: 'a', ended: false, closed: false });
  expect(during).toMatchObject({ text: '', ended: false, closed: false });
});

it('says so when there is nobody behind it', async () => {
  await new Promise((closed) => server.close(closed));

  const one = await client();

  await until('it is closed', () => one.closed);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
