import styles from './ProgressBar.module.css';

type Props = {
  /** 0..1; null while nothing can be said yet. */
  readonly value: number | null;
  readonly label: string;
};

/** How far something is. Determinate as soon as a value is known. */
export function ProgressBar({ value, label }: Props) {
  const percent = value === null ? undefined : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      className={styles.track}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <div
        className={styles.fill}
        data-unknown={percent === undefined || undefined}
        style={percent === undefined ? undefined : { transform: `scaleX(${percent / 100})` }}
      />
    </div>
  );
}
