import { api, type ApiClient } from './api.ts';
import type { CallOptions, Procedure } from './define.ts';
import { ApiError, type Reply } from './errors.ts';

/** Carries one call by path (`releases.publish`) to the core and its reply back; every transport has one. */
export type Call = (path: string, input: unknown, options?: CallOptions) => Promise<Reply>;

/**
 * The typed face of the contract over any transport. Its functions reject with `ApiError`.
 * Replies are parsed: a program of another version fails here with a code instead of deep inside a screen.
 */
export function createApiClient(call: Call): ApiClient {
  const domains = Object.entries(api).map(([domain, procedures]) => {
    const functions = Object.entries<Procedure>(procedures).map(([name, procedure]) => {
      const path = `${domain}.${name}`;
      return [name, (input: unknown, options?: CallOptions) => callAndParse(call, path, procedure, input, options)];
    });
    return [domain, Object.fromEntries(functions)];
  });
  return Object.fromEntries(domains) as ApiClient;
}

async function callAndParse(
  call: Call,
  path: string,
  procedure: Procedure,
  input: unknown,
  options: CallOptions | undefined,
): Promise<unknown> {
  const reply = await call(path, input, options);
  if (!reply.ok) throw new ApiError(reply.error);
  const output = procedure.output.safeParse(reply.value);
  if (!output.success) throw new ApiError({ code: 'UNKNOWN_PROCEDURE', params: { path } });
  return output.data;
}
