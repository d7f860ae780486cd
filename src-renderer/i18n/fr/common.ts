import type { Catalogue } from '../english.ts';

export const common = {
  cancel: 'Annuler',
  close: 'Fermer',
  retry: 'Réessayer',
  copy: 'Copier',
  copyOf: 'Copier {{label}}',
  copied: 'Copié',
  copyFailed: 'Copie impossible. Sélectionnez le texte et copiez-le à la main.',
  copyDetails: 'Copier les détails',
  none: 'Aucun',
  unknown: 'Inconnu',
  live: 'En ligne',
  justNow: 'à l’instant',
  error: 'Erreur',
  warning: 'Attention',
  info: 'Note',
  files_one: '{{count}} fichier',
  files_other: '{{count}} fichiers',
  devices_one: '{{count}} appareil',
  devices_other: '{{count}} appareils',
  crash: {
    title: 'Cet écran s’est arrêté.',
    hint: 'Vos données sont sauves. Rouvrez l’écran ; si cela se reproduit, copiez les détails dans un rapport.',
    again: 'Le rouvrir',
  },
} as const satisfies Catalogue['common'];
