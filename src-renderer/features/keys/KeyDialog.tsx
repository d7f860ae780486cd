import { useQuery } from '@tanstack/react-query';
import type { ComponentProps, ReactNode } from 'react';

import { useApi } from '#renderer/api/api-context.tsx';
import { vaultStatusQuery } from '#renderer/api/queries.ts';
import { DialogForm, FormDialog } from '#renderer/components/FormDialog.tsx';
import { KeyErrorPanel } from '#renderer/components/KeyErrorPanel.tsx';
import { UnlockVault } from '#renderer/components/UnlockVault.tsx';

import { ProtectForm } from './ProtectForm.tsx';

type DialogProps = {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** Private parts are kept or opened: a locked vault is unlocked first. */
  readonly needsVault?: boolean;
  /** The form; gone with what was entered when the dialog closes. */
  readonly children: ReactNode;
};

export function KeyDialog({ isOpen, onClose, title, needsVault = false, children }: DialogProps) {
  return (
    <FormDialog isOpen={isOpen} onClose={onClose} title={title} size="34rem">
      {needsVault ? <VaultGate>{children}</VaultGate> : children}
    </FormDialog>
  );
}

/** What is behind it, once private parts can be kept and opened. */
function VaultGate({ children }: { readonly children: ReactNode }) {
  const api = useApi();
  const { data: status, isPending } = useQuery(vaultStatusQuery(api));
  if (isPending) return null;
  if (status?.isLocked === true) return <UnlockVault />;
  if (status?.kind === 'undecided') return <ProtectForm backend={status.backend} isChoice />;
  return children;
}

/** A form whose failures are told in the words of keys. */
export function KeyForm(props: Omit<ComponentProps<typeof DialogForm>, 'renderError'>) {
  return <DialogForm {...props} renderError={(error) => <KeyErrorPanel error={error} />} />;
}
