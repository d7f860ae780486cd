import { ActionIcon, UnstyledButton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { FolderClock, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useApi } from '#renderer/api/api-context.tsx';
import { recentBuildsQuery } from '#renderer/api/queries.ts';
import { Section } from '#renderer/components/Page.tsx';
import { RelativeTime } from '#renderer/components/RelativeTime.tsx';
import { addToIntake } from '#renderer/stores/intake-store.ts';

import styles from './RecentBuilds.module.css';

const SHOWN = 5;

/** Builds that were opened by path lately; one click reviews them as they are now. */
export function RecentBuilds() {
  const { t } = useTranslation('release');
  const api = useApi();
  const queryClient = useQueryClient();
  const { data: builds = [] } = useQuery(recentBuildsQuery(api));
  const forget = useMutation({
    mutationFn: (path: string) => api.builds.forgetRecent({ path }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: recentBuildsQuery(api).queryKey }),
  });
  if (builds.length === 0) return null;
  return (
    <Section title={t('recent')}>
      <ul>
        {builds.slice(0, SHOWN).map(({ path, appId, usedAt }) => (
          <li key={path} className={styles.row}>
            <UnstyledButton
              className={styles.open}
              title={t('recentOpen', { path })}
              onClick={() => addToIntake([{ kind: 'path', path }])}
            >
              <FolderClock size={15} aria-hidden="true" />
              <code className={styles.path}>{path}</code>
              <span className={styles.app}>{appId}</span>
              <RelativeTime at={usedAt} />
            </UnstyledButton>
            <ActionIcon size="xs" aria-label={t('recentForget', { path })} onClick={() => forget.mutate(path)}>
              <X size={14} aria-hidden="true" />
            </ActionIcon>
          </li>
        ))}
      </ul>
    </Section>
  );
}
