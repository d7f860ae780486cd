import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

import { AppError, reasonOf } from '#core/app-error.ts';
import type { AppRun, AppRunner, RunnableApp } from '#core/simulator/app-runner.ts';

import { bridgeScript, READY_BINDING } from './bridge-script.ts';
import { openBundleServer } from './bundle-server.ts';
import { createDevtoolsPipe, type DevtoolsEvent, type DevtoolsPipe } from './devtools-pipe.ts';

export type ChromeProgram = {
  readonly executablePath: string;
  /** More than the usual ones. */
  readonly args?: readonly string[];
  /** Variables besides those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** For people. */
  readonly name: string;
};

/** A page's minute passes in a moment by virtual time; where that does not work, this is how long it really gets. */
const REAL_LIMIT_MS = 20_000;
const START_LIMIT_MS = 15_000;
const MAX_PROBLEMS = 5;
const MAX_PROBLEM_LENGTH = 300;

/**
 * Runs apps in a headless Chrome with a profile of its own: no extension, no network but the app's own files, gone at
 * the end. Chrome's sandbox stays on; where it cannot, Chrome does not start, and that is told.
 */
export function createChromeAppRunner(program: ChromeProgram): AppRunner {
  return {
    name: program.name,
    async run(app) {
      try {
        return await runApp(program, app);
      } catch (error) {
        if (app.signal?.aborted) throw new AppError('CANCELLED', {}, { cause: error });
        return { kind: 'unavailable', reason: `${program.name}: ${reasonOf(error)}` };
      }
    },
  };
}

async function runApp(program: ChromeProgram, app: RunnableApp): Promise<AppRun> {
  await using opened = new AsyncDisposableStack();
  const server = opened.use(await openBundleServer(app));
  const profile = await mkdtemp(join(tmpdir(), 'slipway-app-'));
  opened.defer(() => rm(profile, { recursive: true, force: true, maxRetries: 5 }));
  const chrome = startChrome(program, profile, server.origin);
  opened.defer(() => stop(chrome));

  const found = Promise.withResolvers<AppRun>();
  const problems: string[] = [];
  const pipe = createDevtoolsPipe({
    // `stdio` below makes these two pipes.
    input: chrome.stdio[3] as Writable,
    output: chrome.stdio[4] as Readable,
    onEvent(event) {
      const end = readEvent(event, problems, pipe);
      if (end) found.resolve(end);
    },
  });
  chrome.once('error', (error) => found.reject(error));
  chrome.once('exit', () => found.reject(new Error('the browser ended by itself')));
  const abort = (): void => found.reject(new AppError('CANCELLED'));
  app.signal?.addEventListener('abort', abort, { once: true });
  opened.defer(() => app.signal?.removeEventListener('abort', abort));
  if (app.signal?.aborted) abort();

  const timers = [setTimeout(() => found.resolve({ kind: 'silent', problems }), START_LIMIT_MS + REAL_LIMIT_MS)];
  opened.defer(() => {
    for (const timer of timers) clearTimeout(timer);
  });
  const opening = openPage(pipe, app, server.origin).then(() => {
    timers.push(setTimeout(() => found.resolve({ kind: 'silent', problems }), REAL_LIMIT_MS));
  });
  opening.catch((error: unknown) => found.reject(error));
  return await found.promise;
}

function startChrome(program: ChromeProgram, profile: string, origin: string): ChildProcess {
  const args = [
    '--headless',
    '--remote-debugging-pipe',
    `--user-data-dir=${profile}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-default-apps',
    '--disable-extensions',
    '--disable-sync',
    '--disable-gpu',
    '--disable-quic',
    '--disable-dev-shm-usage',
    '--dns-prefetch-disable',
    '--metrics-recording-only',
    '--mute-audio',
    '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
    // Everything goes to the server of the bundle, loopback too, which refuses what is not of the bundle.
    `--proxy-server=${origin}`,
    '--proxy-bypass-list=<-loopback>',
    ...(program.args ?? []),
  ];
  return spawn(program.executablePath, args, {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...program.environment },
  });
}

/** Loads the app with the bridge in it, and lets its time pass as fast as it can. */
async function openPage(pipe: DevtoolsPipe, app: RunnableApp, origin: string): Promise<void> {
  const { targetId } = await pipe.send('Target.createTarget', { url: 'about:blank', width: 400, height: 800 });
  const { sessionId } = await pipe.send('Target.attachToTarget', { targetId, flatten: true });
  const session = String(sessionId);
  const send = (method: string, params?: Readonly<Record<string, unknown>>) => pipe.send(method, params, session);
  await send('Page.enable');
  await send('Runtime.enable');
  await send('Runtime.addBinding', { name: READY_BINDING });
  await send('Page.addScriptToEvaluateOnNewDocument', { source: bridgeScript(app.platform) });
  await send('Page.navigate', { url: `${origin}/` });
  await send('Emulation.setVirtualTimePolicy', {
    policy: 'pauseIfNetworkFetchesPending',
    budget: app.timeoutMs,
    maxVirtualTimeTaskStarvationCount: 100_000,
  });
}

/** The end of the run, when the event is one. */
function readEvent(
  { method, params, sessionId }: DevtoolsEvent,
  problems: string[],
  pipe: DevtoolsPipe,
): AppRun | null {
  switch (method) {
    case 'Runtime.bindingCalled': {
      const afterMs = Number(params['payload']);
      if (params['name'] !== READY_BINDING) return null;
      return { kind: 'ready', afterMs: Number.isFinite(afterMs) ? afterMs : 0 };
    }
    case 'Runtime.exceptionThrown':
      if (problems.length < MAX_PROBLEMS) problems.push(problemIn(params));
      return null;
    case 'Page.javascriptDialogOpening':
      pipe.send('Page.handleJavaScriptDialog', { accept: true }, sessionId).catch(() => undefined);
      return null;
    case 'Emulation.virtualTimeBudgetExpired':
      return { kind: 'silent', problems };
    default:
      return null;
  }
}

function problemIn(params: Readonly<Record<string, unknown>>): string {
  const details = params['exceptionDetails'] as
    | { readonly text?: string; readonly exception?: { readonly description?: string } }
    | undefined;
  const text = details?.exception?.description ?? details?.text ?? 'unknown';
  return (text.split('\n', 1)[0] ?? text).slice(0, MAX_PROBLEM_LENGTH);
}

/** The processes that Chrome starts end with it. */
async function stop(chrome: ChildProcess): Promise<void> {
  if (chrome.exitCode !== null || chrome.signalCode !== null || chrome.pid === undefined) return;
  const ended = once(chrome, 'exit');
  chrome.kill('SIGKILL');
  await ended;
}
