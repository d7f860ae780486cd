import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { build } from 'vite';

import { writeTree } from './trees.ts';

export type ViteProject = AsyncDisposable & {
  readonly dir: string;
  /** What Vite writes, emptied at each build. */
  readonly dist: string;
  /** Changes the source; the running `vite build --watch` builds it. */
  edit(text: string): Promise<void>;
};

const source = (text: string): string =>
  `globalThis.Capacitor?.Plugins?.CapacitorUpdater?.notifyAppReady();\ndocument.title = ${JSON.stringify(text)};\n`;

/** A web app in `dir`, built by the real Vite again whenever its source changes. */
export async function startViteProject(dir: string, text: string): Promise<ViteProject> {
  await writeTree(dir, {
    'index.html': '<!doctype html><html><body><script type="module" src="/src/main.js"></script></body></html>',
    'src/main.js': source(text),
    'package.json': '{"private":true,"type":"module"}',
  });
  const watcher = await build({
    root: dir,
    configFile: false,
    logLevel: 'silent',
    build: { emptyOutDir: true, watch: {} },
  });
  if (!('close' in watcher)) throw new Error('Vite does not watch.');
  const { promise: isBuilt, resolve, reject } = Promise.withResolvers<void>();
  watcher.on('event', (event) => {
    if (event.code === 'END') resolve();
    if (event.code === 'ERROR') reject(event.error);
  });
  await isBuilt;
  return {
    dir,
    dist: join(dir, 'dist'),
    edit: (next) => writeFile(join(dir, 'src/main.js'), source(next)),
    async [Symbol.asyncDispose]() {
      await watcher.close();
    },
  };
}
