import { registerHooks } from 'node:module';

/** `node --import` this before the built main entry: its `electron` becomes the one of the harness. */
const replacement = new URL('electron-in-child.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: replacement, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
});
