/** The agent's version: that of the package it is part of. */
import { readFileSync } from 'node:fs';

export const agentVersion: string = String(
  (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version?: unknown }).version ??
    '',
);
