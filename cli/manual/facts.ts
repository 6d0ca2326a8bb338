/** What holds for every command, for the manual and the reference: exit codes, environment, files, output. */
import type { EntryText } from './read.ts';

export const exitStatus: readonly EntryText[] = [
  { term: '0', text: 'done' },
  {
    term: '1',
    text: 'refused by the controller, or it failed; of `weft diff`: something would change; of `weft trace`: the packet did not arrive',
  },
  {
    term: '2',
    text: 'wrong use, or a mistake in a file that you wrote: nothing was changed; of `weft diff`: it failed',
  },
  { term: '3', text: 'of `weft rollout --follow`: it is paused' },
  { term: '4', text: 'of `weft rollout --follow`: it was aborted' },
  { term: '130', text: 'interrupted, as by Ctrl-C; 143: terminated' },
  { term: 'other', text: 'of `weft lab exec`: that of the program that it ran' },
];

export const environment: readonly EntryText[] = [
  { term: 'WEFT_CONTROLLER', text: 'the controller’s API: a Unix socket’s path or a URL (/run/weft/controller.sock)' },
  { term: 'WEFT_AGENT', text: 'the agent’s status socket (/run/weft/agent.sock)' },
  { term: 'WEFT_TOKEN', text: 'an access token for the API over TCP; better a file, as its owner alone can read that' },
  { term: 'WEFT_TOKEN_FILE', text: 'a file with an access token' },
  { term: 'WEFT_CA', text: 'a file with the authority by which the API over TCP is known' },
  { term: 'NO_COLOR', text: 'when set: no colours' },
];

export const output: readonly string[] = [
  'Results are written to standard output, everything else to standard error.',
  '-o table is for people and may change; -o wide has more columns where there are more to have.',
  '-o json and -o yaml write the value that the API answers and nothing else; lists are { items: [...] }. Results that come one by one (capture, --watch) are a JSON object a line, or a YAML document each.',
  'With -o json and -o yaml a failure is one line of JSON, the last on standard error: {"error":{"exitCode":1,"code":"in-use","message":"..."}}. The code is the controller’s own word, or usage, file, failed, unreachable, interrupted or bug.',
];
