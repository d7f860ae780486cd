import { dirname } from 'node:path';

import type { KeyProject } from '#contract/models/key.ts';

import { projectKeyId } from '../projects/project-key.ts';
import { findCapacitorProject } from '../projects/read-project.ts';

/** The projects around these builds that have a key in their config, each once. What cannot be read counts as none. */
export async function findKeyProjects(buildPaths: readonly string[]): Promise<KeyProject[]> {
  const found = await Promise.all(
    [...new Set(buildPaths.map(dirname))].map((folder) => findCapacitorProject(folder).catch(() => null)),
  );
  const byConfig = new Map<string, KeyProject>();
  for (const project of found) {
    const keyId = project && projectKeyId(project);
    if (!project || keyId === null) continue;
    const { configPath, appId } = project;
    byConfig.set(configPath, { configPath, appId, keyId });
  }
  return [...byConfig.values()];
}
