import { useEffect, useEffectEvent } from 'react';

import type { Activity } from '#contract/models/activity.ts';

import { useTransport } from './api-context.tsx';

type Handlers = {
  /** New rows of the log, and rows known before that moved on; in order. */
  readonly onRows: (rows: readonly Activity[]) => void;
  /** The connection stands again after it was gone: what came meanwhile has to be asked for. */
  readonly onBack?: () => void;
};

/** The log as it grows. */
export function useActivityEvents({ onRows, onBack }: Handlers): void {
  const transport = useTransport();
  const take = useEffectEvent(onRows);
  const back = useEffectEvent(() => onBack?.());
  useEffect(() => {
    let wasAway = false;
    const stopEvents = transport.subscribe((message) => {
      if (message.name === 'activity.recorded') take(message.payload.rows);
    });
    const stopConnection = transport.watchConnection((state) => {
      if (state === 'lost' || state === 'signed-out') wasAway = true;
      if (state !== 'open' || !wasAway) return;
      wasAway = false;
      back();
    });
    return () => {
      stopEvents();
      stopConnection();
    };
  }, [transport]);
}
