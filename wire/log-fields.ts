/** The words of log lines: what agent and controller write beside a sentence, always under the same names. */

export interface LogFieldKind {
  readonly name: string;
  readonly doc: string;
}

export const logFields = [
  { name: 'level', doc: '10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal' },
  { name: 'time', doc: 'of an agent ISO 8601, of a controller Unix ms' },
  { name: 'msg', doc: 'a sentence for people; may change with any version' },
  { name: 'host', doc: 'the host that writes, or that is spoken of' },
  { name: 'controller', doc: 'the controller that writes' },
  { name: 'peer', doc: 'the other host' },
  { name: 'guest', doc: 'a guest, by name' },
  { name: 'vpc', doc: 'a virtual cloud, by name' },
  { name: 'gni', doc: 'the number of its network' },
  { name: 'address', doc: 'of who is connected, with port' },
  { name: 'listen', doc: 'addresses and ports that are listened on' },
  { name: 'names', doc: 'names and addresses that a certificate is for' },
  { name: 'socket', doc: 'path of a Unix socket' },
  { name: 'listener', doc: 'which listener: agents, the API' },
  { name: 'source', doc: 'the address, or IPv6 network, that is counted together' },
  { name: 'token', doc: 'an access token, by name' },
  { name: 'count', doc: 'how many since it was said last' },
  { name: 'audit', doc: 'what was changed or refused, and by whom' },
  { name: 'why', doc: 'why access was refused' },
  { name: 'epoch', doc: 'of a controller: the greater one is obeyed' },
  { name: 'revision', doc: 'of the store' },
  { name: 'restoredMs', doc: 'Unix ms when the backup was brought back that the store is of' },
  { name: 'update', doc: 'number of an update of a control session' },
  { name: 'rollout', doc: 'a rollout, by name' },
  { name: 'code', doc: 'of an event (docs/gen/events.md), or why a session was closed' },
  { name: 'reason', doc: 'why, in words of whoever knows' },
  { name: 'ms', doc: 'how long it took' },
  { name: 'err', doc: 'an error with its type, message and stack' },
] as const satisfies readonly LogFieldKind[];

export type LogField = (typeof logFields)[number]['name'];
export type LogFields = Readonly<Partial<Record<LogField, unknown>>>;
