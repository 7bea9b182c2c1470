import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { readConfig, transportOf, waitingIn } from '@dayshift/lineage'
import { SPOOL_FOLDER } from '../places.ts'
import { count } from '../render/words.ts'
import { doubtful, well, type Check, type Patient } from './check.ts'

/** Where lineage goes, and whether events wait. */
export async function lineageServerCheck({ env, cwd }: Patient, root: string): Promise<Check> {
  const folder = existsSync(join(cwd, 'openlineage.yml')) ? cwd : root
  const config = await readConfig({ env, cwd: folder, home: homedir() })
  // What it names may not be there.
  await transportOf(config, { cwd: folder })?.transport.close()
  const { isDisabled, transport } = config
  const name = 'lineage server'
  const waiting = await waitingEvents(join(root, SPOOL_FOLDER))
  if (waiting > 0) return doubtful(name, `${count(waiting, 'event')} wait to be sent`, 'Run dayshift lineage send.')
  if (isDisabled) return well(name, 'OPENLINEAGE_DISABLED switches all off')
  return well(
    name,
    transport === undefined ? 'none is configured; the log is in the project' : `${transport.type}, nothing waits`,
  )
}

async function waitingEvents(folder: string): Promise<number> {
  if (!existsSync(folder)) return 0
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const counts = await Promise.all(folders.map(({ name }) => waitingIn(join(folder, name))))
  return counts.reduce((sum, one) => sum + one, 0)
}
