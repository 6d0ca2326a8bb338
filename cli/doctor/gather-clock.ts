/** This machine's clock beside the controller's, and whether controllers can be reached at all. */
import { request } from 'node:http';
import { request as requestTls } from 'node:https';
import { connect } from 'node:net';
import { ports } from '../../wire/limits.ts';
import type { ControllerReach, Facts } from './facts.ts';
import { outputOf } from './gather-network.ts';

const timeoutMs = 3000;

/** Whether a TCP connection can be made; who answers there is the agent's to find out. */
export function reachOf(urls: readonly string[], signal: AbortSignal): Promise<readonly ControllerReach[]> {
  return Promise.all(
    urls.map(async (url): Promise<ControllerReach> => {
      const place = placeOf(url);
      if (place === undefined) return { url, error: 'this is no URL' };
      const error = await connects(place, signal);
      return error === undefined ? { url } : { url, error };
    }),
  );
}

interface Place {
  readonly host: string;
  readonly port: number;
}

function placeOf(url: string): Place | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? ports.control : Number(port) };
}

function connects({ host, port }: Place, signal: AbortSignal): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const socket = connect({ host, port, signal });
  socket.setTimeout(timeoutMs, () => resolve('no answer, so a firewall may be between'));
  socket.once('connect', () => resolve(undefined));
  socket.once('error', (error: NodeJS.ErrnoException) => resolve(words[error.code ?? ''] ?? error.message));
  return promise.finally(() => socket.destroy());
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  EHOSTUNREACH: 'there is no way to that address',
  ENETUNREACH: 'there is no route to that address',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name server does not answer',
};

export async function readClock(
  endpoints: readonly string[],
  nowMs: () => number,
  signal: AbortSignal,
): Promise<Facts['clock']> {
  const [told, ...dates] = await Promise.all([
    outputOf(['timedatectl', 'show', '--property=NTPSynchronized', '--value']),
    ...endpoints.map((endpoint) => aheadOf(endpoint, nowMs, signal)),
  ]);
  const aheadMs = dates.find((each) => each !== undefined);
  const synchronized = told === undefined ? undefined : told.trim() === 'yes';
  return { ...(synchronized === undefined ? {} : { synchronized }), ...(aheadMs === undefined ? {} : { aheadMs }) };
}

/** By the `Date` of any HTTP answer, which is exact to a second; a refusal has one too. */
function aheadOf(endpoint: string, nowMs: () => number, signal: AbortSignal): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const options = { method: 'GET', signal, timeout: timeoutMs, agent: false } as const;
  const asked = endpoint.startsWith('/')
    ? request({ ...options, socketPath: endpoint, path: '/v1/status' })
    : startRequest(endpoint, options);
  if (asked === undefined) return Promise.resolve(undefined);
  asked.on('error', () => resolve(undefined));
  asked.on('timeout', () => resolve(undefined));
  asked.on('response', (response) => {
    response.resume();
    resolve(aheadBy(response.headers.date, nowMs()));
  });
  asked.end();
  return promise.finally(() => asked.destroy());
}

function startRequest(endpoint: string, options: { readonly signal: AbortSignal }) {
  const place = placeOf(endpoint);
  if (place === undefined) return undefined;
  const { protocol } = new URL(endpoint);
  if (protocol === 'ws:' || protocol === 'http:') return request({ ...options, ...place, path: '/' });
  // Only the clock is read, so who it is does not matter: a wrong clock is why certificates are not believed.
  return requestTls({ ...options, ...place, path: '/', rejectUnauthorized: false });
}

/** The date names a second that has begun: nothing is said of less. */
export function aheadBy(date: string | undefined, nowMs: number): number | undefined {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return undefined;
  const ahead = nowMs - theirs;
  return ahead >= 0 && ahead < 1000 ? 0 : ahead < 0 ? ahead : ahead - 999;
}
