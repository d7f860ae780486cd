import { describe, expect, it } from 'vitest';

import { anActivityDetail } from '#renderer/testing/activity-fixtures.ts';

import { curlCommand } from './curl-command.ts';

const target = { origin: 'http://192.168.1.20:8787', token: 'AbCdEfGhIjKlMnOpQrStUv' };

function commandOf(request: Partial<ReturnType<typeof anActivityDetail>['request']>): string {
  const detail = anActivityDetail();
  return curlCommand({ request: { ...detail.request, ...request } }, target);
}

describe('curlCommand', () => {
  it('sends the body of an update check to the whole address (protocol/clients.md §1.2)', () => {
    expect(commandOf({ body: { app_id: 'com.example.shop' } })).toBe(
      `curl --include --request POST --header 'content-type: application/json' --data-raw '{"app_id":"com.example.shop"}' 'http://192.168.1.20:8787/AbCdEfGhIjKlMnOpQrStUv/updates'`,
    );
  });

  it('lets no quote of a hostile device out of its argument', () => {
    const command = commandOf({ body: `'; rm -rf ~; '`, headers: {} });
    expect(command).toContain(String.raw`--data-raw ''\''; rm -rf ~; '\'''`);
  });

  it('gets a list without a body and keeps its query (protocol/clients.md §8.4)', () => {
    expect(
      commandOf({ method: 'GET', path: '/Ab…/channel_self?platform=ios', headers: {}, body: { platform: 'ios' } }),
    ).toBe(`curl --include 'http://192.168.1.20:8787/AbCdEfGhIjKlMnOpQrStUv/channel_self?platform=ios'`);
  });

  it('writes a download into a file and repeats its range (protocol/clients.md §2.1)', () => {
    expect(
      commandOf({ method: 'GET', path: '/Ab…/bundles/ff.zip?d=x', headers: { range: 'bytes=10-' }, body: null }),
    ).toBe(
      `curl --include --output download.bin --header 'range: bytes=10-' 'http://192.168.1.20:8787/AbCdEfGhIjKlMnOpQrStUv/bundles/ff.zip?d=x'`,
    );
  });

  it('leaves the path of an unpaired request as it was', () => {
    const { request } = anActivityDetail({
      request: { method: 'POST', path: '/wrong…/updates', headers: {}, body: null },
    });
    expect(curlCommand({ request }, { ...target, token: null })).toContain("'http://192.168.1.20:8787/wrong…/updates'");
  });
});
