import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DvcRepo } from '../repo.ts'
import { temporaryName, unwritable } from '../write.ts'

/** Works with a folder of its own in `.dvc/tmp`, which goes however the work ends; a killed process's goes at the next checkout. */
export async function withScratch<Result>(
  { dvcDir }: Pick<DvcRepo, 'dvcDir'>,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = join(dvcDir, 'tmp', temporaryName())
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw unwritable(folder, error)
  }
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
