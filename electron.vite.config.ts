import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import mantine from 'postcss-preset-mantine';

/**
 * Built code lies flat in out/main: a chunk then stands at the same depth as its entry, and paths that sources take
 * from `import.meta.url` (resources, the worker) mean the same in every file.
 */
const flatOutput = { entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js' } as const;

export default defineConfig({
  main: {
    build: {
      rolldownOptions: {
        input: {
          desktop: 'src-main/hosts/desktop/main.ts',
          cli: 'src-main/hosts/cli/main.ts',
          'deflate-worker': 'src-main/core/bundles/deflate-worker.ts',
          'checkpoint-worker': 'src-main/core/storage/checkpoint-worker.ts',
          'database-check-worker': 'src-main/core/storage/database-check-worker.ts',
        },
        output: { format: 'es', ...flatOutput },
      },
    },
  },
  preload: {
    build: {
      // A sandboxed preload has no module loader: everything it uses goes into its one CommonJS file.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: 'src-preload/index.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: 'src-renderer',
    plugins: [react()],
    css: { postcss: { plugins: [mantine()] } },
    build: {
      // The same files are served to whichever browser a person has, so Electron's own Chrome version is no measure.
      target: 'es2022',
      cssTarget: ['chrome111', 'firefox114', 'safari16.4'],
      minify: true,
      sourcemap: false,
      // The policy of the page allows no data: URLs.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 2048,
      rolldownOptions: { input: 'src-renderer/index.html' },
    },
  },
});
