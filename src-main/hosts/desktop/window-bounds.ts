import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Rectangle, Screen } from 'electron';
import { z } from 'zod';

const placeSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(400).max(20_000),
  height: z.number().int().min(300).max(20_000),
  isMaximized: z.boolean(),
});
/** Where the window was last. */
export type WindowPlace = Readonly<z.infer<typeof placeSchema>>;

/** How much of the title bar has to be on a screen for a person to grab it. */
const GRABBABLE = { width: 120, height: 32 };

/** Null when there is none, when it cannot be read, or when its screen is gone. */
export async function readWindowPlace(dataDir: string, screen: Screen): Promise<WindowPlace | null> {
  try {
    const place = placeSchema.parse(JSON.parse(await readFile(fileOf(dataDir), 'utf8')));
    return screen.getAllDisplays().some(({ workArea }) => isGrabbable(place, workArea)) ? place : null;
  } catch {
    return null;
  }
}

/** A window that opens somewhere else next time is no reason to fail. */
export async function writeWindowPlace(dataDir: string, place: WindowPlace): Promise<void> {
  await writeFile(fileOf(dataDir), JSON.stringify(place)).catch(() => undefined);
}

function fileOf(dataDir: string): string {
  return join(dataDir, 'window.json');
}

function isGrabbable(place: Rectangle, area: Rectangle): boolean {
  const overlap = Math.min(place.x + place.width, area.x + area.width) - Math.max(place.x, area.x);
  return overlap >= GRABBABLE.width && place.y >= area.y && place.y + GRABBABLE.height <= area.y + area.height;
}
