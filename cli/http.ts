/** One HTTP request with a JSON answer, over a Unix socket or TLS: what REST client and agent status share. */
import { createWriteStream } from 'node:fs';
import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { request as requestTls } from 'node:https';

import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

/** A socket's path, or `https://HOST:PORT`; `http://` only on this machine, for programs in between. */
export type Endpoint = string;

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Sent as a bearer token. */
  readonly token?: string | undefined;
  /** PEM: whom to trust at an `https://` endpoint; else whoever this machine trusts. */
  readonly authority?: string | undefined;
  readonly timeoutMs?: number;
  /** A new file, private, for the body of a good answer; its text is empty then. */
  readonly file?: string;
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
  return /^https?:\/\//.test(endpoint);
}

async function exchange(endpoint: Endpoint, wanted: HttpRequest, signal: AbortSignal): Promise<HttpResult> {
  const body = wanted.body === undefined ? undefined : JSON.stringify(wanted.body);
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    ...(wanted.token === undefined ? {} : { authorization: `Bearer ${wanted.token}` }),
  };
  const base = { method: wanted.method, headers, signal, agent: false } as const;
  const { promise, resolve, reject } = Promise.withResolvers<HttpResult>();
  const message = start(endpoint, wanted, base);
  message.on('error', reject);
  message.on('response', (response) => {
    const status = response.statusCode ?? 0;
    const content = wanted.file !== undefined && status === 200 ? toFile(response, wanted.file) : text(response);
    content.then((body) => resolve({ ok: true, status, text: body }), reject);
  });
  message.end(body);
  return promise;
}

async function toFile(response: IncomingMessage, file: string): Promise<string> {
  // `flush`: on disk when this ends.
  await pipeline(response, createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }));
  return '';
}

function start(endpoint: Endpoint, { path, authority }: HttpRequest, base: RequestOptions): ClientRequest {
  if (!isUrl(endpoint)) return request({ ...base, socketPath: endpoint, path });
  const url = new URL(path, endpoint);
  if (url.protocol === 'http:') return request(url, base);
  return requestTls(url, { ...base, minVersion: 'TLSv1.3', ...(authority === undefined ? {} : { ca: authority }) });
}
