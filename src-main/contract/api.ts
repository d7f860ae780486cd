import { z } from 'zod';

import { command, query, type Client } from './define.ts';
import { activityDetailSchema, activityKindSchema, activityOutcomeSchema, activitySchema } from './models/activity.ts';
import { appSchema } from './models/app.ts';
import {
  changedChannelSchema,
  channelChangeSchema,
  channelHistoryEntrySchema,
  channelPreviewSchema,
  channelSchema,
} from './models/channel.ts';
import { costSchema, fileDiffSchema, releaseDiffSchema } from './models/delta.ts';
import { deviceSchema, explanationSchema } from './models/device.ts';
import { adoptionSchema, figureRangeSchema, updateFiguresSchema } from './models/figures.ts';
import { jobSchema } from './models/job.ts';
import {
  envelopeFormatSchema,
  keyProjectSchema,
  keyRefSchema,
  keySchema,
  vaultStatusSchema,
  zipRefSchema,
} from './models/key.ts';
import { buildSourceSchema, bumpSchema, releaseSchema, versionWarningSchema } from './models/release.ts';
import { rotationEndSchema, rotationSchema } from './models/rotation.ts';
import { doctorCheckSchema, serverStatusSchema, settingsSchema } from './models/server.ts';
import { expiredReleasesSchema, retentionSchema, storageUsageSchema } from './models/storage.ts';
import { watchSchema } from './models/watch.ts';
import { simulatorProcedures } from './simulator-procedures.ts';

const nothing = z.object({});
const ofApp = z.object({ appId: z.string().min(1).max(255) });
const started = z.object({ jobId: z.string() });
const ofDevice = ofApp.extend({ deviceId: z.string().min(1).max(255) });
const ofWatch = z.object({ watchId: z.string().min(1).max(64) });
const ofKey = z.object({ name: z.string().max(100) });
/** A path on the machine that the core runs on. */
const localPath = z.string().min(1).max(4096);
/** A channel by its id (a number) or its name (text). */
const channelRefSchema = z.union([z.number().int(), z.string().min(1).max(100)]);
const ofChannel = ofApp.extend({ channel: channelRefSchema });
/** What to point a channel at: a release by its id or version, the bundle of the store, or nothing. */
const overrideInputSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('channel'), channel: channelRefSchema }),
  /** By id or version. */
  z.object({ kind: z.literal('release'), release: z.string().min(1).max(255) }),
  z.object({ kind: z.literal('builtin') }),
  z.object({ kind: z.literal('blocked') }),
]);
const targetInputSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('release'), release: z.string().min(1).max(255) }),
  z.object({ kind: z.literal('builtin') }),
  z.object({ kind: z.literal('none') }),
]);
const withPassphrase = z.object({ passphrase: z.string().min(1).max(1000) });
/** Two releases, each by its id or by its version. */
const ofReleases = ofApp.extend({ from: z.string().min(1).max(255), to: z.string().min(1).max(255) });
/** A release by its id or by its version. */
const ofRelease = ofApp.extend({ release: z.string().min(1).max(255) });

/**
 * Everything a window, a browser or a terminal can ask of the core: by domain, then by name.
 * Long work returns a job id at once; its steps arrive as `job.changed`, its result stands in `jobs.get`.
 */
export const api = {
  apps: {
    list: query({ input: nothing, output: z.array(appSchema) }),
    get: query({ input: ofApp, output: appSchema }),
    add: command({ input: ofApp.extend({ name: z.string().trim().min(1).max(100).optional() }), output: appSchema }),
    rename: command({ input: ofApp.extend({ name: z.string().trim().min(1).max(100) }), output: appSchema }),
    /** Removes the app, its releases, devices and log. */
    remove: command({
      input: ofApp,
      output: z.object({ appId: z.string(), releases: z.number(), devices: z.number() }),
    }),
    /** New pairing token: every device URL handed out before stops working. */
    rotateToken: command({ input: ofApp, output: appSchema }),
  },
  builds: {
    /** Checks a build; the job's result is an `Inspection`. */
    inspect: command({ input: z.object({ source: buildSourceSchema }), output: started }),
    /** Tells what devices will fetch of a build before it is published; the job's result is a `Cost`. */
    cost: command({ input: ofApp.extend({ source: buildSourceSchema }), output: started }),
    /** Makes a plain bundle zip at `out`; the job's result is a `ZipResult`. */
    zip: command({
      input: z.object({
        source: buildSourceSchema,
        out: z.string().min(1).max(4096),
        overwrite: z.boolean().default(true),
      }),
      output: started,
    }),
    /** Builds that were opened lately, newest first. */
    recent: query({
      input: nothing,
      output: z.array(z.object({ path: z.string(), appId: z.string().nullable(), usedAt: z.string() })),
    }),
    forgetRecent: command({ input: z.object({ path: z.string() }), output: nothing }),
  },
  uploads: {
    /** Opens a staging folder for files from a browser; they follow as multipart to `/api/uploads/:uploadId/files`. */
    create: command({
      input: z.object({
        name: z.string().min(1).max(255),
        files: z.number().int().min(0).max(200_000),
        bytes: z.number().int().min(0),
      }),
      output: z.object({ uploadId: z.string() }),
    }),
    /** Declares the upload whole; fails when files are missing. */
    complete: command({
      input: z.object({ uploadId: z.string() }),
      output: z.object({ files: z.number(), bytes: z.number() }),
    }),
    discard: command({ input: z.object({ uploadId: z.string() }), output: nothing }),
  },
  releases: {
    /** Newest first. */
    list: query({ input: ofApp, output: z.array(releaseSchema) }),
    get: query({ input: ofRelease, output: releaseSchema }),
    /** The next free version, and what to know about a version somebody typed. */
    suggestVersion: query({
      input: ofApp.extend({
        bump: bumpSchema.default('patch'),
        /** Check this one instead of suggesting. */
        version: z.string().max(256).optional(),
        nativeVersion: z.string().max(256).optional(),
      }),
      output: z.object({
        version: z.string(),
        isValid: z.boolean(),
        isFree: z.boolean(),
        latest: z.string().nullable(),
        /** Highest native version the app's devices report, or the one given. */
        nativeVersion: z.string().nullable(),
        warnings: z.array(versionWarningSchema),
      }),
    }),
    /** Check, pack, store, verify through the device listener, point the channel; the job's result is a `PublishResult`. */
    publish: command({
      input: ofApp.extend({
        source: buildSourceSchema,
        version: z.string().max(256).optional(),
        bump: bumpSchema.optional(),
        channel: z.string().min(1).max(100).optional(),
        notes: z.string().max(10_000).optional(),
        allowWarnings: z.boolean().default(false),
        /** Name of a key of the vault to encrypt with; without it the release is plain. */
        key: z.string().max(100).optional(),
        format: envelopeFormatSchema.optional(),
        /** Publish though the project or devices have another key, or none. */
        allowKeyMismatch: z.boolean().default(false),
        /** Whether devices may fetch single files instead of the whole bundle. */
        delta: z.boolean().default(true),
      }),
      output: started,
    }),
    /** What devices fetch of it, by what they run now; the files that weigh most, and what could be made better. */
    cost: query({ input: ofRelease, output: costSchema }),
    /** What came, went and changed from one release to another. Each by its id or version. */
    diff: query({ input: ofReleases, output: releaseDiffSchema }),
    /** How one file differs between two releases. */
    diffFile: query({ input: ofReleases.extend({ path: z.string().min(1).max(4096) }), output: fileDiffSchema }),
    /**
     * Writes a release to a new file, or as a tree that any web server can serve; the job's result is an `ExportResult`.
     */
    export: command({
      input: ofRelease.extend({
        out: localPath,
        format: z.enum(['zip', 'static']).default('zip'),
        /** Needed for `static`: URLs in its `update.json` start with it. */
        baseUrl: z.string().max(2000).optional(),
      }),
      output: started,
    }),
    delete: command({
      input: ofRelease.extend({ force: z.boolean().default(false) }),
      output: z.object({ releaseId: z.string(), version: z.string(), freedBytes: z.number().int() }),
    }),
  },
  channels: {
    /** The default channel first, then by name. */
    list: query({ input: ofApp, output: z.array(channelSchema) }),
    get: query({ input: ofChannel, output: channelSchema }),
    /** A channel that offers nothing yet, unless told otherwise. */
    create: command({
      input: ofApp.extend({
        name: z.string().max(100),
        settings: channelChangeSchema.default({}),
        target: targetInputSchema.optional(),
      }),
      output: changedChannelSchema,
    }),
    rename: command({ input: ofChannel.extend({ newName: z.string().max(100) }), output: channelSchema }),
    update: command({ input: ofChannel.extend({ change: channelChangeSchema }), output: changedChannelSchema }),
    /** Publishing goes to it from now on, unless another channel is named. */
    makeDefault: command({ input: ofChannel, output: channelSchema }),
    /** Forced, it also goes when devices are tied to it, which then choose again. Never the default channel. */
    delete: command({
      input: ofChannel.extend({ force: z.boolean().default(false) }),
      output: z.object({ channelId: z.number().int(), name: z.string(), releasedDevices: z.number().int() }),
    }),
    setTarget: command({ input: ofChannel.extend({ target: targetInputSchema }), output: channelSchema }),
    /** Starts a rollout, or changes its share. Another release is a new rollout: devices are drawn anew. */
    setRollout: command({
      input: ofChannel.extend({
        /** By id or version; may be left out once there is a rollout. */
        release: z.string().min(1).max(255).optional(),
        percentageBps: z.number().int().min(0).max(10_000).optional(),
        enabled: z.boolean().optional(),
        cacheTtlSeconds: z.number().int().min(60).max(31_536_000).optional(),
      }),
      output: channelSchema,
    }),
    pauseRollout: command({
      input: ofChannel.extend({ reason: z.string().trim().max(500).optional() }),
      output: channelSchema,
    }),
    resumeRollout: command({ input: ofChannel, output: channelSchema }),
    /** The rolled-out release becomes what the channel offers everybody. */
    promoteRollout: command({ input: ofChannel, output: channelSchema }),
    /** Ends the rollout; everybody is offered what the channel offers. */
    rollBackRollout: command({ input: ofChannel, output: channelSchema }),
    /** Newest first. */
    history: query({
      input: ofChannel.extend({
        limit: z.number().int().min(1).max(500).default(50),
        beforeId: z.number().int().optional(),
      }),
      output: z.array(channelHistoryEntrySchema),
    }),
    /** Points it at what it offered before; with `entryId` at what it offered since that entry. */
    rollBack: command({ input: ofChannel.extend({ entryId: z.number().int().optional() }), output: channelSchema }),
    /** What its devices would be answered with that change. Changes nothing. */
    preview: query({
      input: ofChannel.extend({
        change: channelChangeSchema.default({}),
        target: targetInputSchema.optional(),
        /** Without the rollout, or with another share of it. */
        rollout: z
          .object({ percentageBps: z.number().int().min(0).max(10_000) })
          .nullable()
          .optional(),
      }),
      output: channelPreviewSchema,
    }),
  },
  devices: {
    /** Last seen first. */
    list: query({ input: ofApp, output: z.array(deviceSchema) }),
    get: query({ input: ofDevice, output: deviceSchema }),
    /** What happened on it, newest first. */
    timeline: query({
      input: ofDevice.extend({
        limit: z.number().int().min(1).max(1000).default(200),
        beforeId: z.number().int().optional(),
      }),
      output: z.array(activitySchema),
    }),
    rename: command({ input: ofDevice.extend({ alias: z.string().trim().max(60) }), output: deviceSchema }),
    /** Removes the device and its history; it comes back when it asks again. */
    forget: command({ input: ofDevice, output: nothing }),
    setOverride: command({ input: ofDevice.extend({ override: overrideInputSchema }), output: deviceSchema }),
    clearOverride: command({ input: ofDevice, output: deviceSchema }),
    /** Forgets that a version failed on it; without a version, all that did. */
    offerAgain: command({
      input: ofDevice.extend({ version: z.string().min(1).max(256).optional() }),
      output: deviceSchema,
    }),
    /**
     * What it would be answered now, and why: a device that was seen, or the raw body of an update check. With
     * `override` as if that were decided for it, null for nothing; changes nothing.
     */
    explain: query({
      input: z.union([
        ofDevice.extend({ override: overrideInputSchema.nullable().optional() }).strict(),
        ofApp.extend({ request: z.unknown().refine((value) => value !== undefined, 'missing') }).strict(),
      ]),
      output: explanationSchema,
    }),
  },
  activity: {
    /** Newest last. `beforeId` pages back, `afterId` catches up. */
    list: query({
      input: z.object({
        appId: z.string().optional(),
        deviceId: z.string().optional(),
        kinds: z.array(activityKindSchema).optional(),
        outcomes: z.array(activityOutcomeSchema).optional(),
        text: z.string().max(200).optional(),
        limit: z.number().int().min(1).max(5000).default(200),
        beforeId: z.number().int().optional(),
        afterId: z.number().int().optional(),
      }),
      output: z.object({ rows: z.array(activitySchema), total: z.number().int() }),
    }),
    get: query({ input: z.object({ id: z.number().int() }), output: activityDetailSchema }),
    /** Rows with their payloads, newest last. */
    export: query({
      input: z.object({
        appId: z.string().optional(),
        deviceId: z.string().optional(),
        limit: z.number().int().min(1).max(5000).default(200),
        afterId: z.number().int().optional(),
      }),
      output: z.array(activityDetailSchema),
    }),
    /** Sends a request of the log again; the row that this leaves says so, and no device or figure changes. */
    replay: command({
      input: z.object({ id: z.number().int(), to: z.enum(['server']).default('server') }),
      output: z.object({ row: activityDetailSchema }),
    }),
    clear: command({ input: ofApp, output: z.object({ removed: z.number().int() }) }),
  },
  figures: {
    /** How far updates got, by release and by channel, and what they failed of. */
    updates: query({
      input: ofApp.extend({
        range: figureRangeSchema,
        version: z.string().max(256).optional(),
        channel: z.string().max(100).optional(),
        /** Leaves out the virtual devices. */
        isRealOnly: z.boolean().default(false),
      }),
      output: updateFiguresSchema,
    }),
    /** What devices run, over time. */
    adoption: query({
      input: ofApp.extend({
        range: figureRangeSchema,
        channel: z.string().max(100).optional(),
        isRealOnly: z.boolean().default(false),
      }),
      output: adoptionSchema,
    }),
  },
  keys: {
    list: query({ input: nothing, output: z.array(keySchema) }),
    get: query({ input: ofKey, output: keySchema }),
    /** Projects of builds opened lately that have a key in their config, read now. */
    projects: query({ input: nothing, output: z.array(keyProjectSchema) }),
    create: command({ input: ofKey, output: keySchema }),
    /** A private or public PEM, as text, from a file, or from a project's folder (`.capgo_key_v2`). The private part of a key known by its public one completes it. */
    import: command({
      input: ofKey.extend({
        source: z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('text'), pem: z.string().max(65_536) }),
          z.object({ kind: z.literal('file'), path: localPath }),
        ]),
      }),
      output: keySchema,
    }),
    rename: command({ input: ofKey.extend({ newName: z.string().max(100) }), output: keySchema }),
    /** Returns the key as it was, with what it was used by. */
    delete: command({ input: ofKey.extend({ force: z.boolean().default(false) }), output: keySchema }),
    /** A retired key still opens what it encrypted; new releases are not made with it. */
    retire: command({ input: ofKey.extend({ isRetired: z.boolean() }), output: keySchema }),
    /** Writes the private part to a file that only the user can read. It never comes back as a value. */
    exportPrivate: command({ input: ofKey.extend({ out: localPath }), output: z.object({ path: z.string() }) }),
    /** All keys in one file, sealed with a passphrase. */
    backup: command({
      input: z.object({ out: localPath, passphrase: z.string().max(1000) }),
      output: z.object({ path: z.string(), keys: z.number().int() }),
    }),
    /** Adds the keys that are missing, overwrites none. */
    restore: command({
      input: z.object({ path: localPath, passphrase: z.string().max(1000) }),
      output: z.object({ added: z.array(z.string()), kept: z.array(z.string()) }),
    }),
    /** Encrypts a zip by hand; the job's result is an `EncryptResult`. */
    encrypt: command({
      input: z.object({
        zip: zipRefSchema,
        key: keyRefSchema,
        format: envelopeFormatSchema.default('v3'),
        out: localPath.optional(),
      }),
      output: started,
    }),
    /** Decrypts a zip as an app would; the job's result is a `DecryptResult`. Nothing is written unless it matches. */
    decrypt: command({
      input: z.object({
        zip: zipRefSchema,
        key: keyRefSchema,
        sessionKey: z.string().max(2000),
        checksum: z.string().max(2000).optional(),
        out: localPath.optional(),
      }),
      output: started,
    }),
  },
  /** How the private parts of keys are guarded on this machine. */
  vault: {
    status: query({ input: nothing, output: vaultStatusSchema }),
    /** Opens the vault until the program ends or `lock`. */
    unlock: command({ input: withPassphrase, output: vaultStatusSchema }),
    lock: command({ input: nothing, output: vaultStatusSchema }),
    /** Sets a passphrase, or another one in place of it. */
    protect: command({ input: withPassphrase, output: vaultStatusSchema }),
    /** Keeps private parts in a file of the user, without a passphrase. */
    unprotect: command({ input: nothing, output: vaultStatusSchema }),
  },
  /** Changing the key of an app, in steps that survive a restart. */
  rotations: {
    list: query({ input: nothing, output: z.array(rotationSchema) }),
    /** Begins with a new key: one to be created under this name, or one of the vault. */
    start: command({
      input: ofApp.extend({ oldKey: z.string().max(100), newKey: z.string().max(100), isCreated: z.boolean() }),
      output: rotationSchema,
    }),
    /** The Capacitor project whose config gets the new public key. */
    setProject: command({ input: ofApp.extend({ dir: localPath }), output: rotationSchema }),
    /** What the new public key would change in the project's config; `hash` must be given back to `applyConfig`. */
    previewConfig: query({
      input: ofApp,
      output: z.object({ path: z.string(), diff: z.string(), hash: z.string(), isChanged: z.boolean() }),
    }),
    applyConfig: command({
      input: ofApp.extend({ hash: z.string().optional() }),
      output: z.object({ path: z.string(), written: z.boolean() }),
    }),
    /** Says that a step is done, or is not, where Slipway cannot see it. */
    tell: command({
      input: ofApp.extend({ step: z.enum(['config', 'native']), isDone: z.boolean() }),
      output: rotationSchema,
    }),
    /** Retires the old key and ends the rotation; with open steps only when forced. */
    finish: command({ input: ofApp.extend({ force: z.boolean().default(false) }), output: rotationEndSchema }),
    /** Forgets the rotation; both keys stay. */
    abandon: command({ input: ofApp, output: nothing }),
  },
  jobs: {
    list: query({ input: nothing, output: z.array(jobSchema) }),
    get: query({ input: z.object({ jobId: z.string() }), output: jobSchema }),
    /** Asks it to stop; it has ended when `job.changed` says so. */
    cancel: command({ input: z.object({ jobId: z.string() }), output: nothing }),
  },
  projects: {
    /** The Capacitor config fragment for an app, for one address of this machine. */
    config: query({
      input: ofApp.extend({ format: z.enum(['json', 'ts']).default('json'), address: z.string().max(255).optional() }),
      output: z.object({ config: z.record(z.string(), z.unknown()), text: z.string() }),
    }),
    /** What would change in a project's config; `hash` must be given back to `apply`. */
    preview: query({
      input: ofApp.extend({ dir: z.string().min(1).max(4096), address: z.string().max(255).optional() }),
      output: z.object({ path: z.string(), diff: z.string(), hash: z.string(), isChanged: z.boolean() }),
    }),
    apply: command({
      input: ofApp.extend({
        dir: z.string().min(1).max(4096),
        address: z.string().max(255).optional(),
        hash: z.string().optional(),
      }),
      output: z.object({ path: z.string(), diff: z.string(), written: z.boolean() }),
    }),
  },
  server: {
    status: query({ input: nothing, output: serverStatusSchema }),
    /** Opens the device listener again, after a failure or on other settings. */
    restartDeviceListener: command({ input: nothing, output: serverStatusSchema }),
    doctor: query({
      input: z.object({ projectDir: z.string().max(4096).optional() }),
      output: z.object({ ok: z.boolean(), checks: z.array(doctorCheckSchema) }),
    }),
    /** Shows the data folder in the file manager, where the host can. */
    revealDataFolder: command({ input: nothing, output: nothing }),
  },
  settings: {
    get: query({ input: nothing, output: settingsSchema }),
    update: command({
      input: z.object({
        device: settingsSchema.shape.device.partial().optional(),
        log: settingsSchema.shape.log.partial().optional(),
        appearance: settingsSchema.shape.appearance.optional(),
        language: settingsSchema.shape.language.optional(),
      }),
      output: settingsSchema,
    }),
  },
  storage: {
    usage: query({ input: nothing, output: storageUsageSchema }),
    /** Removes what nothing needs any more, or with `dryRun` says what that is; the job's result is a `CollectResult`. */
    collect: command({ input: z.object({ dryRun: z.boolean().default(false) }), output: started }),
    /** Reads every stored file, or those of one app; the job's result is a `VerifyResult`. */
    verify: command({ input: z.object({ appId: z.string().optional() }), output: started }),
    retention: query({ input: ofApp, output: retentionSchema }),
    /** Takes effect at once: see `previewRetention`. */
    setRetention: command({ input: ofApp.extend(retentionSchema.shape), output: retentionSchema }),
    /** What such a retention would remove now. */
    previewRetention: query({ input: ofApp.extend(retentionSchema.shape), output: expiredReleasesSchema }),
    /**
     * Saves the whole data folder in one file; the job's result is a `BackupResult`. Private keys stay sealed as they
     * are; with a passphrase they are in it once more, sealed with that, and can move to another machine.
     */
    backup: command({
      input: z.object({ out: localPath, passphrase: z.string().max(1000).nullable().default(null) }),
      output: started,
    }),
    /**
     * Prepares a backup to take the place of the data folder's content at the next start; the job's result is a
     * `RestoreResult`. With apps or keys here it needs `force`; they are then moved aside, not deleted.
     */
    restore: command({
      input: z.object({
        path: localPath,
        passphrase: z.string().max(1000).nullable().default(null),
        force: z.boolean().default(false),
      }),
      output: started,
    }),
    /** A restore that waits for the next start; null without. */
    pendingRestore: query({ input: nothing, output: z.object({ createdAt: z.string() }).nullable() }),
    dropRestore: command({ input: nothing, output: nothing }),
  },
  watches: {
    /** Oldest first; of one app or of all. */
    list: query({ input: z.object({ appId: z.string().optional() }), output: z.array(watchSchema) }),
    /**
     * Publishes a folder again whenever a build in it has settled, from now on and after every start. One that is
     * watched for this app already gets the new options and is switched on. An app that is not there yet is added.
     */
    add: command({
      input: ofApp.extend({
        path: localPath,
        channel: z.string().min(1).max(100).nullable().default(null),
        key: z.string().max(100).nullable().default(null),
        delta: z.boolean().default(true),
        /** Publish builds with warnings, decided once for all that follow. */
        allowWarnings: z.boolean().default(false),
      }),
      output: watchSchema,
    }),
    update: command({
      input: ofWatch.extend({
        isOn: z.boolean().optional(),
        channel: z.string().min(1).max(100).nullable().optional(),
        key: z.string().max(100).nullable().optional(),
        delta: z.boolean().optional(),
        allowWarnings: z.boolean().optional(),
      }),
      output: watchSchema,
    }),
    /** Takes up what is there now, although the last try was refused. */
    tryAgain: command({ input: ofWatch, output: watchSchema }),
    remove: command({ input: ofWatch, output: nothing }),
  },
  simulator: simulatorProcedures,
  sample: {
    /** Publishes the sample app and updates a virtual device from it; the job's result is a `SampleResult`. */
    run: command({ input: nothing, output: started }),
  },
} as const;

export type Api = typeof api;
export type ApiClient = Client<Api>;
