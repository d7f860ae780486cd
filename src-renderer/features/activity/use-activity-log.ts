import { useEffect, useState, useSyncExternalStore } from 'react';

import { useApi } from '#renderer/api/api-context.tsx';
import { useActivityEvents } from '#renderer/api/use-activity-events.ts';

import { createActivityLog, type ActivityLog, type LogSnapshot } from './activity-log.ts';

/** The log of an app for as long as its screen is there. */
export function useActivityLog(appId: string): readonly [ActivityLog, LogSnapshot] {
  const api = useApi();
  const [log] = useState(() => createActivityLog({ api, appId }));
  useEffect(() => void log.load(), [log]);
  useActivityEvents({ onRows: log.take, onBack: () => void log.catchUp() });
  return [log, useSyncExternalStore(log.subscribe, log.snapshot)];
}
