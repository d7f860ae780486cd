import type { ErrorCode } from '#contract/errors.ts';
import type { Sentences } from '#contract/texts/fill.ts';

/** What happened, then what to do; the English is contract/texts/error-texts.ts. */
export const errors = {
  INTERNAL: {
    message: 'Quelque chose a mal tourné dans Slipway.',
    hint: 'Réessayez. Si cela se reproduit, signalez-le avec l’identifiant {traceId} ; le journal du programme en a les détails.',
  },
  BAD_INPUT: { message: 'La demande n’a pas été comprise : {reason}.', hint: 'Corrigez la valeur et réessayez.' },
  UNKNOWN_PROCEDURE: {
    message: 'Ce Slipway ne connaît pas « {path} ».',
    hint: 'La fenêtre et le programme sont de versions différentes : redémarrez Slipway, ou rechargez la page.',
  },
  UNAUTHORIZED: {
    message: 'Cette page n’est pas reconnue par le Slipway en marche.',
    hint: 'Ouvrez l’adresse avec le jeton affiché par `slipway serve` ; chaque démarrage en crée un nouveau.',
  },
  CANCELLED: { message: 'Annulé.', hint: 'Rien n’a été changé. Recommencez quand vous voulez.' },
  HOST_UNREACHABLE: {
    message: 'Le Slipway en marche ne répond pas.',
    hint: 'Il se ferme peut-être. Attendez un instant et réessayez, ou relancez-le avec `slipway serve`.',
  },
  ORIGIN_NOT_ALLOWED: {
    message: 'La demande vient d’une autre page, ou sous un nom qui n’est pas celui de cette machine.',
    hint: 'Ouvrez telle quelle l’adresse affichée par `slipway serve`.',
  },
  NODE_TOO_OLD: {
    message: 'Slipway a besoin de Node {needed} ou plus récent ; celui-ci est {found}.',
    hint: 'Utilisez la commande `slipway`, ou npm dans une copie des sources : tous deux apportent le bon Node.',
  },
  HOST_VERSION_DIFFERS: {
    message: 'Un Slipway {running} a ouvert le dossier de données ; celui-ci est {own}.',
    hint: 'Arrêtez celui qui tourne, ou utilisez la commande de sa version.',
  },
  NOT_AVAILABLE_HERE: {
    message: '« {what} » n’existe pas dans ce mode.',
    hint: 'Utilisez la fenêtre de bureau, ou donnez le chemin en ligne de commande.',
  },
  DATA_FOLDER_BUSY: {
    message: 'Un autre Slipway utilise le dossier de données {dataDir}.',
    hint: 'Arrêtez-le, attendez qu’il finisse, ou choisissez un autre dossier avec --data-dir.',
  },
  DATA_FOLDER_READ_ONLY: {
    message: 'Le dossier de données {dataDir} n’est pas accessible en écriture.',
    hint: 'Donnez à votre utilisateur le droit d’y écrire, ou choisissez un autre dossier avec --data-dir.',
  },
  DATA_FOLDER_UNUSABLE: {
    message: 'Le dossier de données {dataDir} est inutilisable : {reason}.',
    hint: 'Choisissez un autre dossier avec --data-dir.',
  },
  DATABASE_TOO_NEW: {
    message:
      'Le dossier de données {dataDir} vient d’un Slipway plus récent (format {found}, celui-ci connaît {known}).',
    hint: 'Mettez Slipway à jour, ou choisissez un autre dossier avec --data-dir. Rien n’y a été touché.',
  },
  DATABASE_DAMAGED: {
    message: 'La base de données dans {dataDir} est illisible : {reason}.',
    hint: 'Rétablissez une sauvegarde du dossier, ou choisissez-en un autre avec --data-dir. Rien n’a été supprimé.',
  },
  DISK_FULL: {
    message: 'Le disque est plein.',
    hint: 'Libérez de la place et réessayez. Rien n’est resté à moitié écrit.',
  },
  PORT_IN_USE: {
    message: 'Le port {port} sur {host} est pris par un autre programme.',
    hint: 'Arrêtez ce programme, ou choisissez un autre port. 0 en prend un libre.',
  },
  PORT_NOT_ALLOWED: {
    message: 'Cet utilisateur ne peut pas ouvrir le port {port} sur {host}.',
    hint: 'Choisissez un port à partir de 1024.',
  },
  ADDRESS_NOT_AVAILABLE: {
    message: 'Cette machine n’a pas l’adresse {host}.',
    hint: 'Utilisez 0.0.0.0 pour toutes les adresses, ou l’une de celles que liste Connexion.',
  },
  DEVICE_LISTENER_DOWN: {
    message: 'L’écoute des appareils ne tourne pas.',
    hint: 'Ouvrez Réglages, choisissez un port libre et relancez-la.',
  },
  APP_NOT_FOUND: {
    message: 'Il n’y a pas d’application {appId}.',
    hint: 'Publiez un build vers elle, ou ajoutez-la avec `slipway app add {appId}`.',
  },
  APP_ID_INVALID: {
    message: '« {appId} » n’est pas un identifiant d’application.',
    hint: 'Utilisez le appId de capacitor.config, de la forme com.example.app.',
  },
  APP_EXISTS: { message: 'L’application {appId} existe déjà.', hint: 'Publiez vers elle ; rien n’est à ajouter.' },
  SOURCE_NOT_FOUND: {
    message: 'Il n’y a rien à {path}.',
    hint: 'Vérifiez le chemin. Le dossier d’un build n’existe qu’une fois l’application web construite.',
  },
  REQUEST_NOT_JSON: {
    message: '{path} n’est pas du JSON.',
    hint: 'Donnez le corps d’une demande de mise à jour, comme `slipway events --json` le montre sous « request ».',
  },
  SOURCE_UNREADABLE: {
    message: '{path} ne peut pas être lu : {reason}.',
    hint: 'Vérifiez ses droits, et qu’aucun build n’y écrit en ce moment.',
  },
  SOURCE_NOT_A_BUILD: {
    message: '{path} n’est ni un dossier ni un zip.',
    hint: 'Donnez le dossier avec l’index.html construit (souvent dist, www ou build), ou son zip.',
  },
  BUILTIN_WITHOUT_INDEX: {
    message: '{path} n’a pas d’index.html à sa racine : aucune app n’a été livrée avec.',
    hint: 'Donnez le build web que `npx cap sync` copie dans l’app (souvent dist, www ou build), ou son zip.',
  },
  SOURCE_CHANGED: {
    message: '{path} a changé pendant la compression.',
    hint: 'Laissez le build finir, puis réessayez.',
  },
  ZIP_INVALID: {
    message: 'Le zip est illisible : {reason}.',
    hint: 'Refaites-le, ou donnez plutôt le dossier.',
  },
  ZIP_UNSAFE: {
    message: 'Le zip est refusé : {reason}.',
    hint: 'Les téléphones le refusent aussi. Donnez plutôt le dossier, pour que Slipway fasse le zip.',
  },
  BUILD_HAS_ERRORS: {
    message: 'Le build ne marcherait pas sur un appareil : {count} {count|erreur|erreurs}.',
    hint: 'Corrigez ce que nomment les constats et refaites le build.',
  },
  BUILD_HAS_WARNINGS: {
    message: 'Le build a {count} {count|avertissement|avertissements}.',
    hint: 'Lisez les constats ; publiez malgré tout avec --allow-warnings.',
  },
  BUILD_TOO_LARGE: {
    message: 'Le build est plus gros que ce que Slipway accepte : {reason}.',
    hint: 'Enlevez ce dont l’application n’a pas besoin pour tourner.',
  },
  VERSION_INVALID: {
    message: '« {version} » n’est pas une version valide.',
    hint: 'Utilisez MAJEURE.MINEURE.CORRECTIF, par exemple 1.0.7 ou 1.1.0-beta.1.',
  },
  VERSION_EXISTS: {
    message: 'La version {version} de {appId} a déjà servi.',
    hint: 'Un numéro ne sert jamais deux fois : les téléphones qui l’ont ne le téléchargeraient plus. Le prochain libre est {suggested}.',
  },
  RELEASE_NOT_FOUND: {
    message: '{appId} n’a pas de version {release}.',
    hint: 'Voyez `slipway releases --app {appId}` pour celles qu’elle a.',
  },
  RELEASE_IN_USE: {
    message: 'La version {version} est utilisée par {users}.',
    hint: 'Dirigez-les d’abord ailleurs, ou supprimez-la avec --force : ils ne proposent alors plus rien.',
  },
  RELEASE_DAMAGED: {
    message: 'Le fichier enregistré de la version {version} manque ou est abîmé.',
    hint: 'Publiez à nouveau le build sous un nouveau numéro.',
  },
  RELEASE_FILES_UNKNOWN: {
    message:
      'On ne sait pas quels fichiers contient la version {version} : une ancienne version de Slipway l’a publiée.',
    hint: 'Publiez à nouveau ce build ; les versions récentes peuvent être comparées.',
  },
  VERIFY_FAILED: {
    message: 'La version n’a pas pu être relue comme le ferait un appareil : {reason}.',
    hint: 'Rien n’a été publié. Vérifiez le port et le pare-feu, puis publiez à nouveau.',
  },
  BUNDLE_DAMAGED: {
    message: 'L’archive produite est endommagée : {reason}.',
    hint: 'Rien n’a été publié. Publiez à nouveau : tous les fichiers seront recompressés. Si cela se répète, vérifiez le disque.',
  },
  CHANNEL_NOT_FOUND: {
    message: '{appId} n’a pas de canal « {channel} ».',
    hint: 'Voyez `slipway channel list --app {appId}` ; sans --channel c’est celui par défaut.',
  },
  CHANNEL_EXISTS: {
    message: '{appId} a déjà un canal « {channel} ».',
    hint: 'Utilisez-le, ou choisissez un autre nom. Les majuscules comptent.',
  },
  CHANNEL_NAME_INVALID: {
    message: '« {channel} » ne peut pas être le nom d’un canal.',
    hint: 'Utilisez 1 à 60 lettres, chiffres, points, tirets ou soulignés ; « builtin » est réservé.',
  },
  CHANNEL_IS_DEFAULT: {
    message: '« {channel} » est le canal par défaut de {appId}.',
    hint: 'Choisissez d’abord un autre canal par défaut : une publication doit aller quelque part.',
  },
  CHANNEL_IN_USE: {
    message: 'Des appareils sont liés au canal « {channel} » : {devices}.',
    hint: 'Levez leurs exceptions, ou supprimez-le avec --force : ils choisiront de nouveau.',
  },
  CHANNEL_HAS_NO_PAST: {
    message: 'Le canal « {channel} » ne peut revenir à rien.',
    hint: 'Ce qu’il proposait est supprimé, ou il n’a jamais proposé autre chose. Dirigez-le vers une version.',
  },
  NATIVE_VERSION_INVALID: {
    message: '« {version} » n’est pas une version native comparable.',
    hint: 'Utilisez MAJEUR.MINEUR.CORRECTIF, par exemple 1.4.0.',
  },
  ROLLOUT_NOT_FOUND: {
    message: 'Le canal « {channel} » n’a pas de déploiement progressif.',
    hint: 'Commencez par `slipway channel set {channel} --app {appId} --rollout-version V --rollout-percentage 10`.',
  },
  ROLLOUT_NEEDS_TARGET: {
    message: 'Le canal « {channel} » ne propose rien aux appareils que le déploiement laisse de côté.',
    hint: 'Dirigez d’abord le canal vers une version.',
  },
  ROLLOUT_NEEDS_RELEASE: {
    message: 'Le déploiement progressif du canal « {channel} » demande une version.',
    hint: 'Nommez une version publiée.',
  },
  DEVICE_NOT_FOUND: {
    message: '{appId} n’a pas vu d’appareil {deviceId}.',
    hint: 'Ouvrez une fois l’application sur l’appareil pour qu’elle demande une mise à jour.',
  },
  EVENT_NOT_FOUND: {
    message: 'Cette ligne du journal n’est plus là.',
    hint: 'Les plus anciennes sont effacées quand le journal est plein ; rechargez la liste.',
  },
  REPLAY_NOT_PAIRED: {
    message: 'Aucune application n’a l’adresse à laquelle cette requête a été envoyée : impossible de la renvoyer.',
    hint: 'Le journal ne garde que le début d’un jeton. Copiez la requête en curl et mettez-y l’adresse.',
  },
  REPLAY_INCOMPLETE: {
    message: 'Cette requête est trop grande pour être gardée entière : impossible de la renvoyer.',
    hint: 'Laissez l’appareil la renvoyer.',
  },
  JOB_NOT_FOUND: {
    message: 'Cette tâche est inconnue.',
    hint: 'Elle a pu finir avant le redémarrage de Slipway.',
  },
  UPLOAD_NOT_FOUND: { message: 'Cet envoi est inconnu ou terminé.', hint: 'Déposez à nouveau le dossier.' },
  UPLOAD_INCOMPLETE: {
    message: 'Seulement {received} fichiers sur {expected} sont arrivés.',
    hint: 'La connexion a rompu ou un fichier était illisible : déposez à nouveau le dossier.',
  },
  UPLOAD_PATH_INVALID: {
    message: 'Le nom de fichier « {path} » ne peut pas être enregistré.',
    hint: 'Renommez le fichier ; les téléphones le refuseraient aussi.',
  },
  OUTPUT_EXISTS: { message: '{path} existe déjà.', hint: 'Choisissez un autre nom, ou enlevez-le d’abord.' },
  OUTPUT_UNWRITABLE: {
    message: '{path} ne peut pas être écrit : {reason}.',
    hint: 'Choisissez un autre endroit avec --out.',
  },
  PROJECT_NOT_FOUND: {
    message: 'Il n’y a pas de projet Capacitor dans {path}.',
    hint: 'Donnez le dossier qui contient capacitor.config.ts ou capacitor.config.json.',
  },
  PROJECT_CONFIG_UNREADABLE: {
    message: '{path} ne peut pas être lu : {reason}.',
    hint: 'Corrigez le fichier, ou recopiez à la main le fragment de `slipway config`.',
  },
  PROJECT_CONFIG_NOT_PATCHABLE: {
    message: '{path} ne peut pas être changé sans risque : {reason}.',
    hint: 'Recopiez-y à la main le fragment de `slipway config`.',
  },
  PROJECT_CONFIG_CHANGED: {
    message: '{path} a changé depuis son aperçu.',
    hint: 'Regardez à nouveau l’aperçu, puis appliquez-le. Rien n’a été écrit.',
  },
  KEY_NOT_RECOGNIZED: {
    message: 'Ce n’est pas une clé que Slipway sait lire.',
    hint: 'Donnez une clé RSA en texte PEM : privée (PKCS#1 ou PKCS#8) ou publique. La ligne de commande officielle garde la sienne dans .capgo_key_v2.',
  },
  KEY_PASSWORD_PROTECTED: {
    message: 'La clé est protégée par un mot de passe.',
    hint: 'Enlevez-le d’abord, par exemple avec : openssl rsa -in key.pem -out plain.pem. Slipway la garde scellée lui-même.',
  },
  KEY_NOT_RSA: {
    message: 'La clé est du type {algorithm} ; les appareils ne comprennent que RSA.',
    hint: 'Créez une clé dans Slipway, ou importez une clé RSA de 2048 bits.',
  },
  KEY_WRONG_SIZE: {
    message: 'La clé a {bits} bits ; les appareils en acceptent 2048 et rien d’autre.',
    hint: 'Les clients exigent des blocs d’exactement 256 octets : une clé plus grande est refusée par tous les téléphones. Créez-en une dans Slipway.',
  },
  KEY_FILE_TOO_LARGE: {
    message: 'Le fichier est trop gros pour une clé.',
    hint: 'Un fichier de clé fait environ 2 Ko. Vérifiez lequel vous avez choisi.',
  },
  KEY_DAMAGED: {
    message: 'La clé est abîmée : {reason}.',
    hint: 'Recopiez-la depuis l’endroit où elle a été faite ; chaque ligne compte.',
  },
  KEY_IS_PUBLIC: {
    message: 'C’est la clé publique ; il faut ici la clé privée.',
    hint: 'Donnez le fichier qui commence par -----BEGIN RSA PRIVATE KEY----- ou -----BEGIN PRIVATE KEY-----.',
  },
  SESSION_KEY_INVALID: {
    message: 'La clé de session n’est pas valide : {reason}.',
    hint: 'Elle a la forme IV:CLÉ, 24 et 344 caractères de base64. Copiez-la en entier.',
  },
  SESSION_KEY_OTHER_KEY: {
    message: 'La clé de session ne s’ouvre pas avec cette clé.',
    hint: 'Elle a été faite avec une autre. La clé {keyId} a été essayée.',
  },
  CHECKSUM_INVALID: {
    message: 'La somme de contrôle n’est pas valide : {reason}.',
    hint: 'Chiffrée, elle a 512 chiffres hexadécimaux, ou 344 caractères de base64 pour les anciens plugins ; simple, elle en a 64.',
  },
  CHECKSUM_OTHER_KEY: {
    message: 'La somme de contrôle ne s’ouvre pas avec cette clé.',
    hint: 'Elle a été faite avec une autre. La clé {keyId} a été essayée.',
  },
  CHECKSUM_MISMATCH: {
    message: 'Le contenu ne correspond pas à la somme de contrôle.',
    hint: 'Le fichier est abîmé, ou la somme est celle d’un autre. Rien n’a été écrit. Attendu {expected}, trouvé {found}.',
  },
  DECRYPT_FAILED: {
    message: 'Le fichier ne peut pas être déchiffré : {reason}.',
    hint: 'Il est abîmé ou tronqué, ou la clé de session est celle d’un autre. Rien n’a été écrit.',
  },
  SEAL_DAMAGED: {
    message: 'Ce n’est pas scellé par Slipway, ou c’est abîmé.',
    hint: 'Choisissez le fichier écrit par Slipway ; recopiez-le s’il a été tronqué.',
  },
  PASSPHRASE_WRONG: {
    message: 'La phrase secrète ne convient pas.',
    hint: 'Réessayez, en veillant aux majuscules et au clavier. Sans elle personne ne peut ouvrir les clés.',
  },
  PASSPHRASE_TOO_SHORT: {
    message: 'La phrase secrète est trop courte.',
    hint: 'Prenez au moins {least} caractères ; quatre mots au hasard valent mieux que huit lettres bizarres.',
  },
  KEY_NOT_FOUND: {
    message: 'Il n’y a pas de clé « {name} ».',
    hint: 'Voyez `slipway key list` pour celles qu’il y a.',
  },
  KEY_EXISTS: {
    message: 'Cette clé est déjà là : « {name} » ({keyId}).',
    hint: 'Utilisez-la, ou choisissez un autre nom pour une autre clé.',
  },
  KEY_NAME_INVALID: {
    message: '« {name} » ne peut pas être le nom d’une clé.',
    hint: 'Prenez 1 à 60 caractères sans barre oblique.',
  },
  KEY_IN_USE: {
    message: 'La clé « {name} » est utilisée par {users}.',
    hint: 'Les appareils lisent encore ce qu’elle a chiffré, mais plus aucune version ne pourrait être faite pour eux. Supprimez-la avec --force si vous en avez une copie.',
  },
  KEY_PRIVATE_MISSING: {
    message: 'Seule la partie publique de « {name} » est ici.',
    hint: 'Importez la clé privée pour chiffrer avec elle ; la publique ne peut que vérifier.',
  },
  KEY_SEALED_ELSEWHERE: {
    message: 'La partie privée de la clé {keyId} ne s’ouvre pas ici (gardée par : {store}).',
    hint: 'Elle a été scellée par un autre utilisateur, une autre machine ou une autre phrase. Importez-la à nouveau, ou rétablissez une sauvegarde des clés.',
  },
  KEY_MISMATCH: {
    message: 'La version serait chiffrée avec la clé {keyId}, mais {readers} a la clé {otherKeyId}.',
    hint: 'Publiez avec la clé de l’application. Pendant un changement de clé, --force publie quand même : les appareils à l’autre clé apprennent pourquoi ils ne reçoivent rien.',
  },
  KEY_REQUIRED: {
    message: 'L’application attend des versions chiffrées : {readers} a la clé {keyId}.',
    hint: 'Publiez avec --key et cette clé ; les iPhone et les clients Android actuels refusent un bundle simple. --force le publie quand même.',
  },
  VAULT_LOCKED: {
    message: 'Les clés privées sont verrouillées par une phrase secrète.',
    hint: 'Déverrouillez-les dans l’écran Clés ou avec `slipway key unlock`. Les commandes prennent aussi SLIPWAY_PASSPHRASE, ou le fichier que nomme SLIPWAY_PASSPHRASE_FILE.',
  },
  VAULT_UNDECIDED: {
    message: 'Ce système n’a pas de trousseau, et personne n’a encore choisi comment garder les clés privées.',
    hint: 'Choisissez une phrase secrète dans l’écran Clés, ou gardez-les dans un fichier.',
  },
  VAULT_NOT_PROTECTED: {
    message: 'Les clés privées n’ont pas de phrase secrète ici.',
    hint: 'Choisissez-en une avec `slipway key protect`, ou dans l’écran Clés.',
  },
  KEY_RETIRED: {
    message: 'La clé « {name} » est retirée : plus aucune version n’est faite avec elle.',
    hint: 'Utilisez la clé qui l’a remplacée, ou remettez « {name} » en service dans l’écran Clés.',
  },
  ROTATION_NOT_FOUND: {
    message: 'L’application {appId} n’est pas en train de changer de clé.',
    hint: 'Le changement a été terminé ou abandonné ailleurs. Recommencez-le depuis la clé.',
  },
  ROTATION_EXISTS: {
    message: 'L’application {appId} est déjà en train de changer de clé.',
    hint: 'Terminez d’abord ce changement, ou abandonnez-le.',
  },
  ROTATION_UNFINISHED: {
    message: 'Le changement de clé de {appId} a des étapes ouvertes : {steps}.',
    hint: 'Terminez-les d’abord ; les appareils avec l’ancienne clé ne reçoivent plus rien une fois qu’elle est retirée.',
  },
  KEY_NOT_EXPECTED: {
    message: 'La version serait chiffrée, mais {readers} n’a pas de clé publique.',
    hint: 'Ajoutez la clé publique à capacitor.config et reconstruisez l’application, ou publiez sans --key. --force publie quand même.',
  },
  BACKUP_DAMAGED: {
    message: 'Ce n’est pas une sauvegarde complète : {reason}.',
    hint: 'Utilisez une autre sauvegarde, ou recopiez celle-ci depuis son emplacement. Rien n’a été modifié ici.',
  },
  BACKUP_TOO_NEW: {
    message: 'La sauvegarde vient d’un Slipway plus récent (format {found}, celui-ci connaît {known}).',
    hint: 'Mettez Slipway à jour, puis restaurez-la. Rien n’a été modifié ici.',
  },
  RESTORE_NOT_EMPTY: {
    message: 'Le dossier de données {dataDir} contient déjà des applications ou des clés.',
    hint: 'Restaurez dans un dossier vide avec --data-dir, ou avec --force : ce qui est là est alors mis de côté dans le dossier, jamais supprimé.',
  },
  WATCH_NOT_FOUND: {
    message: 'Ce dossier n’est plus surveillé.',
    hint: 'Surveillez-le de nouveau : choisissez le dossier, ou lancez `slipway watch`.',
  },
  WATCH_NEEDS_FOLDER: {
    message: '{path} n’est pas un dossier.',
    hint: 'Donnez le dossier dans lequel votre build écrit, ou le projet Capacitor autour de lui.',
  },
  WATCH_HOLDS_DATA: {
    message:
      '{path} et le dossier de données {dataDir} sont l’un dans l’autre : chaque version déclencherait la suivante.',
    hint: 'Surveillez le dossier dans lequel votre build écrit, ou déplacez le dossier de données avec --data-dir.',
  },
  SAMPLE_FAILED: {
    message: 'L’exemple n’a pas abouti : {reason}.',
    hint: 'Lancez `slipway doctor` ; il contrôle les ports et le dossier de données.',
  },
} as const satisfies Record<ErrorCode, Sentences>;
