import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium, type Frame, type Page, type Route } from '@playwright/test';

import { findChromium } from '../../helpers/chromium.ts';
import type { FromProgram, ToProgram, WireFrame, WireResponse } from './messages.ts';
import { pageGlue } from './page-glue.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const entry = join(root, 'out/main/desktop.js');

/** A page cannot have Electron's scheme: this origin stands for it, and is trustworthy to Chromium as the other is. */
const standIn = 'http://slipway.localhost/';
const own = 'app://slipway/';

export type DesktopHarness = AsyncDisposable & {
  readonly page: Page;
  /** Errors of the page and of its console, and what its policy refused. */
  readonly problems: readonly string[];
  /** Standard error of the program. */
  log(): string;
  /** Drops files or folders on the window as a person does, by their paths. */
  drop(...paths: string[]): Promise<void>;
  /** What the next folder dialog gives. */
  pickNext(path: string | null): void;
  /** The program was started again with these. */
  startAgainWith(...paths: string[]): void;
  /** What the program answers to an address of the page. */
  request(url: string): Promise<WireResponse | null>;
  /** What the program answers to a message from this frame. */
  invokeFrom(frame: WireFrame, channel: string, ...args: unknown[]): Promise<unknown>;
  /** Closes the window; resolves with the exit code. */
  close(): Promise<number>;
};

export type HarnessOptions = {
  readonly dataDir: string;
  /** Where Electron would keep its profile. */
  readonly profileDir: string;
  readonly args?: readonly string[];
  readonly colorScheme?: 'light' | 'dark';
};

/** The built main entry, the built preload and the built page in a real Chromium; only Electron's glue is ours. */
export async function startDesktop(options: HarnessOptions): Promise<DesktopHarness> {
  await using starting = new AsyncDisposableStack();
  const found = await findChromium();
  const browser = await chromium.launch({
    executablePath: found.executablePath,
    args: [...found.args],
    env: { ...definedOf(process.env), ...found.environment },
  });
  starting.defer(() => browser.close());
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    colorScheme: options.colorScheme ?? 'light',
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });

  const program = startProgram(options);
  starting.defer(async () => {
    if (program.child.exitCode === null) program.child.kill('SIGKILL');
    await program.ended;
  });
  await connect(page, program);

  const disposing = starting.move();
  return {
    page,
    problems,
    log: () => program.log(),
    drop: (...paths) => drop(page, paths),
    pickNext: (path) => program.tell({ kind: 'pick', path }),
    startAgainWith: (...paths) => program.tell({ kind: 'second-instance', paths }),
    request: (url) => program.request(url, 'GET'),
    invokeFrom: async (frame, channel, ...args) => (await program.invoke(frame, channel, args)).value,
    async close() {
      program.tell({ kind: 'close-window' });
      return await program.ended;
    },
    [Symbol.asyncDispose]: () => disposing.disposeAsync(),
  };
}

type InvokeReply = { readonly value?: unknown; readonly failure?: string };

type Program = {
  readonly child: ChildProcess;
  readonly ended: Promise<number>;
  readonly loads: Promise<{ readonly url: string; readonly preload: string }>;
  tell(message: ToProgram): void;
  invoke(frame: WireFrame, channel: string, args: readonly unknown[]): Promise<InvokeReply>;
  request(url: string, method: string): Promise<WireResponse | null>;
  onSend(listener: (channel: string, args: readonly unknown[]) => void): void;
  log(): string;
};

function startProgram({ dataDir, profileDir, args = [] }: HarnessOptions): Program {
  const child = fork(entry, ['--data-dir', dataDir, '--host', '127.0.0.1', '--port', '0', ...args], {
    cwd: root,
    serialization: 'advanced',
    execArgv: ['--import', new URL('register.ts', import.meta.url).href],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    env: { ...process.env, SLIPWAY_HARNESS_PROFILE: profileDir, SLIPWAY_HARNESS_APP: root },
  });
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString('utf8')));
  const ended = once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : -1));
  const loads = Promise.withResolvers<{ url: string; preload: string }>();
  void ended.then((code) => loads.reject(new Error(`The program ended with ${code} before its window.\n${log}`)));
  loads.promise.catch(() => undefined);

  const waiting = new Map<number, (value: unknown) => void>();
  let lastId = 0;
  let sendListener: (channel: string, args: readonly unknown[]) => void = () => undefined;
  child.on('message', (message) => {
    const received = message as FromProgram;
    switch (received.kind) {
      case 'load':
        loads.resolve(received);
        break;
      case 'send':
        sendListener(received.channel, received.args);
        break;
      case 'invoke-reply':
        settle(received.id, received);
        break;
      case 'response':
        settle(received.id, received.response);
        break;
    }
  });

  function settle(id: number, value: unknown): void {
    waiting.get(id)?.(value);
    waiting.delete(id);
  }

  function tell(message: ToProgram): void {
    if (child.connected) child.send(message);
  }

  /** What a program that has ended would have said, a page that is about to be closed need not wait for. */
  function ask<T>(whenEnded: T, make: (id: number) => ToProgram): Promise<T> {
    lastId += 1;
    const { promise, resolve } = Promise.withResolvers<T>();
    waiting.set(lastId, (value) => resolve(value as T));
    void ended.then(() => resolve(whenEnded));
    tell(make(lastId));
    return promise;
  }

  return {
    child,
    ended,
    loads: loads.promise,
    tell,
    invoke: (frame, channel, args) =>
      ask<InvokeReply>({ failure: 'the program has ended' }, (id) => ({ kind: 'invoke', id, channel, args, frame })),
    request: (url, method) => ask<WireResponse | null>(null, (id) => ({ kind: 'request', id, url, method })),
    onSend: (listener) => void (sendListener = listener),
    log: () => log,
  };
}

async function connect(page: Page, program: Program): Promise<void> {
  const frameOf = (frame: Frame): WireFrame => ({ url: toOwn(frame.url()), isMain: frame === page.mainFrame() });
  await page.exposeBinding('harnessInvoke', ({ frame }, channel: string, args: unknown[]) =>
    program.invoke(frameOf(frame), channel, args),
  );
  await page.exposeBinding('harnessSend', ({ frame }, channel: string, args: unknown[]) =>
    program.tell({ kind: 'page-send', channel, args, frame: frameOf(frame) }),
  );
  // One after another: events arrive in the order in which they were sent.
  let turn: Promise<unknown> = Promise.resolve();
  program.onSend((channel, args) => {
    turn = turn.then(() => page.evaluate(deliver, { channel, args })).catch(() => undefined);
  });
  await page.route('**/*', (route) => answer(route, program));

  const { url, preload } = await program.loads;
  await page.addInitScript({ content: pageGlue(await readFile(preload, 'utf8')) });
  await page.goto(url.replace(own, standIn));
  program.tell({ kind: 'loaded' });
}

async function answer(route: Route, program: Program): Promise<void> {
  const request = route.request();
  const response = await program.request(toOwn(request.url()), request.method());
  if (response === null) {
    await route.abort('blockedbyclient');
    return;
  }
  const { status, headers, body } = response;
  await route.fulfill({ status, headers: { ...headers }, body: Buffer.from(body) });
}

function toOwn(url: string): string {
  return url.startsWith(standIn) ? own + url.slice(standIn.length) : url;
}

type HarnessWindow = {
  readonly harness: {
    deliver(channel: string, args: readonly unknown[]): void;
    knowPath(name: string, path: string): void;
  };
};

function deliver({ channel, args }: { channel: string; args: readonly unknown[] }): void {
  (globalThis as unknown as HarnessWindow).harness.deliver(channel, args);
}

/** A drop of the system, through Chromium's own input: the page sees trusted events with real files. */
async function drop(page: Page, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await page.evaluate(({ name, path }) => (globalThis as unknown as HarnessWindow).harness.knowPath(name, path), {
      name: basename(path),
      path,
    });
  }
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 640, y: 400, data });
  }
  await session.detach();
}

function definedOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}
