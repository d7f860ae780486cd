import type { MenuItemConstructorOptions } from 'electron';

/** Words of the menu that the system does not bring along. */
const words = {
  en: { file: 'File', open: 'Open Build Folder…', edit: 'Edit', view: 'View', data: 'Show Data Folder', help: 'Help' },
  fr: {
    file: 'Fichier',
    open: 'Ouvrir un dossier de build…',
    edit: 'Édition',
    view: 'Affichage',
    data: 'Afficher le dossier de données',
    help: 'Aide',
  },
} as const;

export type MenuDeps = {
  readonly platform: NodeJS.Platform;
  readonly language: keyof typeof words;
  readonly onOpenFolder: () => void;
  readonly onRevealDataFolder: () => void;
};

/** `system` follows the language of the desktop. */
export function menuLanguage(setting: 'system' | 'en' | 'fr', locale: string): keyof typeof words {
  if (setting !== 'system') return setting;
  return locale.toLowerCase().startsWith('fr') ? 'fr' : 'en';
}

/** The menu, in the platform's order. Keys for the screens and the palette belong to the page and are not taken here. */
export function menuTemplate(deps: MenuDeps): MenuItemConstructorOptions[] {
  const text = words[deps.language];
  const isMac = deps.platform === 'darwin';
  const file: MenuItemConstructorOptions = {
    label: text.file,
    submenu: [
      { label: text.open, accelerator: 'CmdOrCtrl+O', click: deps.onOpenFolder },
      { type: 'separator' },
      isMac ? { role: 'close' } : { role: 'quit' },
    ],
  };
  const view: MenuItemConstructorOptions = {
    label: text.view,
    submenu: [
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { type: 'separator' },
      { role: 'togglefullscreen' },
      { role: 'toggleDevTools' },
    ],
  };
  const help: MenuItemConstructorOptions = {
    label: text.help,
    role: 'help',
    submenu: [{ label: text.data, click: deps.onRevealDataFolder }, ...(isMac ? [] : [{ role: 'about' as const }])],
  };
  return [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    file,
    { role: 'editMenu', label: text.edit },
    view,
    ...(isMac ? [{ role: 'windowMenu' as const }] : []),
    help,
  ];
}
