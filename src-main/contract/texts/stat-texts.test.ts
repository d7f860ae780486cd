import { describe, expect, it } from 'vitest';

import { describeStat, statTexts, translateStat } from './stat-texts.ts';

/** Protocol/clients.md §7.4. */
const actions = `app_launch_start app_launch_ready app_launch_timeout app_moved_to_foreground app_moved_to_background
  blocked_by_server_url download_zip_start download_zip_complete download_manifest_start download_manifest_complete
  download_0 download_10 download_20 download_30 download_40 download_50 download_60 download_70 download_80 download_90
  download_complete set_next set set_fail reset delete update_fail download_fail finish_download_fail checksum_required
  checksum_fail decrypt_fail unzip_fail windows_path_fail canonical_path_fail directory_path_fail low_mem_fail
  insufficient_disk_space download_manifest_file_fail download_manifest_checksum_fail download_manifest_brotli_fail
  manifest_path_fail rate_limit_reached os_version_changed native_app_version_changed app_crash app_crash_native app_anr
  app_killed_low_memory app_killed_excessive_resource_usage app_initialization_failure app_memory_warning
  webview_javascript_error webview_unhandled_rejection webview_resource_error webview_security_policy_violation
  webview_unclean_restart webview_render_process_gone webview_content_process_terminated webview_dom_content_loaded
  webview_page_loaded backend_refusal`.split(/\s+/);

describe('the sentence of a stat', () => {
  it.each(actions)('is there for %s (clients.md §7.4)', (action) => {
    expect(Object.keys(statTexts)).toContain(action);
    expect(describeStat(action, '1.0.1').sentence).toMatch(/^[A-Z0-9].*[^?]$/);
    expect(describeStat(action, null).sentence).not.toContain('?');
  });

  it.each(Object.entries(statTexts).filter(([action]) => action.endsWith('_fail')))(
    'names a cause for %s',
    (_, text) => {
      expect(text.cause).toMatch(/\.$/);
    },
  );

  it('names the file of a manifest failure (clients.md §7.2)', () => {
    expect(describeStat('download_manifest_file_fail', '1.0.1:assets/a.js').sentence).toBe(
      'The file assets/a.js of 1.0.1 could not be downloaded',
    );
  });

  it('is made for actions that nobody knows yet, and clamps percentages (Appendix C, row 10)', () => {
    expect(describeStat('brand_new', '1.0.1')).toMatchObject({ group: 'lifecycle', label: 'brand new' });
    expect(describeStat('brand_new_fail', null).group).toBe('transport');
    expect(describeStat('download_22800', '1.0.1')).toMatchObject({ label: '100 %', group: 'progress' });
    expect(describeStat('constructor', '1.0.1').label).toBe('constructor');
    expect(describeStat('', null).label).toBe('Unnamed');
  });
});

describe('a stat in another language', () => {
  const language = {
    texts: { set: { sentence: 'passe à {version}' }, x_fail: { sentence: '{file} de {version}', cause: 'Une cause.' } },
    update: 'la mise à jour',
    file: 'un fichier',
    reported: 'a rapporté « {action} » pour {version}',
    downloading: 'télécharge {version} : {percent} %',
  };

  it.each([
    ['set', '1.0.1', 'Passe à 1.0.1'],
    ['set', null, 'Passe à la mise à jour'],
    ['x_fail', '1.0.1:a.js', 'A.js de 1.0.1'],
    ['x_fail', '1.0.1', 'Un fichier de 1.0.1'],
    ['download_30', '1.0.1', 'Télécharge 1.0.1 : 30 %'],
    ['download_22800', '1.0.1', 'Télécharge 1.0.1 : 100 %'],
    ['brand_new', '1.0.1', 'A rapporté « brand_new » pour 1.0.1'],
    ['constructor', null, 'A rapporté « constructor » pour la mise à jour'],
  ])('%s of %s', (action, version, sentence) => {
    expect(translateStat(action, version, language).sentence).toBe(sentence);
  });

  it('keeps the cause', () => {
    expect(translateStat('x_fail', null, language).cause).toBe('Une cause.');
    expect(translateStat('set', null, language).cause).toBeNull();
  });
});
