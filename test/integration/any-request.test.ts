import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';

import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { androidCheck } from '#test/helpers/app-entry.ts';
import { openDeviceHost, type DeviceHost } from '#test/helpers/device-host.ts';
import { soundBuild } from '#test/helpers/trees.ts';

let host: DeviceHost;
const agent = new http.Agent({ keepAlive: true });

beforeAll(async () => {
  host = await openDeviceHost();
  await host.publish(soundBuild, '1.0.1');
  host.core.channels.create({ appId: host.app.appId, name: 'beta', settings: { allowDeviceSelfSet: true } });
});
afterAll(async () => {
  agent.destroy();
  await host[Symbol.asyncDispose]();
});

type Sent = {
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly body: string | Uint8Array;
};

const value = fc.oneof(
  fc.constantFrom('', '1.0.0', '1.0.1', 'builtin', 'beta', 'production', 'ios', 'electron', 'set', 'list', '5.0.0'),
  fc.string({ unit: 'binary' }),
  fc.jsonValue(),
);
/** What a device sends, some of it replaced and some of it left out. */
const fields = fc
  .tuple(
    fc.dictionary(
      fc.oneof(fc.constantFrom(...Object.keys(androidCheck), 'channel', 'action', 'key_id'), fc.string()),
      value,
    ),
    fc.subarray(Object.keys(androidCheck)),
  )
  .map(([changed, dropped]) => {
    const kept = Object.entries(androidCheck).filter(([name]) => !dropped.includes(name));
    return Object.fromEntries([...kept, ...Object.entries(changed)]);
  });
const bodies = fc.oneof(
  { weight: 4, arbitrary: fields.map((sent) => JSON.stringify(sent)) },
  { weight: 2, arbitrary: fc.array(fields, { maxLength: 4 }).map((sent) => JSON.stringify(sent)) },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.uint8Array() },
);
const types = fc.constantFrom('application/json', 'text/plain', 'multipart/form-data; boundary=x', 'x', '');
const words = fc.string({ unit: fc.constantFrom('a', '.', '/', '%', '2', 'f', '?', '=', '&', '\\', ';', '~', '[') });

/** To an address of the app, or nearly: its methods and others, with a query that says something or not. */
function requests(): fc.Arbitrary<Sent> {
  const { update, stats, channel } = host.app.paths;
  const query = fc.oneof(
    fc.constant(''),
    fc
      .dictionary(fc.constantFrom(...Object.keys(androidCheck)), fc.string())
      .map((of) => `?${new URLSearchParams(of)}`),
    words.map((word) => `?${word}`),
  );
  const path = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constantFrom(update, stats, channel), query).map((parts) => parts.join('')) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom(update, stats, channel, '/x'), words).map((parts) => parts.join('')),
    },
  );
  const method = fc.constantFrom('POST', 'POST', 'PUT', 'GET', 'DELETE', 'PATCH', 'OPTIONS');
  return fc.record({ method, path, type: types, body: bodies });
}

async function send({ method, path, type, body }: Sent): Promise<{ status: number; type: string; body: string }> {
  // Node frames no body of a GET by itself: it would be read as the next request of the connection.
  const length = { 'content-length': Buffer.byteLength(body) };
  const headers = type === '' ? length : { ...length, 'content-type': type };
  const request = http.request(host.origin, { method, path, agent, headers });
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return {
    status: response.statusCode ?? 0,
    type: response.headers['content-type'] ?? '',
    body: await text(response),
  };
}

it('every request is answered with JSON and 200, 400 or 404, and the same one in the same way (property)', async () => {
  await fc.assert(
    fc.asyncProperty(requests(), async (sent) => {
      const answer = await send(sent);
      expect([200, 400, 404]).toContain(answer.status);
      expect(answer.type).toMatch(/^application\/json/);
      const reply: unknown = JSON.parse(answer.body);
      expect(reply).toSatisfy((found) => typeof found === 'object' && found !== null);
      expect(answer.status === 200 || typeof (reply as { readonly error?: unknown }).error === 'string').toBe(true);
      expect(answer.body).not.toMatch(/node_modules|\n\s+at |\/src-main|\/tmp\//);
      expect(await send(sent)).toEqual(answer);
    }),
    { numRuns: 150 },
  );
});
