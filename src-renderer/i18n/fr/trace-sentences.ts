import type { TraceStep } from '#contract/models/activity.ts';

import type { StepSentences } from '../trace-text.ts';

type Say = (values: Values, step: TraceStep) => StepSentences;
/** Values that the sentences name; empty where the step does not have one. */
const blank = {
  action: '',
  app_id: '',
  by: '',
  bundle_key_id: '',
  channel: '',
  checksum: '',
  comparable: '',
  decision: '',
  defaultChannel: '',
  device_id: '',
  device_key_id: '',
  enabled: '',
  expected: '',
  failed: '',
  is_on_builtin: '',
  min_update_version: '',
  native: '',
  offered: '',
  override: '',
  percentage_bps: '',
  platform: '',
  plugin_version: '',
  policy: '',
  protected: '',
  reading: '',
  reason: '',
  rollout: '',
  running: '',
  selected: '',
  target: '',
  version: '',
  version_build: '',
  version_name: '',
  wedged: '',
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

const noChannelRules = 'Quelqu’un a décidé pour cet appareil ; les règles du canal ne jouent pas ici.';
const alwaysBuiltin = 'Le bundle d’origine est toujours permis.';
const incomparable = 'La version native ne dit rien à quoi comparer.';

function policyPassed({ policy, offered }: Values): string {
  if (policy === '') return offered === '' ? noChannelRules : offered === 'builtin' ? alwaysBuiltin : incomparable;
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

const emptyObject = ['Le corps est un objet JSON vide.', 'Envoyer ce que clients.md §1.2 dit de l’appareil.'] as const;

const unreadable: Readonly<Record<string, readonly [detail: string, remedy: string]>> = {
  invalid_json: [
    'Le corps n’est pas du JSON.',
    'Ce qui a envoyé ceci n’est pas un client de mise à jour, ou quelque chose en chemin a changé le corps.',
  ],
  too_large: [
    'Le corps est plus grand que toute demande de mise à jour.',
    'Ce qui a envoyé ceci n’est pas un client de mise à jour.',
  ],
  empty: ['Le corps est vide.', 'Une demande de mise à jour est un POST avec un objet JSON.'],
  not_an_object: [
    'Le corps est du JSON, mais pas un objet.',
    'Une demande de mise à jour est un POST avec un seul objet JSON ; les listes vont à l’adresse des rapports.',
  ],
};

function comparedVersions({ running, offered }: Values): string {
  if (offered === '') return 'Il n’y a pas de version à comparer.';
  return running === '' ? 'On ne sait pas ce qu’il fait tourner.' : `Il fait tourner ${running}, et non ${offered}.`;
}

/** What the core's rules say, by rule. Rules of a later program keep the core's English. */
const sentences: Readonly<Record<string, Say>> = {
  'request.body': either(
    stop(({ reason }) => unreadable[reason] ?? emptyObject),
    passed(() => 'Le corps est un objet JSON.'),
  ),
  'version.running': passed(({ version_name, version_build }) =>
    version_name === '' || version_name === 'builtin' || version_name === version_build
      ? 'Il fait tourner le bundle d’origine.'
      : `Il fait tourner ${version_name}.`,
  ),
  'client.plugin': either(
    stop(({ plugin_version }) => [
      `Le plugin ${plugin_version} (v4) n’est plus pris en charge : il faut la 5.10.0 ou plus récent.`,
      'Mettre à jour @capgo/capacitor-updater et reconstruire l’application.',
    ]),
    passed(({ plugin_version }) =>
      plugin_version === '' ? 'La version du plugin n’est pas dite.' : `Il a le plugin ${plugin_version}.`,
    ),
  ),
  'request.app_id': either(
    stop(({ app_id, expected }) => [
      `L’appareil dit qu’il est ${app_id}, mais son adresse est celle de ${expected}.`,
      `Donner à cette application les adresses de ${app_id} (Connexion), ou mettre plugins.CapacitorUpdater.appId à ${expected} si c’est la même.`,
    ]),
    passed(({ expected, app_id }) => {
      if (app_id === expected) return `L’application est ${expected}.`;
      return app_id === ''
        ? `La requête ne nomme pas d’application ; son adresse est celle de ${expected}.`
        : `L’application est ${expected} ; l’appareil l’écrit ${app_id}.`;
    }),
  ),
  'request.device_id': either(
    stop(() => [
      'La requête n’a pas de device_id utilisable.',
      'Chaque client en envoie un ; ce qui a envoyé ceci n’est pas un client de mise à jour.',
    ]),
    passed(({ device_id }) => `L’appareil est ${device_id}.`),
  ),
  'request.platform': passed(({ platform }) => {
    if (/^(ios|android|electron)$/.test(platform)) return `La plateforme est ${platform}.`;
    return platform === ''
      ? 'La requête ne nomme pas de plateforme ; il est servi comme un téléphone. Capgo le refuserait.'
      : `La plateforme « ${platform} » est inconnue ; il est servi comme un téléphone. Capgo le refuserait.`;
  }),
  'version.native': passed(({ version_build, comparable, reading }) => {
    if (version_build === '') return 'La requête ne dit pas la version native ; ses règles ne jouent pas.';
    if (version_build === comparable) return `La version native est ${version_build}.`;
    if (comparable === '') {
      return `La version native ${version_build} ne peut pas être comparée ; ses règles ne jouent pas. Capgo la refuserait (semver_error).`;
    }
    return reading === 'coerced'
      ? `La version native ${version_build} est lue comme ${comparable} ; Capgo la refuserait (semver_error).`
      : `La version native ${version_build} compte comme ${comparable}.`;
  }),
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
      if (reason === 'none') return ['L’application n’a pas de canal.', 'Créer un canal.'];
      return [
        `Aucun canal n’est public pour ${platform}.`,
        `Rendre un canal public pour ${platform}, par exemple ${channel}.`,
      ];
    }),
    passed(({ defaultChannel, channel, by }) => {
      if (by === 'tied') return `Il est attaché au canal ${channel}.`;
      if (by === 'kept') return `Il a choisi le canal ${channel}, gardé ici pour son ancien plugin.`;
      if (channel === '') return 'Aucun canal n’est consulté : quelqu’un a décidé pour cet appareil.';
      if (defaultChannel === channel) return `Il demande le canal ${channel}.`;
      if (defaultChannel === '') return `Il ne demande aucun canal et a le public, ${channel}.`;
      return `Il demande le canal « ${defaultChannel} », qui n’existe pas, et a le public, ${channel}. Capgo répondrait no_channel.`;
    }),
  ),
  'channel.rollout': passed(({ rollout, percentage_bps, selected, decision, failed }) => {
    if (rollout === '') return 'Rien n’est déployé progressivement.';
    if (failed !== '') return `${rollout} est déployée, mais a échoué sur cet appareil ; il a ce que les autres ont.`;
    if (decision === 'disabled') return `Le déploiement de ${rollout} est coupé.`;
    if (decision === 'percentage_zero') return `Le déploiement de ${rollout} est à 0 %.`;
    if (decision === 'already_on_rollout') return `${rollout} est déployée, et il la fait déjà tourner.`;
    if (decision === 'paused') return `Le déploiement de ${rollout} est en pause.`;
    const share = `${(Number(percentage_bps) / 100).toLocaleString('fr')} % des appareils`;
    return selected === 'true'
      ? `${rollout} est déployée pour ${share}, et cet appareil l’a.`
      : `${rollout} est déployée pour ${share} ; cet appareil n’en est pas.`;
  }),
  'channel.target': either(
    stop(({ channel }) => [`Le canal ${channel} ne propose encore rien.`, `Publier une version sur ${channel}.`]),
    passed(({ channel, target }) => {
      const what = target === 'builtin' ? 'le bundle d’origine' : target;
      return channel === '' ? `Le choix pour cet appareil propose ${what}.` : `Le canal ${channel} propose ${what}.`;
    }),
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
    passed(({ device_key_id, bundle_key_id, reason }) => {
      if (reason === 'none') return 'Il n’y a pas de bundle à ouvrir.';
      if (reason === 'running') return 'Il fait déjà tourner ce bundle.';
      if (device_key_id !== bundle_key_id) return 'Le plugin ne dit pas de façon sûre quelle clé l’application a.';
      return bundle_key_id === ''
        ? 'Ni la version ni l’application n’ont de clé.'
        : `Les deux ont la clé ${bundle_key_id}.`;
    }),
  ),
  'version.up_to_date': (values, { outcome }) =>
    outcome === 'stop' ? { detail: `Il fait déjà tourner ${values.offered}.` } : { detail: comparedVersions(values) },
  'policy.platform': either(
    stop(({ platform, channel }) => [
      `Le canal ${channel} ne sert pas ${platform}.`,
      `Servir ${platform} sur ${channel}.`,
    ]),
    passed(({ platform }) => {
      if (platform === '') return noChannelRules;
      return platform === 'unknown'
        ? 'La plateforme est inconnue, aucune règle ne joue.'
        : `Le canal sert ${platform}.`;
    }),
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
    passed(({ channel }) => (channel === '' ? noChannelRules : 'Les appareils peuvent avoir ce canal.')),
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
        : offered === '' || native === '' || offered === 'builtin'
          ? policyPassed({ ...blank, offered })
          : `${offered} n’est pas inférieure à la version native ${native}.`,
    ),
  ),
  'policy.prod': gate('un build de production', 'les builds de production'),
  'policy.dev': gate('un build de développement', 'les builds de développement'),
  'policy.device': gate('un appareil réel', 'les appareils réels'),
  'policy.emulator': gate('un émulateur', 'les émulateurs'),
  'release.plugin': either(
    stop(({ plugin_version, checksum }) =>
      checksum === 'crc32'
        ? [
            `Le plugin ${plugin_version} vérifie par CRC32, et la version a une empreinte SHA-256.`,
            'Passer le plugin à la 6.1.18, la 7.0.2 ou plus récent, et reconstruire l’application.',
          ]
        : [
            `Le plugin ${plugin_version} ne lit pas l’empreinte chiffrée de la version, au format v3.`,
            'Publier avec --format v2, ou passer le plugin à la 7.30.0 ou plus récent et reconstruire l’application.',
          ],
    ),
    passed(({ checksum }) => (checksum === '' ? 'Il n’y a pas de bundle.' : 'Le plugin sait vérifier le bundle.')),
  ),
  'release.failed_before': either(
    (values, step) =>
      (values.wedged === 'true' || step.action?.kind === 'publish' ? wedged : failedBefore)(values, step),
    passed(({ version }) =>
      version === '' ? 'Rien n’a échoué sur cet appareil.' : `${version} n’a jamais échoué sur cet appareil.`,
    ),
  ),
  'update.builtin': either(
    stop(({ is_on_builtin, plugin_version }) =>
      is_on_builtin === 'true'
        ? ['Le bundle d’origine est proposé, et c’est lui qu’il fait tourner.', '']
        : [
            `Le plugin ${plugin_version} ne comprend pas le retour au bundle d’origine.`,
            'Passer le plugin à la 6.2.0, la 7.0.2 ou plus récent, ou publier l’ancien build sous une nouvelle version.',
          ],
    ),
    passed(({ is_on_builtin }) =>
      is_on_builtin === '' ? 'Il n’est pas renvoyé au bundle d’origine.' : 'Il est renvoyé au bundle d’origine.',
    ),
  ),
  'update.offer': either(
    stop(() => ['Il n’y a rien à proposer.', '']),
    passed(({ version }) => `${version} lui est proposée.`),
  ),
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
