/** An agent's status over its Unix socket. */
import type { AgentStatus } from '../wire/status.ts';
import { send } from './http.ts';
import { Problem } from './problem.ts';

export async function readAgentStatus(socket: string, options: { timeoutMs?: number } = {}): Promise<AgentStatus> {
  const result = await send(socket, { method: 'GET', path: '/status', ...options });
  if (!result.ok) throw new Problem(`cannot reach the agent at ${socket}: ${why(result.code, result.message)}`);
  if (result.status !== 200) throw new Problem(`the agent at ${socket} answers with status ${result.status}`);
  try {
    return JSON.parse(result.text) as AgentStatus;
  } catch (cause) {
    throw new Problem(`what answers at ${socket} is not a Weft agent: name one with --agent`, { cause });
  }
}

function why(code: string, message: string): string {
  switch (code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return 'no agent listens there; start one with `weft agent --config FILE`, or name another with --agent SOCKET';
    case 'EACCES':
      return 'permission denied; run this as root';
    case 'ETIMEDOUT':
      return 'it does not answer; look at its log';
    default:
      return message;
  }
}
