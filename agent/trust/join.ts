/**
 * Joining a region:
 *
 *   1. look at the controller without trusting it: the authority that the token names must be among what it shows
 *   2. connect again, trusting that authority and nobody else; only now is the token's secret said
 *   3. send the request for this host's new key, get the certificate
 *
 * Nothing is written here. Whoever is in between sees no secret, since it cannot show a certificate of that authority.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { Ajv } from 'ajv';
import { JoinAnswer, type JoinRequest, type JoinToken, joinPath } from '../../wire/trust.ts';
import { controllerOnly, type Look, lookAt } from './connect.ts';
import { type Clocks, dateOf, failureText, isAboutTime, refusalText, type TlsError } from './failures.ts';
import { unfit } from './files.ts';
import type { NewKey } from './request.ts';

/** The message is for people; `refused`: the controller said no, so trying again helps nobody. */
export class JoinError extends Error {
  readonly refused: boolean;

  constructor(message: string, refused = false) {
    super(message);
    this.refused = refused;
  }
}

export interface Joined {
  readonly answer: JoinAnswer;
  /** Of this host, from which the controller was reached. */
  readonly localAddress: string | undefined;
}

const isJoinAnswer = new Ajv({ strict: false }).compile<JoinAnswer>(JoinAnswer);
const patienceMs = 10_000;
const answerBytes = 1 << 18;

/** `origin`: https://ADDRESS:PORT. Throws a JoinError. */
export async function join(origin: string, token: JoinToken, { key, request }: NewKey, nowMs: number): Promise<Joined> {
  const look = await lookAt(origin).catch((error: TlsError) => {
    throw new JoinError(failureText(error, origin));
  });
  const clocks = { hereMs: nowMs, thereMs: look.timeMs };
  const authority = authorityIn(look, token);
  if (authority === undefined) {
    throw new JoinError(
      `what answers at ${origin} is not the controller that made this token, or somebody is in between: ` +
        'the secret was not sent; look at the address, and whether the token is for this region',
    );
  }
  const { host, secret } = token;
  const body: JoinRequest = { host, secret, request: Buffer.from(request).toString('base64') };
  const said = await ask(origin, authority, JSON.stringify(body), clocks);
  if (said.status !== 200) throw new JoinError(refusalText(messageIn(said.text), origin, said.clocks), isFinal(said));
  const answer = parse(said.text);
  if (!isJoinAnswer(answer)) throw new JoinError(`${origin} gave an answer that is none of a controller`);
  const why = unfit(answer, key, host);
  if (why !== undefined) throw new JoinError(`${origin}: ${why}`);
  return { answer, localAddress: said.localAddress };
}

/** 503: the controller's store is away. */
function isFinal({ status }: Said): boolean {
  return status >= 400 && status < 500;
}

function authorityIn({ chain }: Look, { fingerprint }: JoinToken): string | undefined {
  const found = chain.find((der) => createHash('sha256').update(der).digest('base64url') === fingerprint);
  return found === undefined ? undefined : new X509Certificate(found).toString();
}

interface Said {
  readonly status: number;
  readonly text: string;
  readonly clocks: Clocks;
  readonly localAddress: string | undefined;
}

function ask(origin: string, authority: string, body: string, clocks: Clocks): Promise<Said> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const options = { method: 'POST', headers, agent: false, timeout: patienceMs, ca: authority, ...controllerOnly };
    const asked = request(new URL(joinPath, origin), options);
    const failed = (error: TlsError) =>
      reject(new JoinError(failureText(error, origin, isAboutTime(error) ? clocks : undefined)));
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${patienceMs} ms`)));
    asked.on('error', failed);
    asked.on('response', (response) => {
      const { localAddress } = response.socket;
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > answerBytes) asked.destroy(new Error('its answer is too long'));
      });
      const thereMs = dateOf(response.headers.date);
      const read = (content: string) =>
        resolve({ status: response.statusCode ?? 0, text: content, clocks: { ...clocks, thereMs }, localAddress });
      text(response).then(read, failed);
    });
    asked.end(body);
  });
}

function messageIn(content: string): string {
  const { message } = (parse(content) ?? {}) as { readonly message?: unknown };
  return typeof message === 'string' ? message : content;
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch {
    return undefined;
  }
}
