import { describe, expect, it } from 'vitest';

import { describeActivity, told } from '#contract/texts/activity-texts.ts';
import { anActivity } from '#renderer/testing/activity-fixtures.ts';

import { activitySentence } from './activity-text.ts';
import { addFailureTexts } from './failure-text.ts';
import { french } from './french.ts';

addFailureTexts('fr', french.sentences);

const download = anActivity({ kind: 'download', action: 'GET', version: '1.0.7' });
const stat = anActivity({ kind: 'stats', action: 'download_manifest_file_fail', version: '1.0.7' });

describe('a row of the log in French', () => {
  it.each([
    ['of a check', anActivity({ sentence: told('UP_TO_DATE', { version: '1.0.7' }) }), 'À jour en 1.0.7'],
    [
      'of a refusal, which has the words of the protocol in English',
      anActivity({ sentence: told('MAJOR_REFUSED') }),
      'La version majeure est au-dessus de l’application native',
    ],
    [
      'of a transfer that broke off, with the units of the language',
      {
        ...download,
        sentence: told('BROKE_OFF', { version: '1.0.7', percent: 41, sentBytes: 1_310_720, totalBytes: 3_200_000 }),
      },
      'Le transfert de 1.0.7 s’est arrêté à 41 %, 1,25 Mio sur 3,05 Mio',
    ],
    [
      'of files, with counts',
      {
        ...download,
        sentence: told('FILES_CAME_OF', { sentCount: 12, allCount: 4325, version: '1.0.7', sentBytes: 999 }),
      },
      '12 sur 4\u202F325 fichiers de 1.0.7 téléchargés, 999 o',
    ],
    ['of a report, by its action', stat, 'Impossible de télécharger un fichier de 1.0.7'],
    [
      'of a report that names a file',
      { ...stat, sentence: { code: 'STAT', params: { stat: 'English', version: '1.0.7:main.js' } } as const },
      'Impossible de télécharger main.js de 1.0.7',
    ],
    [
      'of a report of another app',
      {
        ...stat,
        sentence: { code: 'STAT_OF_OTHER_APP', params: { stat: 'English', version: '1.0.7', appId: 'com.x' } } as const,
      },
      'Impossible de télécharger un fichier de 1.0.7 (envoyé comme com.x)',
    ],
    [
      'of a program that wrote nothing but English',
      { ...download, summary: 'Downloaded 1.0.7, 3 MiB' },
      'Downloaded 1.0.7, 3 MiB',
    ],
  ])('%s', (_, row, sentence) => {
    expect(activitySentence(row, 'fr')).toBe(sentence);
  });

  it('is what the core wrote, in English', () => {
    const sentence = told('CHANNEL_CHOSEN', { channel: 'beta' });
    const row = anActivity({ summary: describeActivity(sentence), sentence });
    expect(activitySentence(row, 'en')).toBe('Chose channel beta');
  });
});
