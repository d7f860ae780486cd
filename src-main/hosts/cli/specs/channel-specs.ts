import { updatePolicySchema } from '#contract/models/channel.ts';

import type { CommandSpec, OptionSpecs } from '../command-spec.ts';
import { appOption as app } from './shared-specs.ts';

const channelArgument = { name: 'NAME', summary: 'name of the channel' } as const;

/** Names as in Capgo's API: protocol/capgo-server-and-cli.md §8.1. */
const settingOptions = {
  release: { kind: 'text', value: 'V', summary: 'what it offers: a release by id or version, builtin, or none' },
  public: {
    kind: 'boolean',
    summary: 'devices that ask for no channel get it; takes that from the channel that had it',
  },
  ios: { kind: 'boolean', summary: 'serves iOS' },
  android: { kind: 'boolean', summary: 'serves Android' },
  electron: { kind: 'boolean', summary: 'serves Electron' },
  'allow-device-self-set': { kind: 'boolean', summary: 'devices may choose it themselves' },
  'allow-emulator': { kind: 'boolean', summary: 'serves emulators and simulators' },
  'allow-device': { kind: 'boolean', summary: 'serves real devices' },
  'allow-dev': { kind: 'boolean', summary: 'serves debug and TestFlight builds' },
  'allow-prod': { kind: 'boolean', summary: 'serves store builds' },
  'disable-auto-update': {
    kind: 'choice',
    choices: [...updatePolicySchema.options, 'metadata'],
    summary: 'refuses what differs from the native version there; metadata is version_number',
  },
  'disable-auto-update-under-native': { kind: 'boolean', summary: 'offers nothing below the native version' },
  'min-update-version': { kind: 'text', value: 'V', summary: 'native version that version_number asks for, or none' },
  'rollout-version': { kind: 'text', value: 'V', summary: 'release that a share of the devices gets; none ends it' },
  'rollout-percentage': { kind: 'text', value: 'N', summary: 'that share, 0 to 100' },
  'rollout-enabled': { kind: 'boolean', summary: 'switches the rollout on or off' },
  'rollout-paused': { kind: 'boolean', summary: 'nobody new gets it while paused' },
  'rollout-pause-reason': { kind: 'text', value: 'T', summary: 'why it is paused' },
  'rollout-cache-ttl-seconds': {
    kind: 'integer',
    value: 'N',
    min: 60,
    max: 31_536_000,
    summary: 'for how long a device keeps what was drawn for it (default 30 days)',
  },
  'auto-pause-enabled': { kind: 'boolean', summary: 'stops the rollout when too many devices fail' },
  'auto-pause-window-minutes': { kind: 'integer', value: 'N', min: 1, max: 10_080, summary: 'counts so far back' },
  'auto-pause-failure-rate-bps': {
    kind: 'integer',
    value: 'N',
    min: 0,
    max: 10_000,
    summary: 'share of failures that is too much, in hundredths of a percent; stops nothing unless set',
  },
  'auto-pause-confidence': { kind: 'text', value: 'N', summary: 'how sure one has to be, 0 to 1 (default 0.95)' },
  'auto-pause-min-attempts': {
    kind: 'integer',
    value: 'N',
    min: 0,
    max: 1_000_000,
    summary: 'devices that must have tried',
  },
  'auto-pause-min-failures': {
    kind: 'integer',
    value: 'N',
    min: 0,
    max: 1_000_000,
    summary: 'devices that must have failed',
  },
  'auto-pause-action': { kind: 'choice', choices: ['pause', 'rollback', 'notify'], summary: 'what then happens' },
  'auto-pause-cooldown-minutes': {
    kind: 'integer',
    value: 'N',
    min: 0,
    max: 10_080,
    summary: 'rests for so long after it',
  },
} as const satisfies OptionSpecs;

export const channelCommands = {
  'channel list': {
    summary: 'lists the channels of an app',
    arguments: [],
    options: { app },
    examples: ['slipway channel list --app com.example.app'],
  },
  'channel show': {
    summary: 'shows a channel with its settings',
    arguments: [channelArgument],
    options: { app },
    examples: ['slipway channel show production --app com.example.app'],
  },
  'channel create': {
    summary: 'creates a channel',
    description: [
      'Unless told otherwise it offers nothing, devices may choose it, and nothing below the native version is offered.',
    ],
    arguments: [channelArgument],
    options: { app, ...settingOptions },
    examples: ['slipway channel create beta --app com.example.app --release 1.2.0'],
  },
  'channel set': {
    summary: 'changes what a channel offers, its settings and its rollout',
    description: ['true and false may be left out: --public is --public true.'],
    arguments: [channelArgument],
    options: {
      app,
      ...settingOptions,
      default: { kind: 'flag', summary: 'publishing goes to it from now on' },
    },
    examples: [
      'slipway channel set production --app com.example.app --release 1.1.0',
      'slipway channel set production --app com.example.app --disable-auto-update major',
      'slipway channel set production --app com.example.app --rollout-version 1.2.0 --rollout-percentage 10',
    ],
  },
  'channel delete': {
    summary: 'deletes a channel; refused while devices are tied to it, and always for the default one',
    arguments: [channelArgument],
    options: { app, force: { kind: 'flag', summary: 'also when devices are tied to it: they then choose again' } },
    examples: ['slipway channel delete beta --app com.example.app'],
  },
  'channel rename': {
    summary: 'gives a channel another name',
    arguments: [channelArgument, { name: 'NEW-NAME', summary: 'its new name' }],
    options: { app },
    examples: ['slipway channel rename beta preview --app com.example.app'],
  },
  'channel history': {
    summary: 'shows what changed on a channel, newest first',
    arguments: [channelArgument],
    options: {
      app,
      limit: { kind: 'integer', value: 'N', min: 1, max: 500, summary: 'at most so many rows (default 50)' },
    },
    examples: ['slipway channel history production --app com.example.app'],
  },
  'channel rollback': {
    summary: 'points a channel at what it offered before',
    arguments: [channelArgument],
    options: {
      app,
      to: {
        kind: 'integer',
        value: 'N',
        min: 1,
        max: 999_999_999,
        summary: 'at what it offered since this row of its history',
      },
    },
    examples: ['slipway channel rollback production --app com.example.app'],
  },
  'channel promote': {
    summary: 'offers everybody the release that a channel rolls out',
    arguments: [channelArgument],
    options: { app },
    examples: ['slipway channel promote production --app com.example.app'],
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;
