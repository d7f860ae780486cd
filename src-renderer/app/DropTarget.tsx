import { notifications } from '@mantine/notifications';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

import { useTransport } from '#renderer/api/api-context.tsx';
import { Mark } from '#renderer/components/Mark.tsx';
import { useDropClaimStore } from '#renderer/stores/drop-claim-store.ts';
import { addToIntake } from '#renderer/stores/intake-store.ts';
import { openKeyImport } from '#renderer/stores/key-intake-store.ts';

import { keyOriginsOf, originsOf } from './dropped.ts';

import styles from './DropTarget.module.css';

/** The whole window takes builds, whatever screen or layer is open. */
export function DropTarget({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation(['frame', 'common']);
  const transport = useTransport();
  const [, navigate] = useLocation();
  const [isOver, setIsOver] = useState(false);
  const claim = useDropClaimStore((state) => state.claim);
  // Every element under the pointer sends its own enter and leave: only their balance tells whether it is outside.
  const depth = useRef(0);

  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const onEnter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      depth.current += 1;
      setIsOver(true);
    };
    const onOver = (event: DragEvent) => {
      if (!hasFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
    };
    const onLeave = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth.current = Math.max(0, depth.current - 1);
      if (depth.current === 0) setIsOver(false);
    };
    const onDrop = (event: DragEvent) => {
      if (!hasFiles(event) || event.dataTransfer === null) return;
      // Without this the browser would leave the page and open the file.
      event.preventDefault();
      depth.current = 0;
      setIsOver(false);
      const { claim } = useDropClaimStore.getState();
      if (claim !== null) {
        claim.take(
          [...event.dataTransfer.files].map((file) => ({ file, path: transport.pathForFile?.(file) || null })),
        );
        return;
      }
      const origins = originsOf(event.dataTransfer, transport.pathForFile);
      const keys = keyOriginsOf(event.dataTransfer, transport.pathForFile);
      if (keys.length > 0) {
        navigate('/keys');
        openKeyImport(keys);
      }
      if (origins.length > 0) addToIntake(origins);
      if (origins.length + keys.length === 0) {
        notifications.show({
          message: t('drop.nothing'),
          color: 'red',
          autoClose: false,
          closeButtonProps: { 'aria-label': t('common:close') },
        });
      }
    };
    window.addEventListener('dragenter', onEnter);
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragenter', onEnter);
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, [transport, navigate, t]);

  return (
    <>
      {children}
      {isOver && (
        <div className={styles.cover}>
          <div className={styles.words}>
            <Mark size={44} />
            <p className={styles.title}>{claim?.title ?? t('drop.title')}</p>
            <p>{claim?.hint ?? t('drop.hint')}</p>
          </div>
        </div>
      )}
    </>
  );
}
