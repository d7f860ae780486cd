import { ensureBuilt } from './build.ts';
import { checkoutRoot } from './checkout.ts';

/** `npm run build`: builds; with `--if-stale` only when out/ is older than the sources. */
try {
  await ensureBuilt({
    root: checkoutRoot,
    say: (line) => process.stderr.write(`${line}\n`),
    force: !process.argv.includes('--if-stale'),
  });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
