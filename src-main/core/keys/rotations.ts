import type { Rotation, RotationEnd } from '#contract/models/rotation.ts';

import { AppError } from '../app-error.ts';
import type { EventHub } from '../event-hub.ts';
import type { Clock } from '../ports.ts';
import { applyConfigChange, previewConfigChange, type ConfigChange } from '../projects/config-change.ts';
import { projectKeyId } from '../projects/project-key.ts';
import { readCapacitorProject } from '../projects/read-project.ts';
import type { KeyRecord, KeyRepository } from '../storage/key-repository.ts';
import type { KeyRotationRecord, KeyRotationRepository } from '../storage/key-rotation-repository.ts';
import { toTimestamp } from '../storage/time.ts';
import { absolutePath } from './key-files.ts';
import type { KeyVault } from './key-vault.ts';
import { openSteps, rotationProgress } from './rotation-steps.ts';

/** Changing an app's key in steps that survive a restart, one rotation an app. */
export type RotationService = {
  /** Oldest first. */
  list(): Promise<Rotation[]>;
  /**
   * Begins with a new key, made here or one of the vault. Throws `APP_NOT_FOUND`, `KEY_NOT_FOUND`, `KEY_EXISTS`,
   * `KEY_PRIVATE_MISSING`, `KEY_RETIRED`, `ROTATION_EXISTS`.
   */
  start(input: {
    readonly appId: string;
    readonly oldKey: string;
    readonly newKey: string;
    readonly isCreated: boolean;
  }): Promise<Rotation>;
  /** The project whose config gets the new public key. Throws `PROJECT_NOT_FOUND`, `PROJECT_CONFIG_UNREADABLE`. */
  setProject(appId: string, dir: string): Promise<Rotation>;
  /** What the new public key would change in the project's config, and nothing else of it. */
  previewConfig(appId: string): Promise<ConfigChange>;
  applyConfig(appId: string, hash: string | undefined): Promise<ConfigChange & { readonly written: boolean }>;
  /** A step that happens where nothing here sees it. */
  tell(appId: string, step: 'config' | 'native', isDone: boolean): Promise<Rotation>;
  /** Retires the old key. Throws `ROTATION_UNFINISHED` with the open steps unless forced. */
  finish(appId: string, force: boolean): Promise<RotationEnd>;
  /** Forgets the rotation; both keys stay. */
  abandon(appId: string): void;
};

export function createRotations({
  rotations,
  keys,
  vault,
  isApp,
  rememberKey,
  events,
  clock,
}: {
  readonly rotations: KeyRotationRepository;
  readonly keys: KeyRepository;
  readonly vault: KeyVault;
  readonly isApp: (appId: string) => boolean;
  readonly rememberKey: (appId: string, fingerprint: string) => void;
  readonly events: EventHub;
  readonly clock: Clock;
}): RotationService {
  function find(appId: string): KeyRotationRecord {
    const rotation = rotations.get(appId);
    if (!rotation) throw new AppError('ROTATION_NOT_FOUND', { appId });
    return rotation;
  }

  /** A rotation goes with each of its keys, so both are there. */
  function keyOf(fingerprint: string): KeyRecord {
    const key = keys.byFingerprint(fingerprint);
    if (!key) throw new AppError('KEY_NOT_FOUND', { name: fingerprint.slice(0, 12) });
    return key;
  }

  async function change(rotation: KeyRotationRecord): Promise<Rotation> {
    rotations.save(rotation);
    events.emit('key.changed', {});
    return describe(rotation);
  }

  async function describe(record: KeyRotationRecord): Promise<Rotation> {
    const { appId, projectDir } = record;
    const oldKey = keyOf(record.oldFingerprint);
    const newKey = keyOf(record.newFingerprint);
    const project = projectDir === null ? null : await lookAtProject(projectDir);
    const liveVersion = rotations.liveVersion(appId, record.newFingerprint);
    return {
      appId,
      oldKey: { name: oldKey.name, keyId: oldKey.keyId },
      newKey: { name: newKey.name, keyId: newKey.keyId },
      startedAt: toTimestamp(record.startedAtMs),
      project: project && { dir: project.dir, configPath: project.configPath, keyId: project.keyId ?? null },
      liveVersion,
      ...rotationProgress({
        oldKeyId: oldKey.keyId,
        newKeyId: newKey.keyId,
        configKeyId: project?.keyId,
        isConfigTold: record.configDoneAtMs !== null,
        isNativeTold: record.nativeDoneAtMs !== null,
        // A virtual device with the new key proves no native build, and one with the old key will never get another.
        deviceKeyIds: keys.readers(appId).flatMap(({ keyId, isVirtual }) => (isVirtual ? [] : [keyId])),
        liveVersion,
      }),
    };
  }

  function changeInput({ appId, projectDir, newFingerprint }: KeyRotationRecord) {
    if (projectDir === null) throw new AppError('PROJECT_NOT_FOUND', { path: appId });
    return { dir: projectDir, values: { publicKey: keyOf(newFingerprint).publicPem } };
  }

  return {
    list: () => Promise.all(rotations.list().map(describe)),
    async start({ appId, oldKey, newKey, isCreated }) {
      if (!isApp(appId)) throw new AppError('APP_NOT_FOUND', { appId });
      if (rotations.get(appId)) throw new AppError('ROTATION_EXISTS', { appId });
      const old = vault.get(oldKey);
      const next = isCreated ? await vault.create(newKey) : vault.get(newKey);
      if (!next.hasPrivate) throw new AppError('KEY_PRIVATE_MISSING', { name: next.name });
      if (next.retiredAtMs !== null) throw new AppError('KEY_RETIRED', { name: next.name });
      const { name, keyId } = next;
      if (next.fingerprint === old.fingerprint) throw new AppError('KEY_EXISTS', { name, keyId });
      return change({
        appId,
        oldFingerprint: old.fingerprint,
        newFingerprint: next.fingerprint,
        projectDir: null,
        configDoneAtMs: null,
        nativeDoneAtMs: null,
        startedAtMs: clock.now(),
      });
    },
    async setProject(appId, dir) {
      const rotation = find(appId);
      const project = await readCapacitorProject(absolutePath(dir));
      return change({ ...rotation, projectDir: project.dir });
    },
    previewConfig: async (appId) => previewConfigChange(changeInput(find(appId))),
    async applyConfig(appId, hash) {
      const applied = await applyConfigChange({ ...changeInput(find(appId)), hash });
      events.emit('key.changed', {});
      return applied;
    },
    async tell(appId, step, isDone) {
      const at = isDone ? clock.now() : null;
      const rotation = find(appId);
      return change(step === 'config' ? { ...rotation, configDoneAtMs: at } : { ...rotation, nativeDoneAtMs: at });
    },
    async finish(appId, force) {
      const rotation = find(appId);
      const open = openSteps((await describe(rotation)).done);
      if (open.length > 0 && !force) throw new AppError('ROTATION_UNFINISHED', { appId, steps: open });
      const old = keyOf(rotation.oldFingerprint);
      rememberKey(appId, rotation.newFingerprint);
      rotations.remove(appId);
      // One key may serve several apps, each of which changes in its own time.
      const otherApps = keys.use(old).apps;
      const isRetired = otherApps.length === 0;
      if (isRetired) vault.retire(old.name, true);
      events.emit('key.changed', {});
      events.emit('app.changed', { appId });
      return { appId, oldKey: old.name, isRetired, otherApps };
    },
    abandon(appId) {
      find(appId);
      rotations.remove(appId);
      events.emit('key.changed', {});
    },
  };
}

/** Looked at whenever somebody asks: the config is edited by others too. `keyId` is undefined when it cannot be read. */
async function lookAtProject(
  dir: string,
): Promise<{ readonly dir: string; readonly configPath: string | null; readonly keyId: string | null | undefined }> {
  try {
    const project = await readCapacitorProject(dir);
    const isComputed = project.updater.publicKey.state === 'computed';
    return { dir, configPath: project.configPath, keyId: isComputed ? undefined : projectKeyId(project) };
  } catch (error) {
    if (error instanceof AppError) return { dir, configPath: null, keyId: undefined };
    throw error;
  }
}
