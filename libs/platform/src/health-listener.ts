import { StartError } from '@app/domain';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { healthAnswer, healthPath, isStrict } from './health-answers.js';
import type { HealthConfig } from './health.config.js';
import type { Health } from './health.js';

/** The health paths on a port of their own, for a process that speaks no HTTP otherwise, or whose API is not the probes' to reach. */
export class HealthListener {
  private constructor(private readonly server: Server) {}

  /** Null where no port is named. @throws StartError when it cannot listen there. */
  static async open({ HEALTH_HOST, HEALTH_PORT }: HealthConfig, health: Health): Promise<HealthListener | null> {
    if (HEALTH_PORT === undefined) return null;
    const server = createServer((request, response) => void answer(health, request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => reject(refused(HEALTH_HOST, HEALTH_PORT, cause)));
      server.listen(HEALTH_PORT, HEALTH_HOST, resolve);
    });
    return new HealthListener(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }
}

async function answer(health: Health, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url = '', method = '' } = request;
  const path = healthPath(url);
  const isHead = method === 'HEAD';
  if (path === null || (method !== 'GET' && !isHead)) {
    response.writeHead(path === null ? 404 : 405).end();
    return;
  }
  const { status, type, body } = await healthAnswer(health, { path, isHead, accept: request.headers.accept, strict: isStrict(url) });
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }).end(isHead ? undefined : body);
}

const refused = (host: string, port: number, cause: Error) =>
  new StartError(`HEALTH_PORT: nothing can listen on HEALTH_HOST ${host}, port ${port} (${(cause as NodeJS.ErrnoException).code}).`, {
    cause,
  });
