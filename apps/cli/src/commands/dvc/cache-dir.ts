import { join } from 'node:path'
import { isAddress, withoutSecrets } from '@dayshift/core/ground'
import { configFiles, editConfig, findConfig, needRoot, readConfig } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { levelFlags, levelOf, plannedEdit } from '../../dvc/config-level.ts'
import { defineDvcCommand, dryFlags } from '../../dvc/command.ts'
import { printable } from '../../render/words.ts'

const NAME = 'cache.dir'

export const command = defineDvcCommand({
  name: 'dvc cache dir',
  summary: 'say or set where the cache is',
  usage: '[folder]',
  description: [
    'Prints the cache’s folder, or sets it: a relative path is taken from here, and written relative to the config file. What',
    'the old cache holds is not moved.',
  ],
  flags: {
    unset: { type: 'boolean', short: 'u', help: 'go back to .dvc/cache' },
    ...levelFlags,
    ...dryFlags,
  },
  examples: [
    'dayshift dvc cache dir',
    'dayshift dvc cache dir --local /mnt/shared/dvc-cache',
    'dayshift dvc cache dir -u',
  ],
  run: async ({ flags, positionals, repo, cwd, dryRun }) => {
    const [value, second] = positionals
    if (second !== undefined) throw failure('DS_USAGE', `'${second}' is too much: one folder is taken`)
    if (flags.unset && value !== undefined) throw failure('DS_USAGE', '--unset takes no folder')
    if (value !== undefined && isAddress(value)) {
      throw failure('DS_USAGE', `${withoutSecrets(value)} is an address: a cache is a folder`, {
        hint: 'Data elsewhere is a remote: dvc remote add.',
      })
    }
    const level = levelOf(flags)
    const dvcDir = join(await needRoot(cwd), '.dvc')
    const files = configFiles(dvcDir, repo.user)
    const edits = flags.unset === true || value !== undefined
    const edit = edits ? await editConfig(files, level ?? 'repo', NAME, value, { cwd, dryRun }) : undefined
    if (edit && dryRun) {
      const plan = [plannedEdit(edit.file, NAME, value)]
      return { reports: [], plan, text: plan }
    }
    const entry = level === undefined || edits ? undefined : await findConfig(files, NAME, level)
    if (level !== undefined && !edits && !entry) {
      throw failure('DS_USAGE', `${NAME} is not set there`, { hint: 'Without a level, the folder in use is told.' })
    }
    const dir = withoutSecrets(entry ? String(entry.value) : (await readConfig(dvcDir, files)).cacheDir)
    return { reports: [], result: { dir }, text: edits ? [] : [printable(dir)] }
  },
})
