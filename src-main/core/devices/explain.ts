import type { ChannelChange, ChannelPreview, ChannelTarget, PreviewAnswer } from '#contract/models/channel.ts';
import type { DeviceOverride, Explanation } from '#contract/models/device.ts';
import { describeActivity } from '#contract/texts/activity-texts.ts';

import { AppError } from '../app-error.ts';
import type { AppDirectory, AppEntry, ChannelEntry, ReleaseEntry } from '../apps/app-directory.ts';
import type { TargetInput } from '../channels/channel-ref.ts';
import { changeSettings, publicOverlap } from '../channels/channel-settings.ts';
import type { Clock } from '../ports.ts';
import type { DeviceRecord, DeviceRepository } from '../storage/device-repository.ts';
import { dialectOf } from '../updates/client-dialect.ts';
import { decideUpdate } from '../updates/decide-update.ts';
import type { UpdateDecision } from '../updates/decision.ts';
import { createDeviceTag } from '../updates/device-tag.ts';
import { isRecord, readDeviceInfo, type DeviceInfo } from '../updates/parse-request.ts';
import { noFacts } from './device-facts.ts';
import type { OverrideInput } from './devices.ts';

export type ExplainDeps = {
  readonly devices: DeviceRepository;
  readonly directory: AppDirectory;
  readonly clock: Clock;
  /** Where devices reach us; it stands in the URLs of the answer. */
  readonly origin: () => string;
};

/** Asks the update decision without a device: nothing is changed, counted or logged. */
export type ExplainService = {
  /**
   * What a device that was seen would be answered now; with `override` as if that were decided for it, null for nothing.
   * Throws `APP_NOT_FOUND`, `DEVICE_NOT_FOUND`, `CHANNEL_NOT_FOUND`, `RELEASE_NOT_FOUND`.
   */
  explainDevice(appId: string, deviceId: string, override?: OverrideInput | null): Explanation;
  /** What this body of an update check would be answered now. Throws `APP_NOT_FOUND`. */
  explainRequest(appId: string, request: unknown): Explanation;
  /** What the channel's devices would be answered with a change. Throws `APP_NOT_FOUND`, `CHANNEL_NOT_FOUND`, `RELEASE_NOT_FOUND`. */
  preview(input: {
    readonly appId: string;
    readonly channel: number | string;
    readonly change: ChannelChange;
    readonly target?: TargetInput | undefined;
    /** Null for none; what it offers to whom of its devices is drawn as it would be. */
    readonly rollout?: { readonly percentageBps: number } | null | undefined;
  }): ChannelPreview;
};

export function createExplain({ devices, directory, clock, origin }: ExplainDeps): ExplainService {
  function appOf(appId: string): AppEntry {
    const app = directory.byId(appId);
    if (!app) throw new AppError('APP_NOT_FOUND', { appId });
    return app;
  }

  function decide(app: AppEntry, info: DeviceInfo, record: DeviceRecord | undefined): UpdateDecision {
    const { deviceId } = info;
    return decideUpdate({
      request: { kind: 'device', info, isEmpty: false },
      app,
      origin: origin(),
      deviceTag: deviceId === null ? null : createDeviceTag(app.token, deviceId),
      device: record ?? noFacts,
      nowMs: clock.now(),
    });
  }

  return {
    explainDevice(appId, deviceId, wanted) {
      const app = appOf(appId);
      const record = devices.get(appId, deviceId.toLowerCase());
      if (!record) throw new AppError('DEVICE_NOT_FOUND', { appId, deviceId });
      const override = wanted === undefined ? record.override : wanted && resolveOverride(app, wanted);
      return toExplanation(decide(app, infoOf(record), { ...record, override }), app);
    },
    explainRequest(appId, request) {
      const app = appOf(appId);
      if (!isRecord(request) || Object.keys(request).length === 0) {
        const reason = 'not_an_object';
        const unreadable = isRecord(request)
          ? ({ kind: 'device', info: readDeviceInfo(request), isEmpty: true } as const)
          : ({ kind: 'unreadable', reason } as const);
        const question = { app, origin: origin(), deviceTag: null, device: noFacts, nowMs: clock.now() };
        return toExplanation(decideUpdate({ ...question, request: unreadable }), app);
      }
      const info = readDeviceInfo(request);
      const record = info.deviceId === null ? undefined : devices.get(appId, info.deviceId);
      return toExplanation(decide(app, info, record), app);
    },
    preview({ appId, channel: ref, change, target: wanted, rollout: share }) {
      const app = appOf(appId);
      const channel = channelOf(app, ref);
      const target = wanted === undefined ? channel.target : resolveTarget(app, wanted);
      const rollout = share === null ? null : channel.rollout && { ...channel.rollout, ...share };
      const settings = changeSettings(channel.settings, change);
      const changed: ChannelEntry = { ...channel, target, rollout, settings };
      const unpublished = app.channels.filter(
        (other) => other.channelId !== channel.channelId && publicOverlap(changed.settings, other.settings),
      );
      const changedApp: AppEntry = {
        ...app,
        channels: app.channels.map((other) => {
          if (other.channelId === channel.channelId) return changed;
          return unpublished.includes(other) ? unpublish(other) : other;
        }),
      };
      const rows = devices
        .list(appId)
        .map((record) => {
          const info = infoOf(record);
          const before = toAnswer(decide(app, info, record));
          const after = toAnswer(decide(changedApp, info, record));
          const { deviceId, alias, customId, platform, isVirtual } = record;
          const isChanged = !isSameAnswer(before, after);
          return { deviceId, alias, customId, platform, isVirtual, isChanged, before, after };
        })
        .filter(({ before, after }) => before.channel === channel.name || after.channel === channel.name);
      return {
        before: countOf(rows.map(({ before }) => before)),
        after: countOf(rows.map(({ after }) => after)),
        devices: rows.toSorted((left, right) => Number(right.isChanged) - Number(left.isChanged)),
        unpublished: unpublished.map(({ name }) => name),
      };
    },
  };
}

function unpublish(channel: ChannelEntry): ChannelEntry {
  return { ...channel, settings: { ...channel.settings, public: false } };
}

function isSameAnswer(left: PreviewAnswer, right: PreviewAnswer): boolean {
  return left.code === right.code && left.version === right.version && left.channel === right.channel;
}

/** The check that a device would send: what it said last. */
function infoOf(device: DeviceRecord): DeviceInfo {
  const { platform, pluginVersion, isOnBuiltin, bundleVersion } = device;
  return {
    platform,
    platformSent: null,
    deviceId: device.deviceId,
    appId: device.appId,
    customId: device.customId,
    versionBuild: device.nativeVersion,
    versionCode: device.nativeCode,
    versionOs: device.osVersion,
    versionName: isOnBuiltin ? storeBundleName(device) : bundleVersion,
    pluginVersion,
    defaultChannel: device.requestedChannel,
    keyId: device.keyId,
    installSource: device.installSource,
    isEmulator: device.isEmulator,
    isProd: device.isProd,
    channel: null,
    action: null,
  };
}

/** As its plugin spells it: a native version `1.0` and `builtin` are not compared alike (clients.md §13.2). */
function storeBundleName({ platform, pluginVersion, nativeVersion }: DeviceRecord): string {
  const isNamed = dialectOf(platform, pluginVersion).storeBundleName === 'native_version';
  return isNamed && nativeVersion !== null ? nativeVersion : 'builtin';
}

function channelOf(app: AppEntry, ref: number | string): ChannelEntry {
  const channel = app.channels.find(({ channelId, name }) => channelId === ref || name === ref);
  if (!channel) throw new AppError('CHANNEL_NOT_FOUND', { appId: app.appId, channel: ref });
  return channel;
}

function resolveOverride(app: AppEntry, override: OverrideInput): DeviceOverride {
  switch (override.kind) {
    case 'channel': {
      const { channelId, name } = channelOf(app, override.channel);
      return { kind: 'channel', channelId, channel: name };
    }
    case 'release': {
      const { releaseId, version } = releaseOf(app, override.release);
      return { kind: 'release', releaseId, version };
    }
    case 'builtin':
    case 'blocked':
      return { kind: override.kind };
  }
}

function resolveTarget(app: AppEntry, target: TargetInput): ChannelTarget {
  if (target.kind !== 'release') return target;
  const { releaseId, version } = releaseOf(app, target.release);
  return { kind: 'release', releaseId, version };
}

function releaseOf(app: AppEntry, wanted: string): ReleaseEntry {
  const found = app.releasesById
    .values()
    .find(({ releaseId, version, state }) => state === 'ready' && (releaseId === wanted || version === wanted));
  if (!found) throw new AppError('RELEASE_NOT_FOUND', { appId: app.appId, release: wanted });
  return found;
}

function toExplanation(decision: UpdateDecision, app: AppEntry): Explanation {
  const release = decision.releaseId === null ? undefined : app.releasesById.get(decision.releaseId);
  return {
    response: { status: decision.status, body: decision.reply },
    outcome: decision.outcome,
    code: decision.code,
    summary: describeActivity(decision.sentence),
    channel: decision.channel,
    ...(release ? { release: { releaseId: release.releaseId, version: release.version } } : {}),
    trace: [...decision.trace],
  };
}

function toAnswer({ outcome, code, channel, reply, trace }: UpdateDecision): PreviewAnswer {
  const stopped = trace.find((step) => step.outcome === 'stop');
  const last = stopped ?? trace.findLast((step) => step.outcome === 'pass');
  return {
    outcome,
    code,
    channel,
    version: outcome === 'offered' ? (reply.version ?? null) : null,
    rule: last?.rule ?? '',
    detail: last?.detail ?? '',
    values: last?.values ?? {},
  };
}

function countOf(answers: readonly PreviewAnswer[]): ChannelPreview['before'] {
  const counts = { offered: 0, up_to_date: 0, blocked: 0, failed: 0 };
  for (const { outcome } of answers) counts[outcome] += 1;
  return counts;
}
