import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Context } from './command.ts'

/** A folder that is there as long as the command runs. */
export async function newTemporary(name: string, context: Pick<Context, 'cleanUp'>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `dayshift-${name}-`))
  context.cleanUp(() => rm(folder, { recursive: true, force: true }))
  return folder
}
