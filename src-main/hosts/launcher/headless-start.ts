import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { openBrowser } from '#hosts/shared/open-browser.ts';

import { browserCommand, findInstalledChrome } from './browsers.ts';
import { exitCode, forwardSignals } from './child.ts';

export type HeadlessStart = {
  readonly root: string;
  /** Arguments of `serve`. */
  readonly extra: readonly string[];
  /** Completes "because …". */
  readonly reason: string;
  /** Whether a browser is opened. */
  readonly withBrowser: boolean;
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
};

/** Runs the headless host until it ends, and shows its address. Resolves to the exit code. */
export async function startHeadless({
  root,
  extra,
  reason,
  withBrowser,
  say,
  complain,
}: HeadlessStart): Promise<number> {
  const chrome = withBrowser ? await findInstalledChrome(process.platform, process.env) : null;
  const where = chrome === null ? 'in your browser' : 'in a browser window of its own';
  say(withBrowser ? `Slipway opens ${where}, because ${reason}.` : `Slipway runs without a window, because ${reason}.`);

  const program = join(root, 'out', 'main', 'cli.js');
  const host = spawn(process.execPath, [program, 'serve', '--json', ...extra], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  forwardSignals(host);
  const ended = exitCode(host);
  createInterface({ input: host.stdout }).on('line', (text) => {
    const line = readServeLine(text);
    if (line.kind === 'failed') {
      complain(line.message);
      complain(line.hint);
    }
    if (line.kind !== 'ready') return;
    say(`${withBrowser ? 'Its address' : 'Open'}: ${line.address}`);
    say('Ctrl-C ends it.');
    if (withBrowser) void show(line.address);
  });
  return ended;

  async function show(address: string): Promise<void> {
    if (await openBrowser(browserCommand(address, chrome, process.platform))) return;
    say('No browser could be started; open the address yourself.');
  }
}

type ServeLine =
  | { readonly kind: 'ready'; readonly address: string }
  | { readonly kind: 'failed'; readonly message: string; readonly hint: string }
  | { readonly kind: 'other' };

/** One line of `serve --json`. */
export function readServeLine(text: string): ServeLine {
  let line: {
    readonly event?: string;
    readonly control?: { readonly url: string; readonly token: string } | null;
    readonly error?: { readonly message: string; readonly hint: string };
  };
  try {
    line = JSON.parse(text) as typeof line;
  } catch {
    return { kind: 'other' };
  }
  if (line.error) return { kind: 'failed', message: line.error.message, hint: line.error.hint };
  if (line.event !== 'ready' || !line.control) return { kind: 'other' };
  const address = new URL(line.control.url);
  address.searchParams.set('token', line.control.token);
  return { kind: 'ready', address: address.href };
}
