/** The OpenAPI document as a controller serves it: one is started in a folder of its own, and asked. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { send } from '../../cli/http.ts';
import { parseConfig } from '../../controller/config.ts';
import { startController } from '../../controller/start.ts';
import { apiBase } from '../../wire/resources.ts';

export async function openApiDocument(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'weft-openapi-'));
  try {
    const settings = { stateDirectory: join(directory, 'state'), api: { socket: join(directory, 'api.sock') } };
    const text = JSON.stringify({ ...settings, listen: { address: '127.0.0.1', port: 0 } });
    const controller = await startController(parseConfig(text, 'openapi'), { log: pino({ level: 'silent' }) });
    const answer = await send(settings.api.socket, { method: 'GET', path: `${apiBase}/openapi.json` });
    await controller.close();
    if (!answer.ok) throw new Error(`the controller did not answer: ${answer.message}`);
    return `${JSON.stringify(JSON.parse(answer.text), undefined, 1)}\n`;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
