import type { Catalogue } from '../english.ts';

export const vault = {
  kind: {
    keychain: 'Les clés privées sont dans le trousseau du système',
    file: 'Les clés privées sont dans un fichier à vous',
    passphrase: 'Les clés privées sont sous une phrase secrète',
    undecided: 'Personne n’a encore choisi comment garder les clés privées',
  },
  kindHint: {
    keychain: 'Scellées par le système pour votre utilisateur.',
    file: 'Scellées par le fichier secrets.key du dossier de données, que vous seul pouvez lire. Une phrase secrète les protège aussi de vos autres programmes.',
    passphrase:
      'Scellées par une clé que seule la phrase secrète ouvre. Elle est ouverte jusqu’à la fin de Slipway, ou jusqu’à ce que vous verrouilliez.',
    undecided: 'À choisir avant de garder la première clé privée.',
  },
  noKeychain: '(pas de trousseau : {{backend}})',
  locked: 'Les clés privées sont verrouillées',
  lockedHint:
    'Saisissez la phrase secrète pour chiffrer, créer, importer, exporter ou sauvegarder des clés. Les téléphones sont servis quand même.',
  unlock: 'Déverrouiller',
  unlocked: 'Les clés privées sont déverrouillées.',
  passphrase: 'Phrase secrète',
  undecided: 'Comment garder les clés privées ?',
  undecidedHint:
    'Ce système n’offre pas de trousseau qui protège quoi que ce soit (il nomme « {{backend}} »). Choisissez une phrase secrète, ou gardez les clés dans un fichier que vous seul pouvez lire.',
  protectHint:
    'Elle est demandée une fois après chaque démarrage. Personne ne peut la retrouver : gardez ailleurs une sauvegarde des clés.',
  protectAction: 'Mettre la phrase secrète',
  keepFile: 'Les garder dans un fichier',
  protected: 'Les clés privées sont maintenant sous la phrase secrète.',
  unprotected: 'Les clés privées sont maintenant gardées dans un fichier.',
  set: 'Mettre une phrase secrète…',
  change: 'Changer la phrase secrète…',
  lockNow: 'Verrouiller maintenant',
  remove: 'Enlever la phrase secrète…',
  setTitle: 'Mettre les clés privées sous une phrase secrète',
  changeTitle: 'Changer la phrase secrète',
  removeTitle: 'Enlever la phrase secrète ?',
  removeBody:
    'Les clés privées sont alors scellées par un fichier que vous seul pouvez lire : vos autres programmes pourraient les ouvrir.',
  removeAction: 'Enlever la phrase secrète',
  isLocked: 'Les clés privées sont verrouillées.',
} as const satisfies Catalogue['vault'];
