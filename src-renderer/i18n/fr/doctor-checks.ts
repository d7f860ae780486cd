import type { DoctorCode, DoctorSentences } from '#contract/texts/doctor-texts.ts';

const chooseFolder = 'Libérez de la place, ou choisissez un autre dossier avec --data-dir.';
const setClock = 'Activez la date et l’heure automatiques dans les réglages du système.';
const connect = 'Connectez-la au Wi-Fi ou au réseau que le téléphone utilise.';
const writeConfig =
  'Lancez `slipway config --app {appId} --project . --write`, puis npx cap sync, et refaites un build natif.';
const installPlugin = 'Lancez `npm i -E @capgo/capacitor-updater@8.51.23` (Capacitor 7 : 7.51.21), puis npx cap sync.';
const syncAgain = 'Lancez `npx cap sync {platform}`, puis reconstruisez et réinstallez l’application.';
const windowsRule =
  'Dans un terminal d’administrateur : `netsh advfirewall firewall add rule name="Slipway" dir=in action=allow protocol=TCP localport={port} profile=private,domain`';

/** What the doctor finds, in French. */
export const doctorChecks: Readonly<Record<DoctorCode, DoctorSentences>> = {
  FOLDER_WRITABLE: { message: 'Le dossier de données {dataDir} est accessible en écriture.' },
  FOLDER_NOT_WRITABLE: {
    message: 'Impossible d’écrire dans le dossier de données {dataDir} : {reason}.',
    fix: 'Donnez à votre utilisateur le droit d’y écrire, ou choisissez un autre dossier avec --data-dir.',
  },
  CLOCK_PLAUSIBLE: { message: 'L’horloge est plausible : {time} UTC.' },
  CLOCK_WRONG: { message: 'L’horloge dit que nous sommes en {year}.', fix: setClock },
  CLOCK_DIFFERS: {
    message: 'Le disque du dossier de données et cette machine diffèrent de {seconds} s.',
    fix: setClock,
  },
  SPACE_ENOUGH: { message: 'Il reste {freeBytes} sur le disque du dossier de données.' },
  SPACE_SHORT: { message: 'Il reste {freeBytes} sur le disque du dossier de données.', fix: chooseFolder },
  SPACE_UNKNOWN: { message: 'La place libre n’a pas pu être lue : {reason}.' },
  DATABASE_ANSWERS: { message: 'La base de données s’ouvre et répond.' },
  DATABASE_SILENT: { message: 'La base de données ne répond pas : {reason}.', fix: 'Redémarrez Slipway.' },
  APPS_NONE: {
    message: 'Aucune application : publiez un build, ou ajoutez-en une avec `slipway app add`.',
  },
  APPS_ONE: { message: 'Il y a 1 application.' },
  APPS_MANY: { message: 'Il y a {count} applications.' },
  APPS_UNKNOWN: { message: 'La base de données ne répond pas.' },

  LISTENER_ANSWERS: { message: 'L’écoute des appareils répond sur le port {port}.' },
  LISTENER_SILENT: {
    message: 'L’écoute des appareils ne répond pas à {origin}.',
    fix: 'Relancez-la dans Réglages ; si elle reste muette, choisissez un autre port.',
  },
  LISTENER_STOPPED: {
    message: 'L’écoute des appareils ne tourne pas en ce moment.',
    fix: 'Lancez-la avec `slipway serve`.',
  },
  PORT_OPEN: { message: 'Le port {port} est ouvert sur {host}.' },
  PORT_FREE: { message: 'Le port {port} est libre sur {host}.' },
  PORT_UNUSABLE: {
    message: 'Le port {port} ne peut pas être ouvert sur {host} : {reason}.',
    fix: 'Choisissez un autre port.',
  },
  REACHABLE: { message: 'Elle répond à {origin}, l’adresse pour les téléphones.' },
  NOT_REACHABLE: {
    message: 'Elle ne répond pas à {origin}, l’adresse pour les téléphones.',
    fix: 'Vérifiez le pare-feu, et qu’un VPN ne s’empare pas du réseau local.',
  },
  NOTHING_TO_REACH: { message: 'Il n’y a pas d’adresse à essayer.' },
  BOUND_APART: {
    message: 'L’écoute des appareils est liée à {host}, où aucun téléphone ne l’atteint.',
    fix: 'Mettez l’adresse d’écoute à 0.0.0.0 dans Réglages et connectez cette machine au réseau du téléphone.',
  },
  ADDRESS_FOUND: { message: 'Les téléphones atteignent cette machine à {address} ({interface}).' },
  ADDRESSES_FAR: {
    message: 'Cette machine n’a que des adresses que les téléphones atteignent rarement : {addresses}.',
    fix: connect,
  },
  ADDRESS_NONE: { message: 'Cette machine n’est sur aucun réseau.', fix: connect },

  FIREWALL_PASSED: { message: 'Un appareil a atteint cette machine ces dernières minutes.' },
  FIREWALL_STRANGE: {
    message: 'Slipway ne connaît pas les pare-feu de ce système.',
    fix: 'Laissez entrer le port TCP {port}.',
  },
  UFW_ON: {
    message: 'Le pare-feu ufw est actif ; seul root peut voir s’il laisse entrer les téléphones.',
    fix: 'sudo ufw allow {port}/tcp',
  },
  FIREWALLD_OPEN: { message: 'firewalld laisse entrer le port TCP {port}.' },
  FIREWALLD_CLOSED: {
    message: 'firewalld ne laisse pas entrer le port TCP {port}.',
    fix: 'sudo firewall-cmd --add-port={port}/tcp && sudo firewall-cmd --permanent --add-port={port}/tcp',
  },
  LINUX_UNKNOWN: {
    message: 'Ni ufw ni firewalld ne semblent actifs ; seul root peut voir les règles de nftables.',
    fix: 'Si les téléphones ne peuvent pas se connecter : `sudo nft list ruleset | grep -n drop`, puis laissez entrer le port TCP {port}.',
  },
  MAC_UNKNOWN: { message: 'L’état du pare-feu de macOS n’a pas pu être lu.' },
  MAC_OFF: { message: 'Le pare-feu de macOS est éteint.' },
  MAC_BLOCKS_ALL: {
    message: 'Le pare-feu de macOS bloque toutes les connexions entrantes.',
    fix: 'sudo {tool} --setblockall off; sudo {tool} --add {program} && sudo {tool} --unblockapp {program}',
  },
  MAC_ON: {
    message:
      'Le pare-feu de macOS est actif ; il pose la question une fois, et laisse les téléphones dehors si la réponse a été non.',
    fix: 'sudo {tool} --add {program} && sudo {tool} --unblockapp {program}',
  },
  WINDOWS_UNKNOWN: { message: 'L’état du pare-feu de Windows n’a pas pu être lu.', fix: windowsRule },
  WINDOWS_OFF: { message: 'Le pare-feu de Windows est éteint pour les réseaux privés.' },
  WINDOWS_RULE: { message: 'Le pare-feu de Windows a une règle nommée Slipway.' },
  WINDOWS_ON: {
    message:
      'Le pare-feu de Windows est actif ; il laisse les téléphones dehors sauf si sa question a reçu « Autoriser », et toujours sur un réseau marqué public.',
    fix: windowsRule,
  },

  CONFIG_FOUND: { message: 'La configuration est {path}.' },
  CONFIG_COMPUTED: {
    message: '{path} calcule une partie de sa configuration ; ce qu’il calcule n’a pas pu être contrôlé.',
    fix: 'Comparez cette partie à la main avec `slipway config`.',
  },
  CONFIG_SHADOWED: {
    message: '{unused} ne sert pas : Capacitor lit {used}.',
    fix: 'Supprimez {unused}, ou reportez-en les réglages.',
  },
  APP_ID_COMPUTED: { message: 'L’identifiant de l’application est calculé.' },
  APP_ID_MISSING: {
    message: 'La configuration n’a pas d’appId ; le plugin arrête l’application à son démarrage.',
    fix: 'Définissez appId dans la configuration.',
  },
  APP_KNOWN: { message: '{appId} est l’une des applications d’ici.' },
  APP_UNKNOWN: {
    message: '{appId} n’est pas encore une application d’ici.',
    fix: 'Lancez `slipway app add {appId}`, ou publiez-y un build.',
  },
  URL_COMPUTED: { message: '{key} est calculé.' },
  UPDATE_URL_MISSING: {
    message: '{key} manque, donc les demandes de mise à jour vont au cloud de Capgo.',
    fix: writeConfig,
  },
  STATS_URL_MISSING: { message: '{key} manque, donc les rapports vont au cloud de Capgo.', fix: writeConfig },
  CHANNEL_URL_MISSING: {
    message: '{key} manque, donc les appels de canal vont au cloud de Capgo.',
    fix: writeConfig,
  },
  UPDATE_URL_EMPTY: { message: '{key} est vide, donc il n’y a pas de demandes de mise à jour.', fix: writeConfig },
  STATS_URL_EMPTY: { message: '{key} est vide, donc il n’y a pas de rapports.', fix: writeConfig },
  CHANNEL_URL_EMPTY: { message: '{key} est vide, donc il n’y a pas d’appels de canal.', fix: writeConfig },
  URL_NOT_TEXT: { message: '{key} n’est pas un texte.', fix: writeConfig },
  URL_NOT_HTTP: { message: '{key} n’est pas une adresse http.', fix: writeConfig },
  URL_OF_CLOUD: { message: '{key} mène au cloud de Capgo.', fix: writeConfig },
  URL_ELSEWHERE: {
    message: '{key} mène à {host}, qui n’est pas une adresse de cette machine en ce moment.',
    fix: writeConfig,
  },
  URL_OTHER_PORT: {
    message: '{key} mène au port {found} ; les appareils sont servis sur {port}.',
    fix: writeConfig,
  },
  URL_OTHER_PATH: {
    message: '{key} a un chemin ancien ou étranger ; cette machine ne le connaît pas.',
    fix: writeConfig,
  },
  URL_HERE: { message: '{key} mène à {host}, une adresse de cette machine.' },
  URL_FOR_EMULATOR: { message: '{key} mène à {host}, cette machine telle que l’émulateur Android la voit.' },
  URL_FOR_SIMULATOR: {
    message: '{key} mène à {host}, cette machine pour un simulateur ou à travers adb reverse.',
  },
  SERVER_URL_COMPUTED: {
    message: 'server.url est calculé ; les mises à jour sont coupées dès qu’il est défini.',
  },
  SERVER_URL_UNSET: { message: 'server.url n’est pas défini.' },
  SERVER_URL_SET: {
    message: 'server.url est défini ({url}), ce qui coupe les mises à jour.',
    fix: 'Retirez server.url (rechargement en direct), lancez `npx cap sync` et reconstruisez l’application.',
  },
  AUTO_UPDATE_COMPUTED: { message: 'autoUpdate est calculé.' },
  AUTO_UPDATE_OFF: {
    message: 'autoUpdate est désactivé : l’application ne demande que quand son code le fait.',
    fix: writeConfig,
  },
  AUTO_UPDATE_ON: { message: 'L’application demande les mises à jour d’elle-même.' },
  PLUGIN_MISSING: { message: '@capgo/capacitor-updater n’est pas dans ce projet.', fix: installPlugin },
  PLUGIN_STRAY: {
    message: '@capgo/capacitor-updater {version} est, ou installe, 10.0.0 : une version égarée au code ancien.',
    fix: installPlugin,
  },
  PLUGIN_OLD: {
    message: '@capgo/capacitor-updater {version} est trop ancien pour ce que Slipway sert.',
    fix: installPlugin,
  },
  PLUGIN_FOUND: { message: '@capgo/capacitor-updater {version}.' },
  PUBLIC_KEY_COMPUTED: { message: 'publicKey est calculé.' },
  PUBLIC_KEY_UNSET: { message: 'Aucun publicKey n’est défini : l’application accepte les versions en clair.' },
  PUBLIC_KEY_NO_PEM: {
    message: 'publicKey n’est pas une clé PEM.',
    fix: 'Prenez-la de la clé avec laquelle les versions sont chiffrées, ou retirez-la.',
  },
  PUBLIC_KEY_SET: {
    message: 'publicKey est défini : l’application refuse toute version qui n’est pas chiffrée avec sa clé.',
    fix: 'Publiez avec cette clé, ou retirez publicKey et reconstruisez l’application.',
  },
  WEB_DIR_UNSET: { message: 'La configuration ne nomme pas de webDir.' },
  WEB_DIR_FOUND: { message: 'Le build est dans {webDir}.' },
  WEB_DIR_MISSING: {
    message: 'Le dossier du build {webDir} n’est pas là.',
    fix: 'Construisez l’application web.',
  },
  NATIVE_MISSING: { message: 'Il n’y a pas de projet {platform}.' },
  NATIVE_UNSYNCED: { message: 'Le projet {platform} n’a pas encore de copie de la configuration.', fix: syncAgain },
  NATIVE_SYNCED: { message: 'Le projet {platform} a la configuration actuelle.' },
  NATIVE_OLDER: { message: 'Le projet {platform} a une configuration plus ancienne : {names}.', fix: syncAgain },
  NATIVE_UNREADABLE: {
    message: 'La copie de la configuration dans le projet {platform} ne peut pas être lue.',
    fix: syncAgain,
  },
  HTTP_UNUSED: { message: 'L’application n’utilise pas http en clair.' },
  ANDROID_CLEARTEXT_ALLOWED: { message: 'Le projet Android laisse passer http en clair.' },
  ANDROID_CLEARTEXT_BLOCKED: {
    message: 'Android bloque http en clair : l’application ne peut pas atteindre cette machine.',
    fix: 'Pour les builds de débogage seulement : dans android/app/src/debug/AndroidManifest.xml, mettez `<application android:usesCleartextTraffic="true" />`.',
  },
  IOS_TRANSPORT_ALLOWED: { message: 'App Transport Security laisse passer le réseau local.' },
  IOS_TRANSPORT_BLOCKED: {
    message: 'iOS bloque http en clair : l’application ne peut pas atteindre cette machine.',
    fix: 'Pour les builds de débogage seulement : dans ios/App/App/Info.plist, ajoutez NSAppTransportSecurity avec NSAllowsLocalNetworking à true.',
  },
};
