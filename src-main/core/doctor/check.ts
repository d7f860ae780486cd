import type { DoctorCheck } from '#contract/models/server.ts';

export function ok(id: string, message: string): DoctorCheck {
  return { id, status: 'ok', message };
}

export function warning(id: string, message: string, fix: string): DoctorCheck {
  return { id, status: 'warning', message, fix };
}

export function failure(id: string, message: string, fix: string): DoctorCheck {
  return { id, status: 'error', message, fix };
}

/** `fix` tells what to look at by hand, where that helps. */
export function skipped(id: string, message: string, fix?: string): DoctorCheck {
  return { id, status: 'skipped', message, ...(fix === undefined ? {} : { fix }) };
}
