import type { StatLanguage } from '#contract/texts/stat-texts.ts';

const notReady =
  'L’application n’est jamais arrivée à CapacitorUpdater.notifyAppReady() : une erreur au démarrage, un appel derrière une connexion ou une requête lente, ou aucun appel dans ce build.';
const otherKey = 'L’application a une autre clé publique que celle pour laquelle le bundle a été chiffré.';
const publishEncrypted = 'L’application a une clé publique : publiez le bundle chiffré.';
const changedBytes = 'Quelque chose a changé les octets en chemin, ou le fichier a été chiffré pour une autre clé.';
const publishFolder = 'Publiez le dossier plutôt que ce zip.';
const webViewGone = { sentence: 'Le processus de la vue web a pris fin' };
const crash = { sentence: 'L’application a planté pendant qu’elle exécutait {version}' };

/** What devices report, in French; the same actions as `statTexts`. */
export const stats: StatLanguage = {
  update: 'la mise à jour',
  file: 'un fichier',
  reported: 'A rapporté « {action} » pour {version}',
  downloading: 'Télécharge {version} : {percent} %',
  texts: {
    download_0: { sentence: 'A commencé à télécharger {version}' },
    download_80: { sentence: 'Décompresse {version} : 80 %' },
    download_90: { sentence: 'Décompresse {version} : 90 %' },
    download_zip_start: { sentence: 'A commencé à télécharger {version}' },
    download_zip_complete: { sentence: 'A reçu le fichier entier de {version}' },
    download_manifest_start: { sentence: 'A commencé à télécharger les fichiers changés de {version}' },
    download_manifest_complete: { sentence: 'A reçu tous les fichiers changés de {version}' },
    download_complete: { sentence: '{version} est téléchargée et décompressée' },

    set_next: { sentence: '{version} attend que l’application passe en arrière-plan' },
    set: { sentence: 'Est passé à {version}' },
    app_launch_start: { sentence: 'L’application démarre en {version}' },
    app_launch_ready: { sentence: '{version} a appelé notifyAppReady' },

    app_launch_timeout: { sentence: '{version} n’a pas appelé notifyAppReady à temps', cause: notReady },
    update_fail: {
      sentence: '{version} n’était pas prête à temps ; retour en arrière',
      cause: `${notReady} Publiez un build corrigé sous une nouvelle version.`,
    },
    set_fail: {
      sentence: 'Impossible de passer à {version}',
      cause:
        'Le bundle décompressé n’a pas d’index.html à sa racine ; sur Electron, notifyAppReady n’a pas été appelé à temps. Publiez un build dont l’index.html est tout en haut.',
    },
    reset: { sentence: 'Est revenu au bundle d’origine ({version})' },

    download_fail: {
      sentence: 'Une vérification ou un téléchargement a échoué',
      cause:
        'Le réseau s’est coupé, le serveur était injoignable, ou sa réponse n’a pas été comprise. Sur iOS, un transfert doit finir en responseTimeout + 5 s (25 s par défaut) : augmentez responseTimeout pour de grands bundles. La ligne d’avant nomme souvent la cause.',
    },
    finish_download_fail: {
      sentence: 'Le téléchargement de {version} n’a pas pu être terminé',
      cause: 'L’étape après le téléchargement a échoué : empreinte ou décompression. La ligne d’avant dit laquelle.',
    },
    low_mem_fail: {
      sentence: 'L’appareil a manqué de mémoire pendant le téléchargement',
      cause:
        'Le bundle est grand pour cet appareil : laissez de côté les source maps et les gros médias, ou fermez d’autres applications.',
    },
    insufficient_disk_space: {
      sentence: 'L’appareil a trop peu de place pour {version}',
      cause:
        'Les clients veulent au moins 100 Mo libres, et deux fois la taille du bundle. Libérez de la place sur l’appareil.',
    },
    download_manifest_file_fail: {
      sentence: 'Impossible de télécharger {file} de {version}',
      cause:
        'Le serveur a répondu par une erreur, ou le réseau s’est coupé. iOS ne réessaie pas cette version : publiez sous une nouvelle version.',
    },

    checksum_fail: {
      sentence: 'Ce qui a été téléchargé ne correspond pas à l’empreinte',
      cause:
        'Quelque chose a changé les octets en chemin, un transfert repris a été mal raccordé, ou l’application a une autre clé publique que celle pour laquelle le bundle a été chiffré.',
    },
    checksum_required: { sentence: 'L’application exige une empreinte et n’en a pas reçu', cause: publishEncrypted },
    session_key_required: {
      sentence: 'L’application exige un bundle chiffré et en a reçu un en clair',
      cause: publishEncrypted,
    },
    decrypt_fail: { sentence: '{version} n’a pas pu être déchiffrée', cause: otherKey },
    download_manifest_checksum_fail: {
      sentence: 'L’empreinte de {file} de {version} ne correspond pas',
      cause: changedBytes,
    },
    download_manifest_brotli_fail: {
      sentence: 'Impossible de décompresser {file} de {version}',
      cause: changedBytes,
    },

    unzip_fail: {
      sentence: 'Le zip téléchargé n’a pas pu être décompressé',
      cause: 'Le zip est abîmé, ou chiffré alors que l’application n’a pas de clé publique.',
    },
    windows_path_fail: {
      sentence: 'Le zip a un nom avec une barre oblique inverse',
      cause: `Le zip vient d’un outil Windows qui écrit des barres obliques inverses. ${publishFolder}`,
    },
    canonical_path_fail: {
      sentence: 'Le zip a un nom qui sort de son dossier',
      cause: `Un nom est absolu ou a trop de « .. ». ${publishFolder}`,
    },
    directory_path_fail: {
      sentence: 'Un dossier du zip n’a pas pu être créé',
      cause: 'Un fichier et un dossier du zip portent le même nom, ou l’appareil est plein.',
    },
    manifest_path_fail: {
      sentence: 'Le nom de {file} de {version} a été refusé',
      cause: 'Le nom sort du dossier du bundle, ou deux noms mènent au même fichier.',
    },

    blocked_by_server_url: {
      sentence: 'Les mises à jour sont coupées : server.url est défini dans la configuration Capacitor',
      cause:
        'Le rechargement en direct est actif dans ce build natif. Retirez server.url, lancez npx cap sync et reconstruisez l’application.',
    },
    rate_limit_reached: {
      sentence: 'Un serveur a répondu 429, et l’appareil attend',
      cause: 'Slipway ne répond jamais 429 : un autre serveur, ou quelque chose entre les deux, l’a fait.',
    },
    backend_refusal: { sentence: 'Le serveur a refusé une mise à jour' },

    app_crash: crash,
    app_crash_native: crash,
    app_anr: { sentence: 'L’application ne répondait plus pendant qu’elle exécutait {version}' },
    app_killed_low_memory: { sentence: 'Le système a arrêté l’application faute de mémoire' },
    app_killed_excessive_resource_usage: { sentence: 'Le système a arrêté l’application, trop gourmande' },
    app_initialization_failure: { sentence: 'L’application n’a pas pu démarrer' },
    app_memory_warning: { sentence: 'Le système a signalé trop peu de mémoire' },
    webview_javascript_error: { sentence: 'Une erreur JavaScript dans {version}' },
    webview_unhandled_rejection: { sentence: 'Une promesse rejetée sans suite dans {version}' },
    webview_resource_error: { sentence: 'Une ressource n’a pas pu être chargée dans {version}' },
    webview_security_policy_violation: {
      sentence: 'La politique de sécurité du contenu a bloqué quelque chose dans {version}',
    },
    webview_unclean_restart: { sentence: 'La vue web a redémarré sans s’être bien terminée' },
    webview_render_process_gone: webViewGone,
    webview_content_process_terminated: webViewGone,

    app_moved_to_foreground: { sentence: 'L’application est passée au premier plan' },
    app_moved_to_background: { sentence: 'L’application est passée en arrière-plan' },
    webview_dom_content_loaded: { sentence: 'La page de {version} a été analysée' },
    webview_page_loaded: { sentence: 'La page de {version} a été chargée' },
    os_version_changed: { sentence: 'Le système d’exploitation a été mis à jour' },
    native_app_version_changed: {
      sentence: 'L’application native a été mise à jour ; elle est revenue au bundle d’origine',
    },
    delete: { sentence: '{version} a été effacée de l’appareil' },
    uninstall: { sentence: '{version} a été remplacée' },
    get: { sentence: 'A demandé {version}' },
    ping: { sentence: 'L’application est en vie en {version}' },
  },
};
