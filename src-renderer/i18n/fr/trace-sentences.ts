import type { TraceStep } from '#contract/models/activity.ts';

import type { StepSentences } from '../trace-text.ts';

type Say = (values: Values, step: TraceStep) => StepSentences;
/** Values that the sentences name; empty where the step does not have one. */
const blank = {
  action: '',
  app_id: '',
  bundle_key_id: '',
  channel: '',
  comparable: '',
  defaultChannel: '',
  device_id: '',
  device_key_id: '',
  expected: '',
  min_update_version: '',
  native: '',
  offered: '',
  override: '',
  percentage_bps: '',
  platform: '',
  plugin_version: '',
  policy: '',
  protected: '',
  reason: '',
  rollout: '',
  running: '',
  selected: '',
  target: '',
  version: '',
  version_build: '',
  version_name: '',
} as const;
type Values = { readonly [Name in keyof typeof blank]: string };

/** A step that stopped, and its remedy. */
function stop(say: (values: Values) => readonly [detail: string, remedy: string]): Say {
  return (values, { outcome }) => {
    if (outcome !== 'stop') return null;
    const [detail, remedy] = say(values);
    return { detail, remedy };
  };
}

/** One sentence for a step that passed. */
function passed(say: (values: Values) => string | null): Say {
  return (values, { outcome }) => {
    const detail = outcome === 'pass' ? say(values) : null;
    return detail === null ? null : { detail };
  };
}

/** The first that has words. */
function either(...says: readonly Say[]): Say {
  return (values, step) => {
    for (const say of says) {
      const found = say(values, step);
      if (found !== null) return found;
    }
    return null;
  };
}

function gate(what: string, many: string): Say {
  return either(
    stop(({ channel }) => [`C’est ${what}, et le canal ${channel} n’en sert pas.`, `Servir ${many} sur ${channel}.`]),
    passed(() => 'Cette règle ne l’arrête pas.'),
  );
}

const failedBefore = stop(({ version, action }) => [
  `${version} a échoué sur cet appareil (${action}) ; proposée de nouveau, elle échouerait à chaque demande.`,
  'Publier un build corrigé sous une nouvelle version, ou proposer celle-ci de nouveau.',
]);

/** A failure that iOS never tries again: protocol/clients.md §6.5. */
const wedged = stop(({ version }) => [
  `Les fichiers de ${version} ne sont pas arrivés entiers, et iOS n’essaie jamais la même version deux fois.`,
  'Publier le build sous une nouvelle version, ou réinstaller l’application.',
]);

function policyPassed({ policy }: Values): string {
  if (policy === '') return 'Les règles du canal ne jouent pas ici.';
  return policy === 'none'
    ? 'Le canal permet toute version.'
    : `La règle du canal est « ${policy} », et elle le permet.`;
}

function policy(sentence: (values: Values) => string): Say {
  return either(
    stop((values) => [
      sentence(values),
      `Permettre toute version sur ${values.channel}, ou installer une application de cette version.`,
    ]),
    passed(policyPassed),
  );
}

/**
 * What the core's rules say, by rule: the stops, which people read, and the passes that tell most. The others keep
 * the core's English.
 */
const sentences: Readonly<Record<string, Say>> = {
  'request.body': passed(() => 'Le corps est un objet JSON.'),
  'version.running': passed(({ version_name, version_build }) =>
    version_name === '' || version_name === 'builtin' || version_name === version_build
      ? 'Il fait tourner le bundle d’origine.'
      : `Il fait tourner ${version_name}.`,
  ),
  'client.plugin': passed(({ plugin_version }) =>
    plugin_version === '' ? 'La version du plugin n’est pas dite.' : `Il a le plugin ${plugin_version}.`,
  ),
  'request.app_id': passed(({ expected, app_id }) => (app_id === expected ? `L’application est ${expected}.` : null)),
  'request.device_id': passed(({ device_id }) => `L’appareil est ${device_id}.`),
  'request.platform': passed(({ platform }) => `La plateforme est ${platform}.`),
  'version.native': passed(({ version_build, comparable }) =>
    version_build === comparable ? `La version native est ${version_build}.` : null,
  ),
  'device.override': either(
    stop(() => ['Quelqu’un a bloqué cet appareil.', 'Débloquer l’appareil.']),
    passed(({ override, version, channel }) => {
      if (override === 'builtin') return 'Quelqu’un a renvoyé cet appareil au bundle d’origine.';
      if (override === 'release') return `Quelqu’un a choisi ${version} pour cet appareil.`;
      if (override === 'channel') return `Quelqu’un a attaché cet appareil au canal ${channel}.`;
      return 'Personne n’a rien décidé pour cet appareil.';
    }),
  ),
  'channel.select': either(
    stop(({ defaultChannel, reason, platform, channel }) => {
      if (reason === 'private') {
        return [
          `Il demande le canal ${defaultChannel}, que les appareils ne peuvent pas choisir eux-mêmes.`,
          `Laisser les appareils choisir ${defaultChannel}, ou y attacher celui-ci.`,
        ];
      }
      if (reason === 'platform') {
        return [
          `Il demande le canal ${defaultChannel}, qui n’est pas pour ${platform}.`,
          `Servir ${platform} sur ${defaultChannel}.`,
        ];
      }
      return [
        `Aucun canal n’est public pour ${platform}.`,
        `Rendre un canal public pour ${platform}, par exemple ${channel}.`,
      ];
    }),
    passed(({ defaultChannel, channel }) => {
      if (channel === '') return 'Aucun canal n’est consulté : quelqu’un a décidé pour cet appareil.';
      if (defaultChannel === channel) return `Il demande le canal ${channel}.`;
      if (defaultChannel === '') return `Il ne demande aucun canal ; ${channel} décide.`;
      return `Il demande le canal « ${defaultChannel} » ; ${channel} décide.`;
    }),
  ),
  'channel.rollout': passed(({ rollout, percentage_bps, selected }) => {
    if (rollout === '') return 'Rien n’est déployé progressivement.';
    const share = `${(Number(percentage_bps) / 100).toLocaleString('fr')} % des appareils`;
    return selected === 'true'
      ? `${rollout} est déployée pour ${share}, et cet appareil l’a.`
      : `${rollout} est déployée pour ${share} ; cet appareil n’en est pas.`;
  }),
  'channel.target': either(
    stop(({ channel }) => [`Le canal ${channel} ne propose encore rien.`, `Publier une version sur ${channel}.`]),
    passed(({ channel, target }) =>
      channel === '' || target === 'builtin' ? null : `Le canal ${channel} propose ${target}.`,
    ),
  ),
  'release.file': either(
    stop(({ version }) => [`La version ${version} n’est plus là.`, 'Publier de nouveau une version sur le canal.']),
    passed(({ version }) => (version === '' ? 'Aucun fichier n’est nécessaire.' : `Le fichier de ${version} est là.`)),
  ),
  'release.key': either(
    stop(({ device_key_id, bundle_key_id }) => {
      if (bundle_key_id === '') {
        return [
          `L’application a la clé ${device_key_id}, et la version n’est pas chiffrée.`,
          `Publier la version chiffrée avec la clé ${device_key_id}, ou construire l’application sans publicKey.`,
        ];
      }
      if (device_key_id === '') {
        return [
          `La version est chiffrée avec la clé ${bundle_key_id}, et l’application n’a pas de clé.`,
          `Construire l’application avec la clé publique ${bundle_key_id}, ou publier sans chiffrement.`,
        ];
      }
      return [
        `L’application a la clé ${device_key_id}, et la version est chiffrée avec ${bundle_key_id}.`,
        `Chiffrer avec la clé ${device_key_id}, ou construire l’application avec la clé publique ${bundle_key_id}.`,
      ];
    }),
    passed(({ device_key_id, bundle_key_id }) =>
      device_key_id !== bundle_key_id
        ? null
        : bundle_key_id === ''
          ? 'Ni la version ni l’application n’ont de clé.'
          : `Les deux ont la clé ${bundle_key_id}.`,
    ),
  ),
  'version.up_to_date': (values, { outcome }) =>
    outcome === 'stop'
      ? { detail: `Il fait déjà tourner ${values.offered}.` }
      : values.running === ''
        ? null
        : { detail: `Il fait tourner ${values.running}, et non ${values.offered}.` },
  'policy.platform': either(
    stop(({ platform, channel }) => [
      `Le canal ${channel} ne sert pas ${platform}.`,
      `Servir ${platform} sur ${channel}.`,
    ]),
    passed(({ platform }) => (platform === '' ? null : `Le canal sert ${platform}.`)),
  ),
  'policy.major': policy(
    ({ offered, native }) => `${offered} est une version majeure au-dessus de la version native ${native}.`,
  ),
  'policy.minor': policy(
    ({ offered, native }) => `${offered} a une autre version majeure ou mineure que la native ${native}.`,
  ),
  'policy.patch': policy(({ offered, native }) => `${offered} est une autre version que la native ${native}.`),
  'policy.private': either(
    stop(({ channel }) => [`Le canal ${channel} est privé.`, `Laisser les appareils choisir ${channel}.`]),
    passed(() => 'Les appareils peuvent avoir ce canal.'),
  ),
  'policy.version_number': either(
    stop(({ offered, native, min_update_version, channel }) =>
      min_update_version === ''
        ? [
            `Le canal ${channel} demande une version native et ne dit pas laquelle.`,
            'Indiquer la version native dont la version a besoin.',
          ]
        : [
            `${offered} a besoin de la version native ${min_update_version} ; celle-ci est ${native}.`,
            `Installer l’application ${min_update_version}, ou ne demander que ${native} sur ${channel}.`,
          ],
    ),
    passed(policyPassed),
  ),
  'policy.under_native': either(
    stop(({ offered, native, channel }) => [
      `${offered} est inférieure à la version native ${native}, dont le bundle est plus récent.`,
      `Publier une version au-dessus de ${native}, ou permettre des versions inférieures sur ${channel}.`,
    ]),
    passed(({ protected: isProtected, offered, native }) =>
      isProtected === 'false'
        ? 'Le canal propose aussi ce qui est inférieur à la version native.'
        : native === '' || offered === 'builtin'
          ? null
          : `${offered} n’est pas inférieure à la version native ${native}.`,
    ),
  ),
  'policy.prod': gate('un build de production', 'les builds de production'),
  'policy.dev': gate('un build de développement', 'les builds de développement'),
  'policy.device': gate('un appareil réel', 'les appareils réels'),
  'policy.emulator': gate('un émulateur', 'les émulateurs'),
  'release.plugin': passed(() => 'Le plugin sait vérifier le bundle.'),
  'release.failed_before': either(
    (values, step) => (step.action?.kind === 'publish' ? wedged : failedBefore)(values, step),
    passed(() => 'Elle n’a jamais échoué sur cet appareil.'),
  ),
  'update.builtin': passed(({ plugin_version }) =>
    plugin_version === '' ? 'Il n’est pas renvoyé au bundle d’origine.' : 'Il est renvoyé au bundle d’origine.',
  ),
  'update.offer': passed(({ version }) => `${version} lui est proposée.`),
};

/** Values as words. The channel of a remedy stands for one that the values do not name. */
function wordsOf({ values, action }: TraceStep): Values {
  const words = Object.entries(values).flatMap(([name, value]) =>
    value === null ? [] : [[name, String(value)] as const],
  );
  const channel = action !== undefined && 'channel' in action ? { channel: action.channel } : {};
  return { ...blank, ...channel, ...Object.fromEntries(words) };
}

export function traceSentences(step: TraceStep): StepSentences {
  return sentences[step.rule]?.(wordsOf(step), step) ?? null;
}
