import type { ArgumentSpec, OptionSpec } from '../command-spec.ts';

/** Of every command that is about one app. */
export const appOption = {
  kind: 'text',
  value: 'ID',
  isRequired: true,
  summary: 'app id, as in capacitor.config',
} as const satisfies OptionSpec;

export const deviceArgument = { name: 'DEVICE', summary: 'device id' } as const satisfies ArgumentSpec;
