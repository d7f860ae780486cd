import type { Catalogue } from './english.ts';
import { activitySentences } from './fr/activity-sentences.ts';
import { activity } from './fr/activity.ts';
import { channels } from './fr/channels.ts';
import { common } from './fr/common.ts';
import { connect } from './fr/connect.ts';
import { costHints } from './fr/cost-hints.ts';
import { delta } from './fr/delta.ts';
import { devices } from './fr/devices.ts';
import { doctorChecks } from './fr/doctor-checks.ts';
import { errors } from './fr/errors.ts';
import { figures } from './fr/figures.ts';
import { findings } from './fr/findings.ts';
import { frame } from './fr/frame.ts';
import { keys } from './fr/keys.ts';
import { release } from './fr/release.ts';
import { rotation } from './fr/rotation.ts';
import { settings } from './fr/settings.ts';
import { simulationSteps } from './fr/simulation-steps.ts';
import { stats } from './fr/stats.ts';
import { storageFindings } from './fr/storage-findings.ts';
import { storage } from './fr/storage.ts';
import { traceSentences } from './fr/trace-sentences.ts';
import { trace } from './fr/trace.ts';
import { vault } from './fr/vault.ts';
import { virtual } from './fr/virtual.ts';
import { watch } from './fr/watch.ts';

/**
 * The French catalogue and the French sentences of errors and findings. Fetched when somebody wants French.
 * A namespace is whole or not there at all; English stands in for one that is missing.
 */
export const french = {
  catalogue: {
    activity,
    channels,
    common,
    connect,
    delta,
    devices,
    figures,
    frame,
    keys,
    release,
    rotation,
    settings,
    storage,
    trace,
    vault,
    virtual,
    watch,
  } satisfies Partial<Catalogue>,
  sentences: {
    activity: activitySentences,
    costHints,
    doctor: doctorChecks,
    errors,
    findings,
    simulation: simulationSteps,
    stats,
    storage: storageFindings,
    trace: traceSentences,
  },
} as const;
