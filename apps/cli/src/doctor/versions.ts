import { accessSync, constants, existsSync } from 'node:fs'
import { withoutSecrets } from '@dayshift/core/ground'
import { doctor, findRepo, openRemote, remoteNamed } from '@dayshift/dvc'
import { userConfigOf } from '../dvc/user-config.ts'
import { broken, doubtful, looked, well, type Check, type Patient } from './check.ts'

/** Milliseconds that a remote has to answer. */
const PATIENCE = 10_000

/** An object that no remote has. */
const NOWHERE = 'files/md5/00/00000000000000000000000000000000'

/** The DVC repository: its cache can be written to, and each remote answers. */
export async function versionChecks({ cwd, env, signal }: Patient): Promise<readonly Check[]> {
  const user = userConfigOf(env)
  const repo = await findRepo(cwd, undefined, user)
  if (!repo) return [well('versions', 'no DVC repository here or above; dayshift version makes one')]
  const { config, root } = repo
  const { repo: told } = await doctor({ cwd, user })
  const checks: Check[] = []
  const links = told?.linkTypes ?? []
  const by = links.length > 0 ? `, linked by ${links.join(', ')}` : ', by copies'
  if (!existsSync(config.cacheDir)) checks.push(well('versions', `${root}; nothing is in the cache yet`))
  else if (isWritable(config.cacheDir)) checks.push(well('versions', `${root}; cache ${config.cacheDir}${by}`))
  else {
    const hint = 'Give yourself the right to write there, or set another: dayshift dvc cache dir PATH.'
    checks.push(broken('versions', `nothing can be written to the cache ${config.cacheDir}`, hint))
  }
  const names = Object.keys(config.remotes ?? {})
  if (names.length === 0) {
    const hint = 'Add one: dayshift dvc remote add -d NAME URL.'
    checks.push(doubtful('remotes', 'none: versions are on this machine only', hint))
  }
  const answers = names.map((name) =>
    looked(`remote ${name}`, async () => {
      const remote = await openRemote(remoteNamed(config, name), { env })
      try {
        await remote.has(NOWHERE, { signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]) })
        return [well(`remote ${name}`, `${withoutSecrets(remote.url)} answers`)]
      } finally {
        await remote.close?.()
      }
    }),
  )
  return [...checks, ...(await Promise.all(answers)).flat()]
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
