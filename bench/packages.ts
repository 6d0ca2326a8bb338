/** Debian packages that only the comparison needs: installed when a run wants them, not by set-up. */
import { run } from '../lab/run.ts';

/** Undefined when all of them are there now; else why not. */
export async function install(packages: readonly string[]): Promise<string | undefined> {
  const lacking: string[] = [];
  for (const name of packages) {
    if (!(await isInstalled(name))) lacking.push(name);
  }
  if (lacking.length === 0) return undefined;
  process.stderr.write(`installing Debian packages for the comparison: ${lacking.join(', ')}\n`);
  const attempt = await aptInstall(lacking);
  if (attempt === undefined) return undefined;
  await aptGet(['update']);
  return aptInstall(lacking);
}

async function isInstalled(name: string): Promise<boolean> {
  const { code, stdout } = await run(['dpkg-query', '--status', name]);
  return code === 0 && stdout.includes('\nStatus: install ok installed\n');
}

async function aptInstall(packages: readonly string[]): Promise<string | undefined> {
  const { code, stderr } = await aptGet(['install', '-y', '--no-install-recommends', ...packages]);
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return code === 0 ? undefined : `Debian packages ${packages.join(', ')} cannot be installed: ${last}`;
}

function aptGet(words: readonly string[]) {
  return run(['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...words], { timeoutMs: 120_000 });
}
