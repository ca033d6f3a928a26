import { request } from 'node:http';

export interface Asked {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Behind the endpoint's path. */
  path: string;
  microversion?: string;
  body?: object;
}

export interface Reply {
  status: number;
  body: unknown;
}

/** Sends these headers and no others, as `fetch` would not: what a client says of itself is part of a flow. */
export function exchange(url: string, method: string, headers: Record<string, string>, text?: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method,
      headers: { ...headers, ...(text !== undefined && { 'Content-Length': Buffer.byteLength(text) }) },
    });
    sent.on('error', reject);
    sent.on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString()) }));
    });
    sent.end(text);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
