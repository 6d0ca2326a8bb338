/** What the command line takes from its environment: the only file of `cli/` that reads it. */
export interface CliConfig {
  /** REST endpoint: a Unix socket's path or `http://HOST:PORT`. */
  readonly controller: string;
  readonly agent: string;
}

export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): CliConfig {
  return {
    controller: nonEmpty(env.WEFT_CONTROLLER) ?? '/run/weft/controller.sock',
    agent: nonEmpty(env.WEFT_AGENT) ?? '/run/weft/agent.sock',
  };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
