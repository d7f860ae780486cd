import { writeFileSync } from 'node:fs';

import type { Reporter, SerializedError, TestModule } from 'vitest/node';

import { type FailedTest, firstLines, type SkippedTest, type Summary, SUMMARY_VARIABLE } from './summary.ts';

/** Leaves the counts and the reasons of skipped tests where `npm test` adds them up. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const path = process.env[SUMMARY_VARIABLE];
    if (path !== undefined) writeFileSync(path, JSON.stringify(summarize(modules, unhandled)));
  }
}

function summarize(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Summary {
  let passed = 0;
  const failures: FailedTest[] = unhandled.map(({ message }) => ({
    name: 'outside of tests',
    message: firstLines(message),
  }));
  const skipped: SkippedTest[] = [];
  for (const module of modules) {
    const failed = failures.length;
    for (const test of module.children.allTests()) {
      const result = test.result();
      const name = `${module.project.name} › ${test.fullName}`;
      if (result.state === 'passed') passed += 1;
      else if (result.state === 'skipped') {
        skipped.push(result.note === undefined ? { name } : { name, reason: result.note });
      } else failures.push({ name, message: firstLines(result.errors?.[0]?.message) });
    }
    // A file that does not load, or whose hooks fail, has no failed test of its own.
    if (failures.length === failed && !module.ok()) {
      const name = `${module.project.name} › ${module.relativeModuleId}`;
      failures.push({ name, message: firstLines(module.errors()[0]?.message) });
    }
  }
  return { passed, failures, skipped };
}
