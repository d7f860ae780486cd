import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { Undo2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { errorSentences, toWireError } from '#renderer/i18n/failure-text.ts';
import { announce } from '#renderer/stores/announcer-store.ts';

import styles from './use-undoable.module.css';

/** Long enough to read the sentence, see its effect, and think again. */
const SHOWN_MS = 15_000;

type Done = {
  /** What was done, as a sentence. */
  readonly message: string;
  /** Null where there is no way back. */
  readonly undo: (() => Promise<unknown>) | null;
};

/** The note that stands: only the last act can be taken back, since an older way back would undo the newer one too. */
let standing: string | null = null;
let shown = 0;

/** Says what was done at once, with a way back. */
export function useUndoable(): (done: Done) => void {
  const { t } = useTranslation();
  return ({ message, undo }) => {
    if (standing !== null) notifications.hide(standing);
    const id = `undo ${(shown += 1)}`;
    const note = {
      id,
      message: (
        <UndoNote
          message={message}
          undo={undo}
          onEnd={() => notifications.hide(id)}
          onFail={() => notifications.update({ ...note, autoClose: false })}
        />
      ),
      autoClose: SHOWN_MS,
      // Before failures, which stay until somebody closes them.
      priority: 1,
      closeButtonProps: { 'aria-label': t('close') },
    };
    notifications.show(note);
    standing = id;
  };
}

type NoteProps = Done & {
  readonly onEnd: () => void;
  /** What went wrong is read before it is gone. */
  readonly onFail: () => void;
};

function UndoNote({ message, undo, onEnd, onFail }: NoteProps) {
  const { t, i18n } = useTranslation();
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => undo?.(),
    onSuccess() {
      announce(t('undone'));
      onEnd();
    },
    onError: onFail,
  });
  return (
    <div className={styles.note}>
      <p>{message}</p>
      {error !== null && (
        <p className={styles.failure} role="alert">
          {t('undoFailed')} {errorSentences(toWireError(error), i18n.language).message}
        </p>
      )}
      {undo !== null && (
        <Button
          size="xs"
          loading={isPending}
          leftSection={<Undo2 size={13} aria-hidden="true" />}
          onClick={() => mutate()}
        >
          {t('undo')}
        </Button>
      )}
    </div>
  );
}
