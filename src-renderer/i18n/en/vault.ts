/** How private keys are kept on this machine. */
export const vault = {
  kind: {
    keychain: 'Private keys are in the system keychain',
    file: 'Private keys are in a file of yours',
    passphrase: 'Private keys are under a passphrase',
    undecided: 'Nobody has chosen yet how private keys are kept',
  },
  kindHint: {
    keychain: 'Sealed by the operating system for your user.',
    file: 'Sealed under the file secrets.key of the data folder, which only your user can read. A passphrase protects them from other programs of yours too.',
    passphrase: 'Sealed under a key that only the passphrase opens. It is open until Slipway ends or you lock it.',
    undecided: 'Choose before the first private key is kept.',
  },
  noKeychain: '(no keychain: {{backend}})',
  locked: 'The private keys are locked',
  lockedHint:
    'Enter the passphrase to encrypt, create, import, export or back up keys. Phones are served all the same.',
  unlock: 'Unlock',
  unlocked: 'The private keys are unlocked.',
  passphrase: 'Passphrase',
  undecided: 'How shall private keys be kept?',
  undecidedHint:
    'This system offers no keychain that protects anything (it names “{{backend}}”). Set a passphrase, or keep the keys in a file that only your user can read.',
  protectHint: 'It is asked for once after each start. Nobody can restore it: keep a backup of the keys elsewhere.',
  protectAction: 'Set the passphrase',
  keepFile: 'Keep them in a file',
  protected: 'The private keys are under the passphrase now.',
  unprotected: 'The private keys are kept in a file now.',
  set: 'Set a passphrase…',
  change: 'Change the passphrase…',
  lockNow: 'Lock now',
  remove: 'Remove the passphrase…',
  setTitle: 'Put private keys under a passphrase',
  changeTitle: 'Change the passphrase',
  removeTitle: 'Remove the passphrase?',
  removeBody:
    'Private keys are then sealed under a file that only your user can read: other programs of yours could open them.',
  removeAction: 'Remove the passphrase',
  isLocked: 'The private keys are locked.',
} as const;
