/** `key=value`, as labels are given on the command line. */
import { Problem } from './problem.ts';

export function parseLabel(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new Problem(`--label ${text} is not of the form key=value`, { exitCode: 2 });
  return [text.slice(0, at), text.slice(at + 1)];
}
