import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { activityTexts } from '#contract/texts/activity-texts.ts';
import { costTexts } from '#contract/texts/cost-texts.ts';
import { doctorTexts } from '#contract/texts/doctor-texts.ts';
import { errorTexts } from '#contract/texts/error-texts.ts';
import { fill } from '#contract/texts/fill.ts';
import { findingTexts } from '#contract/texts/finding-texts.ts';
import { simulationTexts } from '#contract/texts/simulation-texts.ts';
import { statTexts } from '#contract/texts/stat-texts.ts';
import { storageTexts } from '#contract/texts/storage-texts.ts';
import { createFakeTransport, failure } from '#renderer/testing/fake-transport.ts';
import { aServerStatus, someSettings } from '#renderer/testing/fixtures.ts';
import { renderApp } from '#renderer/testing/render.tsx';

import { english } from './english.ts';
import { french } from './french.ts';
import { languageOf } from './i18n.ts';
import { unitsOf } from './units-of.ts';

type Words = { readonly [key: string]: string | Words };

/** Every sentence by its path. */
function sentences(words: Words, path = ''): readonly (readonly [string, string])[] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as const] : sentences(value, `${path}${key}.`),
  );
}

const coreTexts = [
  activityTexts,
  costTexts,
  doctorTexts,
  errorTexts,
  findingTexts,
  simulationTexts,
  statTexts,
  storageTexts,
] satisfies Words[];
const { stats, trace: _, ...frenchTexts } = french.sentences;

function placeholders(sentence: string): readonly string[] {
  return [...sentence.matchAll(/\{+\w+\}+/g)].map(([name]) => name).toSorted((a, b) => a.localeCompare(b));
}

describe('the French catalogue', () => {
  it('mentions exactly the values that the English sentence mentions', () => {
    const originals = new Map([
      ...sentences(english),
      ...sentences(errorTexts, 'errors.'),
      ...sentences(findingTexts, 'findings.'),
      ...sentences(costTexts, 'costs.'),
      ...sentences(storageTexts, 'storage-findings.'),
      ...sentences(doctorTexts, 'doctor.'),
      ...sentences(activityTexts, 'log.'),
      ...sentences(simulationTexts, 'simulation.'),
    ]);
    const translated = [
      ...sentences(french.catalogue),
      ...sentences(french.sentences.errors, 'errors.'),
      ...sentences(french.sentences.findings, 'findings.'),
      ...sentences(french.sentences.costHints, 'costs.'),
      ...sentences(french.sentences.storage, 'storage-findings.'),
      ...sentences(french.sentences.doctor, 'doctor.'),
      ...sentences(french.sentences.activity, 'log.'),
      ...sentences(french.sentences.simulation, 'simulation.'),
    ];
    const wrong = translated.filter(([path, sentence]) => {
      const expected = placeholders(originals.get(path) ?? '?');
      return placeholders(sentence).join(' ') !== expected.join(' ');
    });
    expect(wrong).toEqual([]);
  });

  it('tells every report of devices with the values and causes that English has', () => {
    const { texts } = french.sentences.stats;
    const percentages = /^download_[1-7]0$/;
    const facts = (action: string, text: { readonly sentence: string; readonly cause?: string } | undefined) => ({
      action,
      values: placeholders(text?.sentence ?? ''),
      hasCause: text?.cause !== undefined,
    });
    const named = Object.keys(statTexts).filter((action) => !percentages.test(action));
    expect(named.map((action) => facts(action, texts[action]))).toEqual(
      named.map((action) => facts(action, statTexts[action])),
    );
    expect(Object.keys(texts).filter((action) => !Object.hasOwn(statTexts, action))).toEqual([]);
  });

  it('is what the window speaks when the settings say so, failures included', async () => {
    const transport = createFakeTransport({
      answers: {
        'apps.list': () => {
          throw failure('HOST_UNREACHABLE');
        },
        'server.status': () => aServerStatus(),
        'settings.get': () => someSettings({ language: 'fr' }),
        'jobs.list': () => [],
        'builds.recent': () => [],
        'watches.list': () => [],
      },
    });
    renderApp(transport);
    expect(await screen.findByRole('heading', { level: 1, name: 'Versions' })).toBeTruthy();
    expect(await screen.findByText('Le Slipway en marche ne répond pas.')).toBeTruthy();
    expect(document.documentElement.lang).toBe('fr');
  });
});

describe('a number and the words beside it', () => {
  const all = [english, french.catalogue, ...coreTexts, ...Object.values(frenchTexts), stats.texts].flatMap((texts) =>
    sentences(texts as Words),
  );

  it('never leave the plural to the reader', () => {
    expect(all.filter(([, sentence]) => /\p{L}\((s|es|x)\)/u.test(sentence))).toEqual([]);
  });

  it('name the number as the sentence does, and have words for one and for more', () => {
    const choices = all.flatMap(([path, sentence]) =>
      [...sentence.matchAll(/\{(\w+)\|[^}]*\}/g)].map(([choice, name = '']) => ({ path, sentence, choice, name })),
    );
    expect(choices.length).toBeGreaterThan(20);
    const wrong = choices.filter(
      ({ sentence, choice, name }) => !sentence.includes(`{${name}}`) || !/^\{\w+\|[^|{}]+\|[^|{}]+\}$/.test(choice),
    );
    expect(wrong).toEqual([]);
  });

  it('agree as each language counts', () => {
    const warnings = (count: number, language: string) =>
      fill(
        (language === 'fr' ? french.sentences.errors : errorTexts).BUILD_HAS_WARNINGS.message,
        { count },
        unitsOf(language),
      );
    expect([0, 1, 2].map((count) => warnings(count, 'en'))).toEqual([
      'The build has 0 warnings.',
      'The build has 1 warning.',
      'The build has 2 warnings.',
    ]);
    expect([0, 1, 2].map((count) => warnings(count, 'fr'))).toEqual([
      'Le build a 0 avertissement.',
      'Le build a 1 avertissement.',
      'Le build a 2 avertissements.',
    ]);
  });
});

describe('languageOf', () => {
  it('takes the first language of the system that there is a catalogue for', () => {
    expect(languageOf('system', ['de-CH', 'fr-CH', 'en'])).toBe('fr');
    expect(languageOf('system', ['de', 'en-GB', 'fr'])).toBe('en');
    expect(languageOf('system', [])).toBe('en');
    expect(languageOf('en', ['fr'])).toBe('en');
  });
});
