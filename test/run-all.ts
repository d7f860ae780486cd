import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { findChromium } from './helpers/chromium.ts';
import {
  closingLine,
  type FailedTest,
  type PlaywrightReport,
  type SkippedTest,
  type Summary,
  SUMMARY_VARIABLE,
  summarizePlaywright,
} from './helpers/summary.ts';

/** `npm test`: every check, the build and all suites; goes on after a failure and adds everything up at the end. */

const root = fileURLToPath(new URL('..', import.meta.url));
const STEP_LIMIT_MS = 10 * 60_000;
const VITEST = 'vitest run --config test/vitest.config.ts --passWithNoTests';
const reporters = '--reporter=default --reporter=./test/helpers/vitest-summary.ts';

type Outcome = {
  readonly name: string;
  readonly seconds: number;
  readonly result: 'ok' | 'failed' | Summary;
};

const outcomes: Outcome[] = [];
const missing: SkippedTest[] = [];
const scratch = await mkdtemp(join(tmpdir(), 'slipway-test-'));
try {
  await runEverything();
} finally {
  await rm(scratch, { recursive: true, force: true });
}
process.exitCode = report();

async function runEverything(): Promise<void> {
  for (const command of await staticChecks()) await runCheck(command.split(' ')[0] ?? command, command);
  const isBuilt = await runCheck('build', 'node src-main/hosts/launcher/build-command.ts');

  await runVitest('unit', ['core', 'renderer']);
  if (!isBuilt) {
    // They would only show the build's failure again, or worse, pass on an older build.
    missing.push({ name: 'contract, integration, interop, desktop and e2e', reason: 'the build failed' });
    return;
  }
  // In one run: the last file of one suite need not be waited for by the first of the next.
  await runVitest('integration', ['contract', 'integration', 'interop', 'desktop']);
  await runPlaywright();
}

/** The tools of `npm run check`, read from there so that the two cannot differ. Tests come later, with their counts. */
async function staticChecks(): Promise<string[]> {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: { check: string };
  };
  return scripts.check.split(' && ').filter((command) => !command.startsWith('vitest'));
}

async function runCheck(name: string, command: string): Promise<boolean> {
  const { exitCode, seconds } = await runStep(name, command);
  outcomes.push({ name, seconds, result: exitCode === 0 ? 'ok' : 'failed' });
  return exitCode === 0;
}

async function runVitest(name: string, projects: readonly string[]): Promise<void> {
  const file = join(scratch, `${name}.json`);
  const chosen = projects.map((project) => `--project ${project}`).join(' ');
  const step = await runStep(name, `${VITEST} ${chosen} ${reporters}`, { [SUMMARY_VARIABLE]: file });
  const summary = (await readJson<Summary>(file)) ?? { passed: 0, failures: [], skipped: [] };
  outcomes.push({ name, seconds: step.seconds, result: withExitCode(summary, step.exitCode) });
}

async function runPlaywright(): Promise<void> {
  try {
    const { source } = await findChromium();
    process.stdout.write(`\nChromium: ${source}\n`);
  } catch (error) {
    missing.push({ name: 'e2e', reason: error instanceof Error ? error.message : String(error) });
    return;
  }
  const file = join(scratch, 'e2e.json');
  const step = await runStep('e2e', 'playwright test --config test/playwright.config.ts --pass-with-no-tests', {
    PLAYWRIGHT_JSON_OUTPUT_FILE: file,
  });
  const raw = await readJson<PlaywrightReport>(file);
  const summary = raw === null ? { passed: 0, failures: [], skipped: [] } : summarizePlaywright(raw);
  outcomes.push({ name: 'e2e', seconds: step.seconds, result: withExitCode(summary, step.exitCode) });
}

/** A run that fails without a failed test (it crashed, or ran out of time) is one failure. */
function withExitCode(summary: Summary, exitCode: number): Summary {
  if (exitCode === 0 || summary.failures.length > 0) return summary;
  return { ...summary, failures: [{ name: 'the run itself', message: `ended with ${exitCode}` }] };
}

async function readJson<T>(path: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch {
    return null;
  }
}

async function runStep(
  name: string,
  command: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<{ exitCode: number; seconds: number }> {
  process.stdout.write(`\n── ${name}: ${command}\n`);
  const startedAt = performance.now();
  // npm puts node_modules/.bin first in the path; the shell finds the .cmd files of Windows there as well.
  const child = spawn(command, {
    cwd: root,
    shell: true,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: STEP_LIMIT_MS,
    // Hundreds of short programs are started: each finds compiled what the one before it compiled.
    env: { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled'), ...process.env, ...environment },
  });
  const exitCode = await new Promise<number>((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', (code) => resolve(code ?? 1));
  });
  return { exitCode, seconds: (performance.now() - startedAt) / 1000 };
}

/** Prints the sums, reasons of what was left out, and the closing line. Returns the exit code. */
function report(): number {
  let passed = 0;
  const failures: FailedTest[] = [];
  const skipped = [...missing];
  const lines = outcomes.map(({ name, seconds, result }) => {
    if (result === 'failed') failures.push({ name, message: 'see its output above' });
    if (typeof result === 'object') {
      passed += result.passed;
      failures.push(...result.failures);
      skipped.push(...result.skipped);
    }
    const text =
      typeof result === 'string' ? result : closingLine(result.passed, result.failures.length, result.skipped.length);
    return `  ${name.padEnd(12)} ${text.padEnd(40)} ${seconds.toFixed(1).padStart(6)} s`;
  });
  process.stdout.write(`\n── Everything\n${lines.join('\n')}\n`);
  if (skipped.length > 0) {
    const reasons = skipped.map(({ name, reason }) => `  SKIPPED ${name}: ${reason ?? 'no reason given'}`);
    process.stdout.write(`\n── Not run here, ${skipped.length} in all\n${reasons.join('\n')}\n`);
  }
  if (failures.length > 0) {
    const reasons = failures.map(({ name, message }) => `  FAILED ${name}\n${message.replaceAll(/^/gm, '    ')}`);
    process.stdout.write(`\n── Failed, ${failures.length} in all\n${reasons.join('\n')}\n`);
  }
  process.stdout.write(`\n${closingLine(passed, failures.length, skipped.length)}\n`);
  return failures.length === 0 ? 0 : 1;
}
