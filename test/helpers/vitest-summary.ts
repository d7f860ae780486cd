import { writeFileSync } from 'node:fs';

import type { Reporter, SerializedError, TestModule } from 'vitest/node';

import { type SkippedTest, type Summary, SUMMARY_VARIABLE } from './summary.ts';

/** Leaves the counts and the reasons of skipped tests where `npm test` adds them up. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const path = process.env[SUMMARY_VARIABLE];
    if (path !== undefined) writeFileSync(path, JSON.stringify(summarize(modules, unhandled.length)));
  }
}

function summarize(modules: readonly TestModule[], unhandledErrors: number): Summary {
  let passed = 0;
  let failed = unhandledErrors;
  const skipped: SkippedTest[] = [];
  for (const module of modules) {
    let failedHere = 0;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') passed += 1;
      else if (result.state === 'skipped') {
        const name = `${module.project.name} › ${test.fullName}`;
        skipped.push(result.note === undefined ? { name } : { name, reason: result.note });
      } else failedHere += 1;
    }
    // A file that does not load, or whose hooks fail, has no failed test of its own.
    if (failedHere === 0 && !module.ok()) failedHere = 1;
    failed += failedHere;
  }
  return { passed, failed, skipped };
}
