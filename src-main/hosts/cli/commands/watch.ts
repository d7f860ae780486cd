import { resolve } from 'node:path';

import { ApiError } from '#contract/errors.ts';
import type { Watch } from '#contract/models/watch.ts';
import { openHost } from '#hosts/shared/open-host.ts';
import { reachHostOrTakeFolder } from '#hosts/shared/take-data-folder.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { failureOf } from '../failure.ts';
import { described, findingLines, printable } from '../format.ts';
import type { Output } from '../output.ts';
import { sessionOver, type Session } from '../session.ts';
import { untilStopped } from '../until-stopped.ts';

/** Time for another command on the same data folder to end. */
const WAIT_MS = 10_000;
/** Events are hints: what they did not announce is found by asking. */
const ASK_MS = 2000;

export async function runWatch(
  { arguments: [path], options }: ParsedCommand<'watch'>,
  context: CommandContext,
): Promise<number> {
  return await untilStopped(context.signal, async () => {
    await using session = await openWatchSession(context);
    const { api } = session;
    const { channel = null, key = null } = options;
    const wanted = resolve(path);
    const before = (await api.watches.list({ appId: options.app })).find((watch) => watch.path === wanted);
    const watch = await api.watches.add({
      appId: options.app,
      path: wanted,
      channel,
      key,
      delta: !options['no-delta'],
      allowWarnings: options['allow-warnings'],
    });
    const isThere = watch.state !== 'missing';
    context.output.note(`Watching ${printable(wanted)}${isThere ? '' : ', which is not there yet'}. Ctrl-C ends it.`);
    try {
      await follow(session, watch, context);
    } finally {
      await leaveAsItWas(session, watch, before);
    }
  });
}

/** The running host; without one this program is the host for as long as it watches: phones and commands reach it. */
async function openWatchSession({ dataDir, files, signal, output }: CommandContext): Promise<Session> {
  const reached = await reachHostOrTakeFolder({ dataDir, waitMs: WAIT_MS, signal });
  if (reached.kind === 'host') return sessionOver(reached.transport);
  const host = await openHost({
    kind: 'cli',
    dataDir,
    files,
    lock: reached.lock,
    deviceListener: { kind: 'network', mustOpen: false },
    capabilities: ['real-paths'],
    isAttachable: true,
    signal,
  });
  const { urls } = host.services.deviceListener.status();
  if (urls.length > 0) output.note(`Devices  ${urls.join('  ')}`);
  return { ...sessionOver(host.transport), [Symbol.asyncDispose]: () => host[Symbol.asyncDispose]() };
}

/** Prints each result once, until the signal, or until the host is gone. */
async function follow({ api, transport }: Session, watch: Watch, { output, signal }: CommandContext): Promise<void> {
  let printed = watch.lastResult?.at;
  let wake: () => void = () => undefined;
  using ends = new DisposableStack();
  ends.defer(
    transport.subscribe(({ name }) => {
      if (name === 'watch.changed') wake();
    }),
  );
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  ends.defer(() => signal.removeEventListener('abort', onAbort));
  while (!signal.aborted) {
    const { promise: hint, resolve } = Promise.withResolvers<void>();
    wake = resolve;
    const now = (await api.watches.list({ appId: watch.appId })).find(({ watchId }) => watchId === watch.watchId);
    if (!now?.isOn) throw new ApiError({ code: 'WATCH_NOT_FOUND', params: { watchId: watch.watchId } });
    if (now.lastResult !== null && now.lastResult.at !== printed) {
      printed = now.lastResult.at;
      print(now, now.lastResult, output);
    }
    if (signal.aborted) return;
    const timer = setTimeout(resolve, ASK_MS);
    await hint;
    clearTimeout(timer);
  }
}

function print(watch: Watch, result: NonNullable<Watch['lastResult']>, output: Output): void {
  const { appId, channel, path } = watch;
  const { at } = result;
  if (result.kind === 'published') {
    const { releaseId, version } = result;
    output.json({ event: 'published', at, appId, version, releaseId, channel, path });
    output.text(`${at}  published ${version} of ${appId}`);
  } else if (result.kind === 'failed') {
    const { error } = failureOf(new ApiError(result.error));
    const findings = described(result.findings);
    output.json({ event: 'failed', at, appId, path, error, findings });
    output.text(`${at}  not published: ${error.message} ${error.hint}`);
    for (const line of findingLines(findings)) output.note(line);
  }
}

/** What was watched before this command goes on as before; what it began ends with it. */
async function leaveAsItWas({ api }: Session, { watchId }: Watch, before: Watch | undefined): Promise<void> {
  const left = async (): Promise<unknown> => {
    if (before === undefined) return await api.watches.remove({ watchId });
    const { channel, key, delta, allowWarnings, isOn } = before;
    return await api.watches.update({ watchId, channel, key, delta, allowWarnings, isOn });
  };
  // A host that is gone has nothing to be put back now.
  await left().catch((error: unknown) => {
    if (!(error instanceof ApiError)) throw error;
  });
}
