import { randomUUID } from 'node:crypto';

import type { z } from 'zod';

import { api } from '#contract/api.ts';
import type { Procedure } from '#contract/define.ts';
import type { Reply, WireError } from '#contract/errors.ts';
import { AppError, asStorageError } from '#core/app-error.ts';

import type { ApiContext } from './api-context.ts';
import { handlers } from './handlers/handlers.ts';
import type { Dispatch } from './transport.ts';

type Handler = (input: unknown, context: ApiContext) => unknown;
type Route = { readonly procedure: Procedure; readonly handler: Handler };

/** Answers calls of the contract by path (`releases.publish`). Never rejects, whatever comes in. */
export function createDispatch(context: ApiContext): Dispatch {
  const routes = listRoutes();
  return async (path, input) => {
    try {
      const route = routes.get(path);
      if (!route) throw new AppError('UNKNOWN_PROCEDURE', { path: nameOf(path) });
      const parsed = parseInput(route.procedure, input);
      const value = await route.handler(parsed, context);
      return { ok: true, value: route.procedure.output.parse(value) };
    } catch (error) {
      return { ok: false, error: toWireError(error, path, context) } satisfies Reply;
    }
  };
}

/** A map, not property access: `constructor.name` and its like are unknown paths. */
function listRoutes(): ReadonlyMap<string, Route> {
  const routes = new Map<string, Route>();
  for (const [domain, procedures] of Object.entries(api)) {
    // The compiler has checked each handler against its procedure; here they meet by name.
    const domainHandlers = handlers[domain as keyof typeof handlers] as Readonly<Record<string, Handler | undefined>>;
    for (const [name, procedure] of Object.entries<Procedure>(procedures)) {
      const handler = domainHandlers[name];
      if (handler) routes.set(`${domain}.${name}`, { procedure, handler });
    }
  }
  return routes;
}

function parseInput(procedure: Procedure, input: unknown): unknown {
  const parsed = procedure.input.safeParse(input ?? {});
  if (!parsed.success) throw new AppError('BAD_INPUT', { reason: describeIssue(parsed.error) });
  return parsed.data;
}

/** The first problem: where it is and what it is. Values are not repeated. */
function describeIssue({ issues }: z.ZodError): string {
  const [issue] = issues;
  if (!issue) return 'invalid';
  const place = issue.path.map(String).join('.');
  return (place === '' ? issue.message : `${place}: ${issue.message}`).slice(0, 300);
}

/** A transport may hand over anything. */
function nameOf(path: unknown): string {
  return typeof path === 'string' ? path.slice(0, 100) : typeof path;
}

function toWireError(error: unknown, path: string, { logger }: ApiContext): WireError {
  const known = asStorageError(error);
  if (known instanceof AppError && known.code !== 'INTERNAL') return known.toWire();
  const traceId = randomUUID();
  logger.error({ err: error, path: nameOf(path), traceId }, 'a call failed unexpectedly');
  return { code: 'INTERNAL', params: {}, traceId };
}
