import { join } from 'node:path'
import { openState } from './cache/state.ts'
import { checkCall } from './call.ts'
import { failure } from './codes.ts'
import type { UpdatedImport, UpdateOptions } from './elsewhere/import-update.ts'
import { updateFromRepo } from './elsewhere/update-from-repo.ts'
import { updateFromUrl } from './elsewhere/update-from-url.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { outputsOf, type Output } from './outputs.ts'
import { needRepo, type DvcRepo } from './repo.ts'
import { selectOutputs, shownFrom } from './workspace/targets.ts'

/** What an update has done. */
export interface UpdateResult {
  readonly root: string
  readonly imports: readonly UpdatedImport[]
}

/**
 * Brings imports up to what is where they came from, as `dvc update` does: the newest commit of the revision that each
 * follows, or what is at an address now. One that has it already, and its data, is left alone.
 *
 * @param targets `.dvc` files of imports, or their data
 * @throws DS_DVC_TARGET for what is no import, DS_DVC_UNSAVED, DS_DVC_NOTHING, and what `importData` and `importUrl` throw of
 *   where they came from; those before stay updated
 * @example (await update(['data.dvc'], { cwd: process.cwd() })).imports[0]?.changed // true
 */
export async function update(targets: readonly string[], options: UpdateOptions): Promise<UpdateResult> {
  checkCall(options, { targets })
  if (targets.length === 0) throw failure('DS_DVC_NOTHING', 'no import was named')
  const repo = await needRepo(options.cwd, options.env, options.user)
  const { lockTimeout: timeout, onWait, signal, cwd, recursive } = options
  return withRepoLock(repo, { timeout, signal, onWait }, async () => {
    const selected = await selectOutputs(repo, await outputsOf(repo, { signal }), targets, { cwd, recursive })
    const outputs = selected.map(({ output }) => output)
    if (!recursive) for (const output of outputs) refuseOther(repo, output, options)
    const state = openState(join(repo.dvcDir, 'tmp'))
    const imports: UpdatedImport[] = []
    for (const output of outputs.filter(isFollowed)) {
      const one = output.origin?.repo === undefined ? updateFromUrl : updateFromRepo
      imports.push(await one(repo, output, state, options))
    }
    await state.save()
    return { root: repo.root, imports }
  })
}

/** What came of a database is DVC's own. */
function isFollowed({ origin }: Output): boolean {
  return origin?.path !== undefined && origin.db === undefined
}

function refuseOther(repo: DvcRepo, output: Output, { cwd, revision, toRemote = false }: UpdateOptions): void {
  const shown = shownFrom(repo, cwd, output.path)
  const refuse = (what: string): Error => failure('DS_DVC_TARGET', `${shown} ${what}`, { where: output.file })
  if (!isFollowed(output)) throw refuse('is no import from another repository or an address')
  const isOfRepo = output.origin?.repo !== undefined
  if (isOfRepo && toRemote) throw refuse('is another repository’s: its data stays there')
  if (!isOfRepo && revision !== undefined) throw refuse('is from an address, which has no revisions')
}
