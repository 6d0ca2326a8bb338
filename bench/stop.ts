/** Runs what makes namespaces and processes so that Ctrl-C takes all of them away again before the process ends. */
export async function stoppedBySignals<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => abort.abort(new Error(`stopped by ${name}, everything was taken down`)));
  }
  try {
    return await work(abort.signal);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    process.stderr.write(`${(abort.signal.reason as Error).message}\n`);
    return process.exit(1);
  }
}
