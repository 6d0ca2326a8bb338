/** What the command line takes from its environment: the only file of `cli/` that reads it. */
export interface CliConfig {
  /** REST endpoint: a Unix socket's path or `https://HOST:PORT`. */
  readonly controller: string;
  /** File with the certificate of the region's authority, to know the controller at a URL by. */
  readonly authorityFile?: string;
  readonly agent: string;
  /** An access token, or the file that holds one: needed at a URL, not at a Unix socket. */
  readonly token?: string;
  readonly tokenFile?: string;
}

export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): CliConfig {
  const token = nonEmpty(env.WEFT_TOKEN);
  const tokenFile = nonEmpty(env.WEFT_TOKEN_FILE);
  const authorityFile = nonEmpty(env.WEFT_CA);
  return {
    ...(authorityFile === undefined ? {} : { authorityFile }),
    controller: nonEmpty(env.WEFT_CONTROLLER) ?? '/run/weft/controller.sock',
    agent: nonEmpty(env.WEFT_AGENT) ?? '/run/weft/agent.sock',
    ...(token === undefined ? {} : { token }),
    ...(tokenFile === undefined ? {} : { tokenFile }),
  };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

/** Whoever started this process has said where compiled code is kept. */
export function hasCompileCache(): boolean {
  return process.env.NODE_COMPILE_CACHE !== undefined;
}
