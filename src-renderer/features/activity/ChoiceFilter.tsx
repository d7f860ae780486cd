import { Button, Checkbox, Popover } from '@mantine/core';
import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import styles from './ChoiceFilter.module.css';

type Props<T extends string> = {
  readonly label: string;
  readonly choices: readonly T[];
  /** None chosen means all. */
  readonly chosen: readonly T[];
  readonly wordOf: (choice: T) => string;
  readonly render: (choice: T) => ReactNode;
  readonly onChosen: (chosen: readonly T[]) => void;
};

/** Any number of a few choices, behind a button that says what is chosen. */
export function ChoiceFilter<T extends string>(props: Props<T>) {
  const { label, choices, chosen, wordOf, render, onChosen } = props;
  const { t } = useTranslation('activity');
  const [first] = chosen;
  const what = first === undefined ? t('filter.all') : chosen.length === 1 ? wordOf(first) : String(chosen.length);
  return (
    <Popover position="bottom-start" trapFocus returnFocus>
      <Popover.Target>
        <Button
          data-chosen={chosen.length > 0 || undefined}
          className={styles.target}
          rightSection={<ChevronDown size={13} aria-hidden="true" />}
        >
          <span className={styles.label}>{label}</span>
          {what}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={label} className={styles.dropdown}>
        {choices.map((choice) => (
          <Checkbox
            key={choice}
            size="xs"
            label={render(choice)}
            checked={chosen.includes(choice)}
            onChange={(event) =>
              onChosen(
                event.currentTarget.checked
                  ? choices.filter((each) => each === choice || chosen.includes(each))
                  : chosen.filter((each) => each !== choice),
              )
            }
          />
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}
