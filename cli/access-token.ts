/**
 * The access token that a command sends: from a file or from the environment, never from the command line, where
 * everybody on the machine can read it (`ps`).
 */
import { readFileSync } from 'node:fs';
import { Problem } from './problem.ts';

export interface TokenSources {
  readonly token?: string;
  /** Comes first: it was named for this command, or beside a token that is older. */
  readonly tokenFile?: string;
}

/** Undefined: none is needed at a Unix socket, or none was given. */
export function accessToken(endpoint: string, { token, tokenFile }: TokenSources): string | undefined {
  if (!endpoint.includes('://')) return undefined;
  const text = tokenFile === undefined ? token?.trim() : readToken(tokenFile);
  if (text === undefined) return undefined;
  if (!/^[!-~]+$/.test(text)) {
    const where = tokenFile === undefined ? 'WEFT_TOKEN' : `token file ${tokenFile}`;
    throw new Problem(`${where} holds no access token, expected one line such as weft.NAME.SECRET`, { exitCode: 2 });
  }
  if (isReadable(endpoint)) {
    throw new Problem(
      `an access token is not sent to ${endpoint}, where everybody on the way could read it: use https://, or a tunnel to a loopback address`,
      { exitCode: 2 },
    );
  }
  return text;
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : message;
    throw new Problem(`token file ${file}: ${why}`, { exitCode: 2, cause });
  }
}

/** In the clear, and not only on this machine. */
function isReadable(url: string): boolean {
  if (url.startsWith('https://') || !URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname !== 'localhost' && hostname !== '[::1]' && !/^127\.\d+\.\d+\.\d+$/.test(hostname);
}
