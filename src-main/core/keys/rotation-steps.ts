import { rotationSteps, type Rotation, type RotationStep } from '#contract/models/rotation.ts';

/** What can be seen and what was told of a rotation. */
export type RotationFacts = {
  readonly oldKeyId: string;
  readonly newKeyId: string;
  /** Key in the project's config; null for none, undefined when no config can be read. */
  readonly configKeyId: string | null | undefined;
  readonly isConfigTold: boolean;
  readonly isNativeTold: boolean;
  /** What the app's real devices report; null for no key or none told. */
  readonly deviceKeyIds: readonly (string | null)[];
  readonly liveVersion: string | null;
};

/**
 * Which steps of a rotation are done. What is seen counts before what was told, and a later fact proves the earlier
 * steps: a device that reports the new key has a native build with a config that has it.
 */
export function rotationProgress(facts: RotationFacts): Pick<Rotation, 'done' | 'next' | 'devices'> {
  const { oldKeyId, newKeyId, deviceKeyIds } = facts;
  const withNew = deviceKeyIds.filter((keyId) => keyId === newKeyId).length;
  const withOld = deviceKeyIds.filter((keyId) => keyId === oldKeyId).length;
  const devices = { withNew, withOld, others: deviceKeyIds.length - withNew - withOld };
  const isSeen = withNew > 0;
  const done: Rotation['done'] = {
    config: facts.configKeyId === newKeyId || isSeen ? 'seen' : toldOrOpen(facts.isConfigTold),
    native: isSeen ? 'seen' : toldOrOpen(facts.isNativeTold),
    devices: isSeen && withOld === 0 ? 'seen' : null,
    release: facts.liveVersion === null ? null : 'seen',
  };
  return { done, next: rotationSteps.find((step) => done[step] === null) ?? null, devices };
}

/** Steps that are open, in their order. */
export function openSteps(done: Rotation['done']): RotationStep[] {
  return rotationSteps.filter((step) => done[step] === null);
}

function toldOrOpen(isTold: boolean): 'told' | null {
  return isTold ? 'told' : null;
}
