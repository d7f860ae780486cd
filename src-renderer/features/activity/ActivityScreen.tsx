import { useTranslation } from 'react-i18next';

import { Page } from '#renderer/components/Page.tsx';

export function ActivityScreen() {
  const { t } = useTranslation('frame');
  return <Page title={t('screen.activity')}>{null}</Page>;
}
