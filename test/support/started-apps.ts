import type { AddressInfo } from 'node:net';
import type { Database } from '@app/attachments';
import type { DriverRegistry, FakeDriver } from '@app/drivers';
import type { Transport } from '@app/messaging';
import type { INestMicroservice } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { documented } from './documented';
import { currentRun } from './test-run';
import { addValidated } from './validated-answers';

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed where it is JSON, else text. */
  body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- whatever the wire says is what the test looks at
  text: string;
}

interface Parts {
  transport: Transport;
  database: Database;
}

export class StartedWorker {
  constructor(
    private readonly app: INestMicroservice,
    readonly driver: FakeDriver,
    private readonly parts: Parts & { drivers: DriverRegistry },
  ) {}

  async stop(): Promise<void> {
    await this.parts.transport.close();
    await this.app.close();
    await this.parts.drivers.close();
    await this.parts.database.close();
  }
}

export class StartedGateway {
  readonly url: string;
  private readonly answered = { answers: 0, held: 0 };

  constructor(
    readonly app: NestFastifyApplication,
    private readonly parts: Parts,
  ) {
    this.url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    addValidated(currentRun().folder, this.answered);
    await this.app.close();
    await this.parts.transport.close();
    await this.parts.database.close();
  }

  /** Whatever is asked and answered must be as `/openapi.json` says. */
  async request(method: string, path: string, body?: unknown, headers: Record<string, string | null> = {}): Promise<Answer> {
    const sent: Record<string, string | null> = { 'OpenStack-API-Version': 'volume 3.44', ...headers };
    if (body !== undefined) sent['Content-Type'] ??= 'application/json';
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: Object.fromEntries(Object.entries(sent).filter((entry): entry is [string, string] => entry[1] !== null)),
      body: body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
      redirect: 'manual',
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') && text !== '';
    const answer = { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text, text };
    if (path.startsWith('/v3')) this.answered.answers++;
    if (documented(sent['OpenStack-API-Version'], { method, path, body, answer })) this.answered.held++;
    return answer;
  }
}
