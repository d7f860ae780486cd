/** How far one step of long work is. */
export type StepProgress = {
  readonly done: number;
  /** 0 when unknown. */
  readonly total: number;
  readonly unit: 'bytes' | 'files' | 'devices';
};

/** Passed down into long work; may be called as often as convenient, the job runner thins it out. */
export type ReportProgress = (progress: StepProgress) => void;
