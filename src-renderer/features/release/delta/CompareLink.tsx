import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { GitCompare } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

import type { Release } from '#contract/models/release.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { releaseListQuery } from '#renderer/api/queries.ts';

import { compareHref } from './compare-href.ts';

/** Compares a release with the one before it; without another there is nothing to compare, which it says. */
export function CompareLink({ release }: { readonly release: Release }) {
  const { t } = useTranslation('delta');
  const api = useApi();
  const [, navigate] = useLocation();
  const { data } = useQuery(releaseListQuery(api, release.appId));
  // Newest first.
  const index = data?.findIndex(({ releaseId }) => releaseId === release.releaseId) ?? -1;
  const other = index === -1 ? undefined : (data?.[index + 1] ?? data?.[index - 1]);
  return (
    <Button
      leftSection={<GitCompare size={14} aria-hidden="true" />}
      disabled={other === undefined}
      title={other === undefined && data !== undefined ? t('compare.only') : undefined}
      onClick={() => {
        if (other !== undefined) navigate(compareHref(other.releaseId, release.releaseId));
      }}
    >
      {t('compare.open')}
    </Button>
  );
}
