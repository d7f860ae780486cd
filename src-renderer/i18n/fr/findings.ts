import type { FindingCode } from '#contract/models/finding.ts';

/** What was found and how to mend it; the English is contract/texts/finding-texts.ts. */
export const findings = {
  INDEX_HTML_MISSING: {
    message: 'Il n’y a pas d’index.html à la racine.',
    fix: 'Donnez le dossier que votre build écrit (souvent dist, www ou build) ; sans lui les téléphones rejettent le bundle sans rien dire.',
  },
  INDEX_HTML_NESTED: {
    message: 'index.html est dans « {root} » ; ce dossier devient la racine.',
    fix: 'Rien à faire. Donnez directement ce dossier pour éviter cette note.',
  },
  NOTIFY_APP_READY_MISSING: {
    message: 'Aucun script n’appelle notifyAppReady().',
    fix: 'Appelez CapacitorUpdater.notifyAppReady() quand votre application a démarré ; sans cela chaque téléphone revient en arrière.',
  },
  REFERENCED_FILE_MISSING: {
    message: 'index.html nomme « {url} », que le build n’a pas.',
    fix: 'Refaites le build ou corrigez la référence ; l’application démarrerait sans ce fichier.',
  },
  REFERENCED_FILE_ABOVE_ROOT: {
    message: 'index.html nomme « {url} », hors du bundle ; « {found} » existe.',
    fix: 'Dans Capacitor, / est la racine du bundle. Construisez avec une base « / » ou « ./ » (Vite : base, Angular : --base-href).',
  },
  REFERENCED_FILE_CASE: {
    message: 'index.html nomme « {url} », mais le fichier s’appelle « {found} ».',
    fix: 'Écrivez les deux pareil : les téléphones distinguent majuscules et minuscules, même si votre ordinateur ne le fait pas.',
  },
  REFERENCED_ASSET_MISSING: {
    message: 'index.html nomme « {url} », que le build n’a pas.',
    fix: 'Ajoutez le fichier ou enlevez la référence ; l’application démarre sans lui, mais il manquera quelque chose.',
  },
  BUILD_EMPTY: {
    message: 'Il n’y a aucun fichier dans le build.',
    fix: 'Construisez d’abord votre application web, puis donnez son dossier de sortie.',
  },
  BUILD_LARGE: {
    message:
      'Le build fait {megabytes} Mio ; au-delà de {limitMegabytes} Mio les téléchargements échouent souvent sur les liaisons lentes.',
    fix: 'Compressez images et vidéos, enlevez les source maps, chargez les gros médias depuis un serveur. iOS s’arrête après 25 s par défaut.',
  },
  FILE_LARGE: {
    message: 'Ce fichier fait à lui seul {megabytes} Mio.',
    fix: 'Pensez à le compresser ou à le charger au besoin.',
  },
  TOO_MANY_FILES: {
    message: 'Le build a {count} fichiers.',
    fix: 'Les téléphones les décompressent un à un ; regroupez icônes et langues en moins de fichiers si possible.',
  },
  NAME_BACKSLASH: {
    message: 'Le nom contient une barre oblique inverse.',
    fix: 'Renommez-le : les téléphones abandonnent toute la mise à jour (windows_path_fail). Un zip fait sous Windows se répare en donnant le dossier.',
  },
  NAME_CONTROL_CHARACTER: {
    message: 'Le nom contient un caractère de contrôle.',
    fix: 'Renommez-le : les téléphones abandonnent toute la mise à jour.',
  },
  NAME_ESCAPES_ROOT: {
    message: 'Le nom sort du dossier.',
    fix: 'Renommez-le : les téléphones abandonnent toute la mise à jour (canonical_path_fail).',
  },
  NAME_ABSOLUTE: {
    message: 'Le nom est un chemin absolu.',
    fix: 'Refaites le zip avec des noms relatifs, ou donnez le dossier.',
  },
  NAME_CASE_CLASH: {
    message: 'Le nom ne diffère de « {other} » que par la casse ou la forme des accents.',
    fix: 'Renommez l’un des deux : iPhone, macOS et Windows n’en gardent qu’un.',
  },
  NAME_TOO_LONG: {
    message: 'Le nom a {bytes} octets dans une partie ou {total} en tout.',
    fix: 'Raccourcissez-le : les systèmes de fichiers prennent 255 octets par partie, et les téléphones environ 850 en tout.',
  },
  NAME_RESERVED: {
    message: 'Le nom est réservé sous Windows, ou finit par un point ou une espace.',
    fix: 'Renommez-le si quelqu’un construit ou décompresse sous Windows.',
  },
  NAME_NOT_UTF8: {
    message: 'Le nom n’est pas en UTF-8 valide.',
    fix: 'Renommez-le : les clients Android plantent sur un tel nom.',
  },
  NAME_NOT_NORMALIZED: {
    message: 'Le nom est écrit avec des accents séparés (NFD).',
    fix: 'Renommez-le avec des lettres composées (NFC), sinon les références de votre code peuvent le manquer.',
  },
  NAME_DUPLICATE: {
    message: 'Le zip a ce nom plus d’une fois.',
    fix: 'Refaites le zip ; les clients ne s’accordent pas sur celui qui l’emporte.',
  },
  NAME_FILE_AND_FOLDER: {
    message: 'Le nom est à la fois un fichier et un dossier.',
    fix: 'Refaites le zip ; aucun client ne peut le décompresser.',
  },
  NAME_ENDS_IN_BR: {
    message: 'Le nom finit par .br.',
    fix: 'Les mises à jour delta lisent .br comme « compressé » ; renommez le fichier si vous comptez vous en servir.',
  },
  SYMLINK_ESCAPES: {
    message: 'Le lien sort du dossier, vers {target}.',
    fix: 'Copiez le fichier dans le build ; ce qui est dehors n’est jamais publié.',
  },
  SYMLINK_BROKEN: { message: 'Le lien ne mène nulle part.', fix: 'Enlevez-le ou rétablissez sa cible.' },
  SYMLINK_LOOP: { message: 'Le lien ramène à un dossier au-dessus de lui.', fix: 'Enlevez le lien.' },
  SYMLINK_FOLLOWED: {
    message: 'Un lien à l’intérieur du build ; son contenu est mis à sa place.',
    fix: 'Rien à faire.',
  },
  FILE_UNREADABLE: {
    message: 'Le fichier ne peut pas être lu : {reason}.',
    fix: 'Vérifiez ses droits, et qu’aucun build ne l’écrit.',
  },
  NOT_A_REGULAR_FILE: {
    message: 'Un socket, un tube ou un périphérique ; laissé de côté.',
    fix: 'Enlevez-le du build.',
  },
  JUNK_LEFT_OUT: {
    message: 'Laissé de côté : {kinds}.',
    fix: 'Rien à faire : un téléphone n’en a pas l’usage.',
  },
  PROJECT_SOURCES: {
    message: 'Cela ressemble aux sources d’une application web, pas à son build : son package.json a un script build.',
    fix: 'Construisez l’application, et donnez le dossier que le build écrit (souvent dist, www ou build).',
  },
  SOURCE_MAP_INCLUDED: {
    message: '{count} {count|source map|source maps}, {megabytes} Mio, {count|irait|iraient} sur chaque téléphone.',
    fix: 'Désactivez les source maps pour ce build, ou envoyez-les à votre outil de rapports et supprimez-les.',
  },
  SECRET_INCLUDED: {
    message: 'Cela ressemble à un secret ({kind}) ; chaque utilisateur de l’application pourrait le lire.',
    fix: 'Enlevez-le du build, et remplacez le secret s’il a déjà été publié.',
  },
  SERVER_URL_SET: {
    message: 'capacitor.config contient server.url ({url}), ce qui éteint les mises à jour.',
    fix: 'Enlevez server.url (live reload) et lancez npx cap sync avant de construire l’application.',
  },
  PLUGIN_VERSION_STRAY: {
    message: 'Le projet utilise @capgo/capacitor-updater {version}, une version égarée au code ancien.',
    fix: 'Fixez 8.51.23 (Capacitor 8) ou 7.51.21 (Capacitor 7) et lancez npx cap sync.',
  },
  ZIP_REPACKED: {
    message: 'Le zip est refait : {changes}.',
    fix: 'Rien à faire : les appareils reçoivent un zip que tous les clients lisent.',
  },
  ZIP_ENTRY_ENCRYPTED: {
    message: 'L’entrée a un mot de passe de zip.',
    fix: 'Faites le zip sans mot de passe ; Slipway chiffre lui-même.',
  },
  ZIP_METHOD_UNSUPPORTED: {
    message: 'L’entrée est compressée par la méthode {method}.',
    fix: 'Faites le zip avec deflate, ou donnez le dossier.',
  },
  ZIP_ENTRY_DAMAGED: {
    message: 'L’entrée ne peut pas être décompressée : {reason}.',
    fix: 'Refaites le zip, ou donnez le dossier.',
  },
  ZIP_SYMLINK: {
    message: 'L’entrée est un lien, que les téléphones ne décompressent pas.',
    fix: 'Donnez le dossier, ou faites le zip sans liens.',
  },
  ZIP_BOMB: {
    message: 'Elle se décompresse en {megabytes} Mio, sans rapport avec sa taille.',
    fix: 'Vérifiez d’où vient ce zip.',
  },
} as const satisfies Record<FindingCode, { readonly message: string; readonly fix: string }>;
