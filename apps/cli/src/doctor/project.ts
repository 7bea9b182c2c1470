import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { findFiles } from '@dayshift/core'
import { checkJournal } from '@dayshift/core/ground'
import { CATALOG_FILE, HISTORY_FILE, LINEAGE_FILE } from '../places.ts'
import { count } from '../render/words.ts'
import { broken, doubtful, well, type Check, type Patient } from './check.ts'

/** The project file can be read, and its datasets are there. */
export async function projectChecks({ project, cwd }: Patient): Promise<Check[]> {
  const found = await project()
  if (!found) return [well('project', 'no project file here or above; dayshift init makes one')]
  const names = Object.keys(found.datasets)
  const missing: Check[] = []
  for (const name of names) {
    const { source = '' } = found.datasets[name] ?? {}
    if (await findFiles(resolve(found.root, source))) continue
    const hint = 'Check the path in the project file, or bring the data: dayshift dvc pull.'
    missing.push(doubtful(`dataset ${name}`, `${source} is not there`, hint))
  }
  return [well('project', `${relative(cwd, found.file)}: ${count(names.length, 'dataset')}`), ...missing]
}

/** What is kept in lines is whole. */
export async function journalChecks(root: string, signal: AbortSignal): Promise<Check[]> {
  const journals = [
    ['catalog', CATALOG_FILE, 'dayshift catalog fsck --repair'],
    ['lineage log', LINEAGE_FILE, 'dayshift lineage fsck --repair'],
    ['history', HISTORY_FILE, undefined],
  ] as const
  const checks: Check[] = []
  for (const [name, file, mend] of journals) {
    const path = join(root, file)
    if (!existsSync(path)) continue
    const { damage, files } = await checkJournal(path, { signal })
    const lines = files.reduce((sum, one) => sum + one.lines, 0)
    if (damage.length === 0) checks.push(well(name, `${file}: ${count(lines, 'line')}, all whole`))
    else if (mend !== undefined)
      checks.push(broken(name, `${file}: ${count(damage.length, 'line')} damaged`, `Run ${mend}.`))
    else checks.push(doubtful(name, `${file}: ${count(damage.length, 'line')} damaged`, 'They are passed over.'))
  }
  return checks
}
