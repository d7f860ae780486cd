import { AppError } from '../app-error.ts';

export type SampleService = {
  /** Starts the job that publishes the sample and updates a virtual device from it. Throws `NOT_AVAILABLE_HERE`. */
  run(): string;
};

/** Until the simulator is there the sample says so. */
export function createSample(): SampleService {
  return {
    run() {
      throw new AppError('NOT_AVAILABLE_HERE', { what: 'sample' });
    },
  };
}
