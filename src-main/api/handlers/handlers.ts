import type { Api } from '#contract/api.ts';
import type { Handlers } from '#contract/define.ts';

import type { ApiContext } from '../api-context.ts';
import { activityHandlers } from './activity.ts';
import { appHandlers } from './apps.ts';
import { buildHandlers } from './builds.ts';
import { channelHandlers } from './channels.ts';
import { deviceHandlers } from './devices.ts';
import { figureHandlers } from './figures.ts';
import { jobHandlers } from './jobs.ts';
import { keyHandlers } from './keys.ts';
import { projectHandlers } from './projects.ts';
import { releaseHandlers } from './releases.ts';
import { rotationHandlers } from './rotations.ts';
import { sampleHandlers } from './sample.ts';
import { serverHandlers } from './server.ts';
import { settingsHandlers } from './settings.ts';
import { simulatorHandlers } from './simulator.ts';
import { storageHandlers } from './storage.ts';
import { uploadHandlers } from './uploads.ts';
import { vaultHandlers } from './vault.ts';
import { watchHandlers } from './watches.ts';

/** One function per procedure: a procedure without its handler does not compile. */
export const handlers: Handlers<Api, ApiContext> = {
  apps: appHandlers,
  builds: buildHandlers,
  uploads: uploadHandlers,
  releases: releaseHandlers,
  channels: channelHandlers,
  devices: deviceHandlers,
  activity: activityHandlers,
  figures: figureHandlers,
  jobs: jobHandlers,
  keys: keyHandlers,
  vault: vaultHandlers,
  rotations: rotationHandlers,
  projects: projectHandlers,
  server: serverHandlers,
  settings: settingsHandlers,
  storage: storageHandlers,
  watches: watchHandlers,
  sample: sampleHandlers,
  simulator: simulatorHandlers,
};
