/** `/v1/store`: a backup of the store while it is in use, and what a restored one has forgotten. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { apiBase, StoreStatus } from '../../wire/resources.ts';
import { Type } from '../../wire/schema.ts';
import type { PeoplesCommands } from '../state/commands.ts';
import { StoreError } from '../store/store.ts';
import { authorOf } from './guard.ts';
import { errors, route, unwrap } from './routes.ts';
import type { Sources } from './views.ts';

export interface StoreAccess {
  /** Writes a copy to a file that is not there yet. */
  readonly backup: (file: string) => Promise<void>;
  /** On the store's own disk, and as private. */
  readonly directory: string;
}

const path = `${apiBase}/store`;

export function addStore(app: FastifyInstance, sources: Sources, commands: PeoplesCommands, access: StoreAccess): void {
  app.get(path, route('store', StoreStatus), async () => viewStore(sources));
  const settled = { tags: ['store'], response: { 204: Type.Null(), ...errors } };
  app.post(`${path}/settle`, { schema: settled }, async (request, reply) => {
    unwrap(await commands.as(authorOf(request)).settleRestored());
    return reply.code(204).send();
  });
  app.post(`${path}/backup`, { schema: { tags: ['store'], response: errors } }, async (_request, reply) => {
    const file = join(access.directory, `backup-${randomUUID()}.sqlite`);
    try {
      await (await open(file, 'wx', 0o600)).close();
      await access.backup(file);
      const { size } = await stat(file);
      const content = createReadStream(file);
      // Open, so it goes when it has been read, or when nobody reads it any more.
      await new Promise((resolve, reject) => content.once('open', resolve).once('error', reject));
      return reply.header('content-type', 'application/vnd.sqlite3').header('content-length', size).send(content);
    } catch (error) {
      throw error instanceof StoreError
        ? error
        : new StoreError('unavailable', `no backup can be made in ${access.directory}: ${(error as Error).message}`);
    } finally {
      await rm(file, { force: true });
    }
  });
}

function viewStore({ state, derivation }: Sources): StoreStatus {
  const { restoredMs } = state;
  if (restoredMs === undefined) return { unknown: [] };
  const unknown = [...state.hosts.keys()].flatMap((host) => {
    const guests = [...(derivation.facts(host)?.unknown ?? [])].filter((name) => name.startsWith('guest/'));
    return guests.map((name) => ({ host, guest: name.slice('guest/'.length) }));
  });
  return { restoredMs, unknown };
}
