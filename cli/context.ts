/** What every command gets: where to write, what the environment says, when to stop. */
import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { accessToken } from './access-token.ts';
import { type Api, createApi } from './client.ts';
import type { CliConfig } from './config.ts';
import { isUrl } from './http.ts';
import type { Output } from './output.ts';
import { type OutputOptions, outputOptions } from './output-format.ts';
import { Problem } from './problem.ts';

export interface Context {
  readonly output: Output;
  readonly config: CliConfig;
  /** Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** Unix ms. */
  readonly now: () => number;
  /** Exit code of a command that ends with another program's (`lab exec`). */
  readonly setExitCode: (code: number) => void;
}

/** A command family: adds its commands to the program. One file each in `commands/`. */
export type Family = (program: Command, context: Context) => void;

export interface ControllerOptions extends OutputOptions {
  readonly controller?: string;
  readonly ca?: string;
  readonly lab?: string;
  readonly tokenFile?: string;
}

export function controllerOptions(command: Command): Command {
  const asking = command
    .addOption(
      new Option('--controller <socket-or-url>', 'the controller’s API (WEFT_CONTROLLER, /run/weft/controller.sock)'),
    )
    .addOption(new Option('--ca <file>', 'the region’s authority, for a URL (WEFT_CA)'))
    .addOption(new Option('--lab <name>', 'the controller of this lab').conflicts('controller'))
    .addOption(new Option('--token-file <file>', 'file with an access token, for a URL (WEFT_TOKEN_FILE; WEFT_TOKEN)'));
  return outputOptions(asking);
}

/** Of commands that change something. */
export interface WritingOptions extends ControllerOptions {
  readonly dryRun?: true;
}

export function writingOptions(command: Command): Command {
  return controllerOptions(command.option('--dry-run', 'check it and say what would be done, but do nothing'));
}

/** `created`, or what it would be. */
export function told({ dryRun }: WritingOptions, done: string): string {
  return dryRun === true ? `would be ${done}` : done;
}

export async function openApi(context: Context, options: ControllerOptions): Promise<Api> {
  const endpoint = await controllerEndpoint(context, options);
  const token = accessToken(endpoint, { ...context.config, ...options });
  const authority = await readAuthority(endpoint, options.ca ?? context.config.authorityFile);
  return createApi(endpoint, {
    signal: context.signal,
    ...(token === undefined ? {} : { token }),
    ...(authority === undefined ? {} : { authority }),
  });
}

async function readAuthority(endpoint: string, file: string | undefined): Promise<string | undefined> {
  if (file === undefined || !isUrl(endpoint)) return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new Problem(`the region’s authority ${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

export async function controllerEndpoint(context: Context, options: ControllerOptions): Promise<string> {
  if (options.lab === undefined) return options.controller ?? context.config.controller;
  const { openLab } = await import('../lab/index.ts');
  return openLab(options.lab).record.layout.controllerSocket;
}

/** A whole number in a range, for commander. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`expected a whole number of ${min} to ${max}.`);
  };
}

/** Collects an option that may be given several times. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
