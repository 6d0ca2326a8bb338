/** Requests to the REST API, counted by what does not grow: the route's pattern, never the path that was asked for. */
import type { FastifyInstance } from 'fastify';
import { Histogram } from '../../wire/metrics/histogram.ts';
import { requestBuckets } from '../../wire/metrics/metric.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

export interface CountedRoute {
  readonly method: string;
  readonly route: string;
  /** Seconds. */
  readonly times: Histogram;
  readonly statuses: Map<number, number>;
}

export class Requests {
  readonly #routes = new Map<string, CountedRoute>();

  /** `route`: undefined when there is none. */
  ended(method: string, route: string | undefined, status: number, seconds: number): void {
    const known = route !== undefined;
    // What nobody serves is one series, whatever word comes as a method.
    const word = known && methods.includes(method) ? method : 'other';
    const key = `${word} ${route ?? ''}`;
    const counted = this.#routes.get(key) ?? {
      method: word,
      route: route ?? 'unknown',
      times: new Histogram(requestBuckets),
      statuses: new Map(),
    };
    this.#routes.set(key, counted);
    counted.times.observe(seconds);
    counted.statuses.set(status, (counted.statuses.get(status) ?? 0) + 1);
  }

  counted(): Iterable<CountedRoute> {
    return this.#routes.values();
  }
}

export function countRequests(app: FastifyInstance, requests: Requests): void {
  app.addHook('onResponse', async (request, reply) => {
    requests.ended(request.method, request.routeOptions.url, reply.statusCode, reply.elapsedTime / 1000);
  });
}
