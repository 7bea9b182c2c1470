import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Context } from './command.ts'

/**
 * A folder that is there as long as the command runs. It lies with the engine's own scratch files where it has some: those
 * that a killed process left behind are swept away by the next one.
 */
export async function newTemporary(
  name: string,
  { engine, cleanUp }: Pick<Context, 'engine' | 'cleanUp'>,
): Promise<string> {
  const started = await engine()
  const folder = await mkdtemp(join((await started.scratch?.()) ?? tmpdir(), `dayshift-${name}-`))
  cleanUp(() => rm(folder, { recursive: true, force: true }))
  return folder
}
