import { execFile, type ExecFileOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The release that the protocol texts were observed with. */
const VERSION = '8.68.1';

export type OfficialCli = {
  /** Runs `capgo …` in a folder; rejects with the process' own error when it exits other than 0. */
  run(folder: string, ...args: string[]): Promise<{ readonly stdout: string; readonly stderr: string }>;
  /** Like `run`, but resolves with the exit code. */
  tryRun(folder: string, ...args: string[]): Promise<{ readonly code: number; readonly output: string }>;
};

/**
 * Installs the official command line from npm, once, outside our own dependencies: it would double them,
 * and it brings install scripts that we do not want to run. Null when the registry cannot be reached.
 */
export async function installOfficialCli(): Promise<OfficialCli | null> {
  const cache = fileURLToPath(new URL(`../../node_modules/.cache/capgo-cli-${VERSION}/`, import.meta.url));
  const program = `${cache}node_modules/@capgo/cli/dist/index.js`;
  if (!existsSync(program)) {
    const staging = `${cache.slice(0, -1)}.${process.pid}`;
    try {
      await mkdir(staging, { recursive: true });
      await writeFile(`${staging}/package.json`, '{"private":true}\n');
      const install = [
        'install',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        '--save-exact',
        `@capgo/cli@${VERSION}`,
      ];
      await run('npm', install, { cwd: staging, timeout: 180_000 });
      await rename(staging, cache);
    } catch (error) {
      await rm(staging, { recursive: true, force: true });
      // Two suites may install at the same time; the loser of the rename uses the winner's copy.
      if (!existsSync(program)) {
        console.warn(`The official command line could not be installed: ${String(error).slice(0, 300)}`);
        return null;
      }
    }
  }
  const options = (cwd: string): ExecFileOptions & { encoding: 'utf8' } => ({
    cwd,
    encoding: 'utf8',
    timeout: 120_000,
    env: { ...process.env, CAPGO_DISABLE_TELEMETRY: '1', CI: 'true' },
  });
  const start = (folder: string, args: string[]) => {
    const started = run(process.execPath, [program, ...args], options(folder));
    // `key create` asks a question at the end, and takes a closed input for an answer.
    started.child.stdin?.end();
    return started;
  };
  return {
    run: (folder, ...args) => start(folder, args),
    async tryRun(folder, ...args) {
      try {
        const { stdout, stderr } = await start(folder, args);
        return { code: 0, output: stdout + stderr };
      } catch (error) {
        const failure = error as { code?: number; stdout?: string; stderr?: string };
        return { code: failure.code ?? 1, output: `${failure.stdout ?? ''}${failure.stderr ?? ''}` };
      }
    },
  };
}

/** A Capacitor project as the official command line wants to see one, with a plugin version that it believes installed. */
export async function writeCapacitorProject(folder: string, pluginVersion: string): Promise<void> {
  const plugin = `${folder}/node_modules/@capgo/capacitor-updater`;
  await mkdir(plugin, { recursive: true });
  await writeFile(
    `${plugin}/package.json`,
    JSON.stringify({ name: '@capgo/capacitor-updater', version: pluginVersion }),
  );
  const dependencies = { '@capgo/capacitor-updater': pluginVersion };
  await writeFile(`${folder}/package.json`, JSON.stringify({ name: 'demo', version: '1.0.0', dependencies }));
  const config = { appId: 'com.example.demo', appName: 'demo', webDir: 'dist', plugins: { CapacitorUpdater: {} } };
  await writeFile(`${folder}/capacitor.config.json`, JSON.stringify(config));
  await mkdir(`${folder}/dist`, { recursive: true });
  await writeFile(`${folder}/dist/index.html`, '<!doctype html><script src="app.js"></script>');
  await writeFile(`${folder}/dist/app.js`, 'CapacitorUpdater.notifyAppReady()');
}
