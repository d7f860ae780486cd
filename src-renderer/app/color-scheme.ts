import { useEffect, useState } from 'react';

import type { Settings } from '#contract/models/server.ts';

export type Scheme = 'light' | 'dark';

const STORAGE_KEY = 'slipway.appearance';
const DARK_QUERY = '(prefers-color-scheme: dark)';

function resolveScheme(appearance: Settings['appearance'], isSystemDark: boolean): Scheme {
  if (appearance !== 'system') return appearance;
  return isSystemDark ? 'dark' : 'light';
}

/** The scheme of the last start, known before the core has answered. */
export function rememberedScheme(): Scheme {
  const kept = localStorage.getItem(STORAGE_KEY);
  return resolveScheme(kept === 'light' || kept === 'dark' ? kept : 'system', matchMedia(DARK_QUERY).matches);
}

export function applyScheme(scheme: Scheme): void {
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme);
}

/** Follows the setting and, where it says so, the system. `appearance` is undefined until the core answered. */
export function useScheme(appearance: Settings['appearance'] | undefined): Scheme {
  const [isSystemDark, setIsSystemDark] = useState(() => matchMedia(DARK_QUERY).matches);
  useEffect(() => {
    const query = matchMedia(DARK_QUERY);
    const follow = () => setIsSystemDark(query.matches);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
  useEffect(() => {
    if (appearance !== undefined) localStorage.setItem(STORAGE_KEY, appearance);
  }, [appearance]);
  return appearance === undefined ? rememberedScheme() : resolveScheme(appearance, isSystemDark);
}
