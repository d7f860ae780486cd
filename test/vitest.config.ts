import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Unit tests stand beside their source; what crosses modules lives in test/. */
export default defineConfig({
  root,
  test: {
    // Real sockets and real folders: a slow shared machine must not turn into a red test.
    testTimeout: 60_000,
    // Many tests wait for a program, a file or a timer: a third worker finds work on two cores.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    hookTimeout: 60_000,
    // A condition that is waited for has no time of its own; the limit only tells a wait from a hang.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        root,
        extends: true,
        test: {
          name: 'core',
          environment: 'node',
          include: ['src-main/**/*.test.ts', 'src-preload/**/*.test.ts', 'test/helpers/**/*.test.ts'],
        },
      },
      {
        root,
        extends: true,
        test: {
          name: 'renderer',
          environment: 'jsdom',
          // A fresh context for each file without a fresh jsdom library: half of the processor time.
          pool: 'vmThreads',
          include: ['src-renderer/**/*.test.{ts,tsx}'],
        },
      },
      { root, extends: true, test: { name: 'contract', environment: 'node', include: ['test/contract/**/*.test.ts'] } },
      {
        root,
        extends: true,
        test: { name: 'integration', environment: 'node', include: ['test/integration/**/*.test.ts'] },
      },
      { root, extends: true, test: { name: 'interop', environment: 'node', include: ['test/interop/**/*.test.ts'] } },
      { root, extends: true, test: { name: 'desktop', environment: 'node', include: ['test/desktop/**/*.test.ts'] } },
    ],
  },
});
