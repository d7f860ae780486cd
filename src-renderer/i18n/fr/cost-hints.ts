import type { CostHintCode } from '#contract/models/delta.ts';

/** Ce qui alourdit un téléchargement et ce qu’on peut y faire ; l’anglais est dans contract/texts/cost-texts.ts. */
export const costHints = {
  RENAMED_UNCHANGED: {
    message:
      '{count} {count|fichier a|fichiers ont} un autre nom mais le même contenu qu’avant ; les appareils {count|le|les} retéléchargent.',
    fix: 'Laissez le bundler nommer les fichiers d’après leur seul contenu, et gardez à part ce qui change à chaque build.',
  },
  SOURCE_MAPS: {
    message: '{count} {count|source map fait|source maps font} partie du build.',
    fix: 'Enlevez-les du build de production : aucun appareil ne s’en sert.',
  },
  MEDIA_UNCOMPRESSED: {
    message: '{count} {count|média est|médias sont} dans une forme jamais compressée.',
    fix: 'Convertissez-les : PNG ou WebP au lieu de BMP et TIFF, AAC au lieu de WAV, WOFF2 au lieu de TTF.',
  },
  DELTA_OFF: {
    message: 'La release n’a pas de delta : chaque appareil télécharge le bundle entier.',
    fix: 'Publiez sans --no-delta.',
  },
  PLUGINS_WITHOUT_DELTA: {
    message: '{count} {count|appareil a|appareils ont} un plugin qui ne prend que des bundles entiers.',
    fix: 'Livrez l’application avec un @capgo/capacitor-updater plus récent : 6.25, 7.0.38, 8 ou plus.',
  },
} as const satisfies Record<CostHintCode, { readonly message: string; readonly fix: string }>;
