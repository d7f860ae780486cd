import type { CommandSpec } from '../command-spec.ts';
import { appOption as app, deviceArgument } from './shared-specs.ts';

const exampleDevice = '00009a6f-2d3c-4e58-9b0a-1f2e3d4c5b6a';

export const deviceCommands = {
  'device list': {
    summary: 'lists the devices that were seen, last seen first',
    arguments: [],
    options: { app },
    examples: ['slipway device list --app com.example.app'],
  },
  'device show': {
    summary: 'shows a device with its history',
    arguments: [deviceArgument],
    options: { app },
    examples: [`slipway device show ${exampleDevice} --app com.example.app`],
  },
  'device override': {
    summary: 'decides for one device: a channel, a release, or nothing at all',
    arguments: [deviceArgument],
    options: {
      app,
      channel: { kind: 'text', value: 'C', summary: 'ties it to this channel with its rules' },
      release: { kind: 'text', value: 'V', summary: 'gives it this release whatever the rules say, or builtin' },
      block: { kind: 'flag', summary: 'offers it nothing' },
      clear: { kind: 'flag', summary: 'lets it choose again' },
      'dry-run': { kind: 'flag', summary: 'says what it would be answered then, decides nothing' },
    },
    exclusive: [['channel', 'release', 'block', 'clear']],
    examples: [
      `slipway device override ${exampleDevice} --app com.example.app --channel beta`,
      `slipway device override ${exampleDevice} --app com.example.app --release 1.0.7 --dry-run`,
      `slipway device override ${exampleDevice} --app com.example.app --clear`,
    ],
  },
  'device offer-again': {
    summary: 'offers a device what failed on it before',
    arguments: [deviceArgument],
    options: { app, version: { kind: 'text', value: 'V', summary: 'this version only (default: all that failed)' } },
    examples: [`slipway device offer-again ${exampleDevice} --app com.example.app --version 1.0.7`],
  },
  'device forget': {
    summary: 'removes a device with its history; it comes back when it asks again',
    arguments: [deviceArgument],
    options: { app },
    examples: [`slipway device forget ${exampleDevice} --app com.example.app`],
  },
  explain: {
    summary: 'tells what a device would be answered now, and why',
    arguments: [],
    options: {
      app,
      device: { kind: 'text', value: 'D', summary: 'a device that was seen' },
      request: { kind: 'text', value: 'FILE|-', summary: 'body of an update check, as JSON; - reads it from stdin' },
    },
    exclusive: [['device', 'request']],
    examples: [
      `slipway explain --app com.example.app --device ${exampleDevice}`,
      'slipway explain --app com.example.app --request check.json --json',
    ],
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;
