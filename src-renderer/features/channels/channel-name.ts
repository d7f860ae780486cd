/** As the core takes them: names go into configs, file names and command lines. */
const namePattern = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,59}$/u;

export type NameProblem = 'invalid' | 'taken';

/** Why a channel cannot be named so; null when it can, and while nothing is entered. */
export function nameProblem(name: string, taken: readonly string[]): NameProblem | null {
  if (name === '') return null;
  if (!namePattern.test(name) || name === 'builtin') return 'invalid';
  return taken.includes(name) ? 'taken' : null;
}
