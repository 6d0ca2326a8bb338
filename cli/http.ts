/** One HTTP request with a JSON answer, over a Unix socket or TCP: what REST client and agent status share. */
import { request } from 'node:http';
import { text } from 'node:stream/consumers';

/** A socket's path, or `http://HOST:PORT`. */
export type Endpoint = string;

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Sent as a bearer token. */
  readonly token?: string | undefined;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export type HttpResult =
  | { readonly ok: true; readonly status: number; readonly text: string }
  /** `code`: errno's name, or `ETIMEDOUT` when nothing came in time. */
  | { readonly ok: false; readonly code: string; readonly message: string };

const defaultTimeoutMs = 10_000;

export async function send(endpoint: Endpoint, wanted: HttpRequest): Promise<HttpResult> {
  const timeout = AbortSignal.timeout(wanted.timeoutMs ?? defaultTimeoutMs);
  const signal = wanted.signal === undefined ? timeout : AbortSignal.any([timeout, wanted.signal]);
  try {
    return await exchange(endpoint, wanted, signal);
  } catch (error) {
    wanted.signal?.throwIfAborted();
    if (timeout.aborted) return { ok: false, code: 'ETIMEDOUT', message: 'no answer in time' };
    const { code, message } = error as NodeJS.ErrnoException;
    return { ok: false, code: code ?? 'unknown', message };
  }
}

export function isUrl(endpoint: Endpoint): boolean {
  return endpoint.startsWith('http://');
}

async function exchange(endpoint: Endpoint, wanted: HttpRequest, signal: AbortSignal): Promise<HttpResult> {
  const body = wanted.body === undefined ? undefined : JSON.stringify(wanted.body);
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    ...(wanted.token === undefined ? {} : { authorization: `Bearer ${wanted.token}` }),
  };
  const base = { method: wanted.method, headers, signal, agent: false } as const;
  const { promise, resolve, reject } = Promise.withResolvers<HttpResult>();
  const message = isUrl(endpoint)
    ? request(new URL(wanted.path, endpoint), base)
    : request({ ...base, socketPath: endpoint, path: wanted.path });
  message.on('error', reject);
  message.on('response', (response) => {
    text(response).then((content) => resolve({ ok: true, status: response.statusCode ?? 0, text: content }), reject);
  });
  message.end(body);
  return promise;
}
