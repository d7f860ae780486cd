import type { Activity, ActivityDetail } from '#contract/models/activity.ts';

export function anActivity(parts: Partial<Activity> = {}): Activity {
  const at = parts.at ?? '2026-11-24T03:00:00.000Z';
  return {
    id: 1,
    at,
    happenedAt: at,
    replayOf: null,
    kind: 'update',
    outcome: 'ok',
    appId: 'com.example.shop',
    deviceId: '0a1b2c3d-0000-4000-8000-000000000001',
    isVirtual: false,
    action: null,
    version: null,
    summary: 'Asked for an update.',
    status: 200,
    durationMs: 3,
    bytesSent: null,
    bytesTotal: null,
    remoteAddress: '192.168.1.31',
    ...parts,
  };
}

export function anActivityDetail(parts: Partial<ActivityDetail> = {}): ActivityDetail {
  return {
    ...anActivity(parts),
    request: {
      method: 'POST',
      path: '/AAAA…/updates',
      headers: { 'content-type': 'application/json' },
      body: { app_id: 'com.example.shop' },
    },
    response: { status: 200, body: { version: '1.0.7' } },
    ...parts,
  };
}
