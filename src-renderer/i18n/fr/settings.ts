import type { Catalogue } from '../english.ts';

export const settings = {
  title: 'Réglages',
  server: {
    title: 'Écoute des appareils',
    intro:
      'Les téléphones joignent Slipway ici. Un changement redémarre l’écoute ; les téléphones configurés avec un autre port ont besoin de la nouvelle adresse.',
    host: 'Adresse',
    hostHint: '0.0.0.0 écoute sur toutes les adresses de cette machine.',
    port: 'Port',
    portHint: '1 à 65535 ; 0 prend un port libre.',
    portInvalid: 'Un nombre entier de 0 à 65535.',
    hostMissing: 'Une adresse est nécessaire ; 0.0.0.0 les prend toutes.',
    apply: 'Appliquer',
    applied: 'À l’écoute sur {{address}}.',
    now: 'Maintenant',
    revert: 'Revenir en arrière',
  },
  data: {
    title: 'Dossier de données',
    intro: 'Les versions, les appareils et le journal sont gardés ici, et nulle part ailleurs.',
    path: 'Dossier',
    reveal: 'Montrer dans le gestionnaire de fichiers',
    change: 'Pour en utiliser un autre, démarrez Slipway avec',
    move: 'Pour le déplacer, quittez Slipway, déplacez le dossier et démarrez avec son nouveau chemin.',
  },
  log: {
    title: 'Journal',
    intro:
      'Requêtes et rapports des appareils. Les lignes les plus anciennes partent d’abord, dès qu’une limite est atteinte.',
    rows: 'Lignes au plus',
    rowsChoice: '{{rows}} lignes',
    days: 'Âge au plus',
    daysChoice_one: '{{count}} jour',
    daysChoice_other: '{{count}} jours',
    figures: 'Les chiffres sont gardés 30 jours, même si le journal est plus court.',
  },
  look: {
    title: 'Apparence',
    scheme: 'Couleurs',
    system: 'Comme le système',
    light: 'Clair',
    dark: 'Sombre',
    language: 'Langue',
    english: 'English',
    french: 'Français',
  },
  about: {
    title: 'À propos',
    version: 'Version',
    host: 'Tourne comme',
    hostKind: {
      desktop: 'Fenêtre de bureau',
      headless: 'Programme sans fenêtre, avec cette page',
      cli: 'Ligne de commande',
    },
    licence: 'Licence',
  },
} as const satisfies Catalogue['settings'];
