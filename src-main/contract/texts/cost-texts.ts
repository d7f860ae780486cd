import type { CostHint, CostHintCode } from '../models/delta.ts';
import { fill } from './fill.ts';

/** English sentences of every hint: what was found, and what to do about it. */
export const costTexts = {
  RENAMED_UNCHANGED: {
    message:
      '{count} {count|file has|files have} another name but the same content as before; devices fetch {count|it|them} again.',
    fix: 'Let your bundler name files by their content alone, and keep what changes with every build in a chunk of its own.',
  },
  SOURCE_MAPS: {
    message: '{count} {count|source map is|source maps are} part of the build.',
    fix: 'Leave them out of the production build: no device uses them.',
  },
  MEDIA_UNCOMPRESSED: {
    message: '{count} {count|media file is|media files are} in a form that was never compressed.',
    fix: 'Convert them: PNG or WebP instead of BMP and TIFF, AAC instead of WAV, WOFF2 instead of TTF.',
  },
  DELTA_OFF: {
    message: 'The release has no delta: every device fetches the whole bundle.',
    fix: 'Publish without --no-delta.',
  },
  PLUGINS_WITHOUT_DELTA: {
    message: '{count} {count|device has|devices have} a plugin that fetches whole bundles only.',
    fix: 'Ship the app with a newer @capgo/capacitor-updater: 6.25, 7.0.38, 8 or later.',
  },
} as const satisfies Record<CostHintCode, { readonly message: string; readonly fix: string }>;

export function describeCostHint({ code, params }: CostHint): { readonly message: string; readonly fix: string } {
  const { message, fix } = costTexts[code];
  return { message: fill(message, params), fix: fill(fix, params) };
}
