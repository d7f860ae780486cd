import { english } from '#renderer/i18n/english.ts';

export type RefusalCode = keyof typeof english.devices.refusal;

/** Whether the catalogue has words for a code of the protocol; a server may send any. */
export function isKnownRefusal(code: string): code is RefusalCode {
  return Object.hasOwn(english.devices.refusal, code);
}
