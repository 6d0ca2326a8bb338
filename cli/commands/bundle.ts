/** `weft bundle`: one file for a bug report, with what is known of this machine's Weft and no secret. */
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { pack } from '../bundle/pack.ts';
import type { Sources } from '../bundle/parts.ts';
import { createApi } from '../client.ts';
import type { Context, Family } from '../context.ts';
import { gatherFacts } from '../doctor/gather.ts';
import { outputOf, readText } from '../doctor/gather-network.ts';
import { type PlaceOptions, placeOptions, placesOf } from '../doctor/places.ts';
import { bytes } from '../output.ts';
import { outputOptions } from '../output-format.ts';
import { Problem } from '../problem.ts';

interface Options extends PlaceOptions {
  readonly write?: string;
}

export const family: Family = (program, context) => {
  const command = program
    .command('bundle')
    .description('write one file for a bug report: status, configuration, logs, network; secrets removed')
    .option('--write <file>', 'where to, else weft-bundle-HOST-TIME.tar.gz here');
  outputOptions(placeOptions(command)).action((options: Options) => writeBundle(context, options));
};

async function writeBundle(context: Context, options: Options): Promise<void> {
  const { output, now } = context;
  const nowMs = now();
  const stamp = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const folder = `weft-bundle-${hostname().split('.')[0] ?? 'host'}-${stamp}`;
  const path = options.write ?? `${folder}.tar.gz`;
  // Before seconds of looking: it may not be ours to write there.
  const file = create(path);
  try {
    const { archive, files, missing } = await pack(folder, sourcesOf(context, options, nowMs));
    writeFileSync(file, archive);
    output.show({ file: path, bytes: archive.length, files: files.length, missing }, () => {
      output.line(
        `${path}: ${files.length} files, ${bytes(archive.length)}, no secrets; CONTENTS.txt in it lists them`,
      );
      const names = missing.map((each) => each.split(':')[0]);
      if (names.length > 0) output.note(`could not be had, CONTENTS.txt says why: ${names.join(', ')}`);
    });
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** Closed to others, and never in the place of another file. */
function create(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'EEXIST' ? 'the file is there already: name another with --write' : message;
    throw new Problem(`cannot write ${path}: ${why}`, { cause });
  }
}

function sourcesOf(context: Context, options: Options, nowMs: number): Sources {
  const places = placesOf(context, options);
  const { controllerEndpoint, token, signal } = places;
  const api = createApi(controllerEndpoint, { signal, timeoutMs: 5000, ...(token === undefined ? {} : { token }) });
  const asked: Readonly<Record<string, () => Promise<unknown>>> = {
    '/status': api.status,
    '/hosts': api.hosts,
    '/guests': () => api.guests(),
    '/vpcs': api.vpcs,
    '/selections': api.selections,
    '/policies': api.policies,
  };
  const facts = gatherFacts(places, context.now);
  return {
    outputOf,
    textOf: readText,
    askController: async (path) => asked[path]?.(),
    facts: () => facts,
    agentConfig: options.agentConfig,
    controllerConfig: options.controllerConfig,
    nowMs,
  };
}
