import type { storageTexts } from '#contract/texts/storage-texts.ts';

/** What a check of the store finds, in French. */
export const storageFindings = {
  DATABASE_DAMAGED: {
    message: 'La base de données est abîmée : {reason}.',
    fix: 'Restaurez une sauvegarde. D’ici là, ne publiez rien de nouveau.',
  },
  FILE_MISSING: {
    message: 'Un fichier de {versions} manque.',
    fix: 'Restaurez une sauvegarde, ou publiez de nouveau le build sous un autre numéro et supprimez {versions}. D’ici là, les téléphones sont refusés.',
  },
  FILE_DAMAGED: {
    message: 'Un fichier de {versions} contient d’autres octets que ceux publiés.',
    fix: 'Restaurez une sauvegarde, ou publiez de nouveau le build sous un autre numéro et supprimez {versions}. Les téléphones le refusent à sa somme de contrôle.',
  },
  FILE_UNREADABLE: {
    message: 'Un fichier de {versions} ne peut pas être lu : {reason}.',
    fix: 'Vérifiez ses droits et le disque ; s’il reste illisible, publiez de nouveau le build sous un autre numéro.',
  },
  FILE_FOREIGN: {
    message: 'Ce fichier n’est pas de Slipway.',
    fix: 'Déplacez-le si vous en avez besoin : le nettoyage le supprime.',
  },
  FILE_UNUSED: {
    message: 'Plus aucune version n’a besoin de ce fichier.',
    fix: 'Le nettoyage (`slipway gc`) libère sa place.',
  },
} as const satisfies Record<keyof typeof storageTexts, { readonly message: string; readonly fix: string }>;
