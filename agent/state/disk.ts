/** What a person is told when a file cannot be written: which one, why, and what to do. */

const advice: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on its file system; make room there',
  EDQUOT: 'the quota of its file system is used up; raise it or make room there',
  EROFS: 'its file system is mounted read-only; mount it writable, or set another stateDirectory',
  EACCES: 'permission is denied; run the agent as root, or set another stateDirectory',
  EPERM: 'permission is denied; run the agent as root, or set another stateDirectory',
  EIO: 'the disk reports an error; look at the kernel’s log and replace it',
};

export class DiskError extends Error {}

/** One clear sentence. */
export function diskError(path: string, error: unknown): DiskError {
  if (error instanceof DiskError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new DiskError(`${path} cannot be written: ${advice[code ?? ''] ?? message}`);
}

/** Whether it is about a file that cannot be written. `path`: of the file, if there is one. */
export function isDiskError(error: unknown, path: string): boolean {
  return (
    error instanceof DiskError || (path !== '' && Object.hasOwn(advice, (error as NodeJS.ErrnoException).code ?? ''))
  );
}
