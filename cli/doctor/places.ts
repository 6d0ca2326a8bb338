/** Where the doctor and the bundle look for Weft on this machine: options of both. */
import type { Command } from 'commander';
import { accessToken } from '../access-token.ts';
import type { Context } from '../context.ts';
import type { Places } from './gather.ts';

export interface PlaceOptions {
  readonly agentConfig: string;
  readonly controllerConfig: string;
  readonly agent?: string;
  readonly controller?: string;
  readonly tokenFile?: string;
}

export function placeOptions(command: Command): Command {
  return command
    .option('--agent-config <file>', 'the agent’s configuration', '/etc/weft/agent.yaml')
    .option('--controller-config <file>', 'the controller’s configuration', '/etc/weft/controller.yaml')
    .option('--agent <socket>', 'the agent’s status socket, else as its configuration says')
    .option('--controller <socket-or-url>', 'the controller’s API (WEFT_CONTROLLER, /run/weft/controller.sock)')
    .option('--token-file <file>', 'file with an access token, for a URL (WEFT_TOKEN_FILE; WEFT_TOKEN)');
}

export function placesOf({ config, signal }: Context, options: PlaceOptions, role?: Places['role']): Places {
  const controllerEndpoint = options.controller ?? config.controller;
  return {
    agentConfig: options.agentConfig,
    controllerConfig: options.controllerConfig,
    agentSocket: options.agent,
    usualAgentSocket: config.agent,
    controllerEndpoint,
    token: accessToken(controllerEndpoint, { ...config, ...options }),
    role,
    signal,
  };
}
