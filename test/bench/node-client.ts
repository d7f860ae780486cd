import http from 'node:http';

import type { LoadOrder, LoadResult } from './load-client.ts';

/** Each connection asks again as soon as it was answered, by Node's own HTTP client in this process. */
export async function loadByNodeClient({
  url,
  bodies,
  connections,
  seconds,
}: Omit<LoadOrder, 'perSecond'>): Promise<LoadResult> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const times: number[] = [];
  let failed = 0;
  let next = 0;
  const post = (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const body = bodies[next++ % bodies.length] ?? '';
    const startMs = performance.now();
    const request = http.request(
      url,
      {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        if (response.statusCode !== 200) failed += 1;
        response.resume();
        response.on('end', () => {
          times.push(performance.now() - startMs);
          resolve();
        });
      },
    );
    request.on('error', () => {
      failed += 1;
      resolve();
    });
    request.end(body);
    return promise;
  };
  const beganMs = performance.now();
  const untilMs = beganMs + seconds * 1000;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < untilMs) await post();
    }),
  );
  agent.destroy();
  return { timesMs: Float64Array.from(times), failed, seconds: (performance.now() - beganMs) / 1000 };
}
