/** `/v1/rollouts`: policies brought to the hosts batch by batch. */
import type { FastifyInstance } from 'fastify';
import { apiBase } from '../../wire/resources.ts';
import { ResumeRequest, Rollout, RolloutRequest } from '../../wire/rollout.ts';
import { hostsIn, isIn, isOver } from '../rollout/effective.ts';
import { dropShare } from '../rollout/machine.ts';
import type * as records from '../state/records.ts';
import { authorOf } from './guard.ts';
import {
  createRoute,
  errors,
  filters,
  known,
  listRoute,
  type Named,
  nameParameter,
  oneRoute,
  type Query,
  unwrap,
} from './routes.ts';
import type { Sources } from './views.ts';

const path = `${apiBase}/rollouts`;
const shownMost = { hosts: 100, examples: 10 } as const;

export function addRollouts(app: FastifyInstance, sources: Sources): void {
  const { state, rollouts } = sources;
  app.get<Query>(path, listRoute('rollouts', Rollout, []), async (request) => {
    filters(request.query, []);
    const ordered = [...state.rollouts.values()].sort((a, b) => b.startedMs - a.startedMs);
    return { items: ordered.map((rollout) => viewRollout(sources, rollout)) };
  });
  const create = createRoute('rollouts', RolloutRequest, Rollout);
  app.post<{ Body: RolloutRequest }>(path, create, async (request, reply) =>
    reply.code(201).send(viewRollout(sources, unwrap(await rollouts.start(request.body, authorOf(request))))),
  );
  app.get<Named>(`${path}/:name`, oneRoute('rollouts', Rollout), async (request) =>
    viewRollout(sources, known('rollout', state.rollouts, request.params.name)),
  );
  app.post<Named>(`${path}/:name/pause`, actionRoute(), async (request) =>
    viewRollout(sources, unwrap(await rollouts.pause(request.params.name, authorOf(request)))),
  );
  app.post<Named & { Body: ResumeRequest }>(`${path}/:name/resume`, resumeRoute(), async (request) =>
    viewRollout(sources, unwrap(await rollouts.resume(request.params.name, request.body, authorOf(request)))),
  );
  app.post<Named>(`${path}/:name/abort`, actionRoute(), async (request) =>
    viewRollout(sources, unwrap(await rollouts.abort(request.params.name, authorOf(request)))),
  );
}

function viewRollout({ state, hub, rollouts }: Sources, rollout: records.Rollout): Rollout {
  const { name, phase, why, policies, remove, batchHosts, pauseMs, limits, order, batches, revision } = rollout;
  const batch = batches.at(-1) ?? [];
  const hosts = [...state.hosts.keys()];
  const shown = batch.slice(0, shownMost.hosts);
  const reached = isOver(rollout) ? hostsIn(rollout).size : hosts.filter((host) => isIn(rollout, host)).length;
  return {
    name,
    phase,
    why,
    policies,
    remove,
    batchHosts,
    pauseMs,
    limits,
    order,
    hosts: { in: reached, known: hosts.length },
    batches: batches.length,
    batch: shown,
    away: shown.filter((host) => !hub.isConnected(host)),
    startedMs: rollout.startedMs,
    changedMs: rollout.changedMs,
    ...(isOver(rollout) ? {} : viewWatched(rollouts.seen, rollout)),
    revision,
  };
}

function viewWatched(seen: Sources['rollouts']['seen'], rollout: records.Rollout): Pick<Rollout, 'watched'> {
  if (seen === undefined || rollout.batches.length === 0) return {};
  const dropsPercent = dropShare(seen);
  return {
    watched: {
      forMs: Math.round(seen.forMs),
      sessions: seen.sessions,
      unsettled: seen.unsettled.length,
      examples: seen.unsettled.slice(0, shownMost.examples),
      ...(dropsPercent === undefined ? {} : { dropsPercent }),
      dropsPercentBefore: rollout.dropsPercentBefore,
    },
  };
}

function actionRoute() {
  return { schema: { tags: ['rollouts'], params: nameParameter, response: { 200: Rollout, ...errors } } };
}

/** A body is needed: an empty one resumes under the limits that there are. */
function resumeRoute() {
  const schema = { tags: ['rollouts'], params: nameParameter, body: ResumeRequest };
  return { schema: { ...schema, response: { 200: Rollout, ...errors } } };
}
