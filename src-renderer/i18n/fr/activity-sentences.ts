import type { ActivityCode } from '#contract/texts/activity-texts.ts';

const strangeToken = 'Une requête avec un jeton qu’aucune application n’a : {request}';
const strangePath = 'Une requête vers une adresse qui n’existe pas : {request}';
const strangeHost = 'Une requête dont l’en-tête Host n’est pas un hôte : {request}';
const more = ' (et {moreCount} {moreCount|semblable|semblables} avant)';

/** The log, in French. */
export const activitySentences: Readonly<Record<ActivityCode, string>> = {
  OFFERED: '{version} proposée',
  OFFERED_TO: '{version} proposée ; l’appareil a {running}',
  SENT_TO_BUILTIN: 'Renvoyé au bundle d’origine',
  UP_TO_DATE: 'À jour en {version}',
  ON_BUILTIN: 'Déjà sur le bundle d’origine',
  NOTHING_PUBLISHED: 'Rien n’est encore publié',
  NOTHING_PUBLISHED_FOR: 'Rien n’est encore publié ; l’appareil a {running}',

  JSON_INVALID: 'Le corps n’est pas du JSON',
  BODY_TOO_LARGE: 'Le corps est plus grand que toute demande de mise à jour',
  BODY_EMPTY: 'Le corps est vide',
  BODY_NO_OBJECT: 'Le corps est du JSON, mais pas un objet',
  BODY_EMPTY_OBJECT: 'Le corps est un objet JSON vide',
  DEVICE_ID_MISSING: 'La requête n’a pas de device_id',
  OTHER_APP: 'Cette adresse est celle de {expected}, pas de {sent}',
  PLUGIN_UNSUPPORTED: 'Le plugin {version} (v4) n’est plus pris en charge : passez à la 5.10.0 ou plus récent',
  DEVICE_BLOCKED: 'Cet appareil est bloqué',
  CHANNEL_NONE: 'Aucun canal ne s’applique à cet appareil',
  BUNDLE_GONE: 'La version n’est plus là',
  KEYS_DIFFER: 'Le bundle a la clé {bundleKeyId}, l’application {deviceKeyId}',
  BUNDLE_WITHOUT_KEY: 'Le bundle n’a pas de clé, l’application a {deviceKeyId}',
  APP_WITHOUT_KEY: 'Le bundle a la clé {bundleKeyId}, l’application n’en a pas',
  PLUGIN_WITHOUT_BUILTIN: 'Le plugin est trop ancien pour revenir au bundle d’origine',
  PLUGIN_TOO_OLD: 'Le plugin est trop ancien pour ce bundle',
  FAILED_BEFORE: '{version} a déjà échoué sur cet appareil',
  IOS_DISABLED: 'Le canal ne sert pas iOS',
  PLATFORM_DISABLED: 'Le canal ne sert pas {platform}',
  MAJOR_REFUSED: 'La version majeure est au-dessus de l’application native',
  MINOR_REFUSED: 'La version mineure est autre que celle de l’application native',
  PATCH_REFUSED: 'La version est autre que celle de l’application native',
  CHANNEL_PRIVATE: 'Le canal est privé',
  CHANNEL_MISCONFIGURED: 'Le canal {channel} ne dit pas quelle version native il demande',
  NATIVE_TOO_OLD: 'La version demande une application native plus récente',
  UNDER_NATIVE: 'La version est inférieure à l’application native',
  PROD_DISABLED: 'Le canal ne sert pas les builds de production',
  DEV_DISABLED: 'Le canal ne sert pas les builds de développement',
  DEVICES_DISABLED: 'Le canal ne sert pas les appareils réels',
  EMULATORS_DISABLED: 'Le canal ne sert pas les émulateurs',
  UNDECIDED: 'Aucune règle n’a décidé',

  CALL_UNREADABLE: 'Le corps n’est pas un objet JSON',
  CHANNEL_NOT_NAMED: 'La requête ne nomme pas de canal',
  CHANNEL_UNKNOWN: 'Il n’y a pas de canal « {channel} »',
  CHANNEL_NOT_CHOSEN_PUBLIC: 'Le canal « {channel} » est public, et les appareils ne peuvent pas le choisir',
  CHANNEL_NOT_CHOSEN: 'Les appareils ne peuvent pas choisir le canal « {channel} »',
  CHANNEL_CHOSEN: 'A choisi le canal {channel}',
  CHANNEL_FOLLOWED: 'Suit le canal public {channel}',
  CHANNEL_GIVEN_UP: 'A renoncé à son propre choix de canal',
  CHANNEL_ASKED: 'A demandé son canal : {channel}',
  CHANNEL_PUBLIC_NONE: 'Aucun canal n’est public',
  CHANNEL_FIXED: 'L’appareil ne peut pas changer de canal lui-même',
  CHANNELS_LISTED: 'A demandé les canaux : {channels}',
  CHANNELS_LISTED_NONE: 'A demandé les canaux : aucun',

  STAT: '{stat}',
  STAT_OF_OTHER_APP: '{stat} (envoyé comme {appId})',
  STAT_NO_UPDATE: 'Pas de mise à jour, ce que ce plugin signale comme download_fail',
  STATS_NO_JSON: 'Rapports illisibles : le corps n’est pas du JSON',
  STATS_EMPTY: 'Rapports illisibles : le corps est vide',
  STATS_TOO_LARGE: 'Rapports illisibles : le corps est plus grand que tout envoi de rapports',
  STATS_TOO_MANY: 'Rapports illisibles : le corps a {count} événements, et {most} sont pris au plus',
  STATS_NO_OBJECT: 'Rapports illisibles : le corps n’a aucun objet',

  DOWNLOADING: 'Télécharge {version}',
  DOWNLOADING_PART: 'Télécharge {version} (octets {start} à {end})',
  DOWNLOADED: '{version} téléchargée, {sentBytes}',
  DOWNLOADED_PART: '{version} téléchargée (octets {start} à {end}), {sentBytes}',
  BROKE_OFF: 'Le transfert de {version} s’est arrêté à {percent} %, {sentBytes} sur {totalBytes}',
  BROKE_OFF_PART:
    'Le transfert de {version} (octets {start} à {end}) s’est arrêté à {percent} %, {sentBytes} sur {totalBytes}',
  BEYOND_END: 'A demandé des octets au-delà de la fin de {version}',
  FILE_UNREADABLE: 'Le fichier de {version} ne peut pas être lu',
  FILE_DAMAGED: 'Le fichier de {version} manque ou est abîmé',
  FILE_UNKNOWN: 'Aucune version de {appId} n’a le fichier demandé',
  HOST_ENDED: 'Slipway s’est arrêté pendant le transfert de {version}',
  HOST_ENDED_UNKNOWN: 'Slipway s’est arrêté pendant le transfert d’une mise à jour',

  FILES_COMING: 'Télécharge {sentCount} {sentCount|fichier|fichiers} de {version}, {sentBytes}',
  FILES_COMING_OF: 'Télécharge {sentCount} sur {allCount} {allCount|fichier|fichiers} de {version}, {sentBytes}',
  FILES_COMING_FAILED:
    'Télécharge {sentCount} {sentCount|fichier|fichiers} de {version}, {sentBytes} ; {failedCount} en échec',
  FILES_COMING_OF_FAILED:
    'Télécharge {sentCount} sur {allCount} {allCount|fichier|fichiers} de {version}, {sentBytes} ; {failedCount} en échec',
  FILES_CAME: '{sentCount} {sentCount|fichier|fichiers} de {version} {sentCount|téléchargé|téléchargés}, {sentBytes}',
  FILES_CAME_OF:
    '{sentCount} sur {allCount} {allCount|fichier|fichiers} de {version} {sentCount|téléchargé|téléchargés}, {sentBytes}',
  FILES_CAME_FAILED:
    '{sentCount} {sentCount|fichier|fichiers} de {version} {sentCount|téléchargé|téléchargés}, {sentBytes} ; {failedCount} en échec',
  FILES_CAME_OF_FAILED:
    '{sentCount} sur {allCount} {allCount|fichier|fichiers} de {version} {sentCount|téléchargé|téléchargés}, {sentBytes} ; {failedCount} en échec',
  FILES_NOT_SENT:
    '{failedCount} {failedCount|fichier|fichiers} de {version} {failedCount|n’a pu être envoyé|n’ont pu être envoyés}',
  FILES_UNKNOWN:
    '{failedCount} {failedCount|fichier|fichiers} d’une version inconnue {failedCount|n’a pu être envoyé|n’ont pu être envoyés}',

  TOKEN_UNKNOWN: strangeToken,
  PATH_UNKNOWN: strangePath,
  HOST_INVALID: strangeHost,
  TOKEN_UNKNOWN_MORE: `${strangeToken}${more}`,
  PATH_UNKNOWN_MORE: `${strangePath}${more}`,
  HOST_INVALID_MORE: `${strangeHost}${more}`,
};
