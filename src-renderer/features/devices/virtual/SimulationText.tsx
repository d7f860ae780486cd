import { useTranslation } from 'react-i18next';

import type { SimulationStep } from '#contract/models/virtual-device.ts';
import { isKnownRefusal } from '#renderer/components/refusal-code.ts';
import { simulationSentence } from '#renderer/i18n/failure-text.ts';

/**
 * What a virtual device did, in the person's language; in English where an older program wrote nothing but that. Servers
 * speak English: for what the codes of ours say there are words.
 */
export function SimulationText({ detail, sentences }: Pick<SimulationStep, 'detail' | 'sentences'>) {
  const { t, i18n } = useTranslation('devices');
  if (i18n.language.startsWith('en')) return detail;
  if (sentences === undefined) return <span lang="en">{detail}</span>;
  return sentences
    .map(({ code, params }) => {
      const error = code === 'SERVER_SAID' ? String(params['error']) : '';
      const said = isKnownRefusal(error) ? { message: t(`refusal.${error}`) } : {};
      return simulationSentence({ code, params: { ...params, ...said } }, i18n.language);
    })
    .join(' ');
}
