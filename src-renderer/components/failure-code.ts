import { english } from '#renderer/i18n/english.ts';

/** Whether the catalogue has words for what a device reported as a failure; a device may report anything. */
export function isKnownFailure(action: string): action is keyof typeof english.devices.failure {
  return Object.hasOwn(english.devices.failure, action);
}
