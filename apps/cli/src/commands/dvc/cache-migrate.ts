import { cacheMigrate } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { defineDvcCommand, dryFlags, lockFlags, readingOn } from '../../dvc/command.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc cache migrate',
  summary: 'bring the cache of DVC 2 to DVC 3',
  usage: '',
  description: [
    'Hashes what DVC 2 has put into the cache once more, and links it to where DVC 3 looks for it: it takes no more room. Objects',
    'that are not what their names say stay behind, and the exit code is 1.',
  ],
  flags: {
    'dvc-files': { type: 'boolean', help: 'have .dvc files follow' },
    ...dryFlags,
    ...lockFlags,
  },
  examples: ['dayshift dvc cache migrate --dry', 'dayshift dvc cache migrate --dvc-files'],
  run: async ({ flags, positionals, repo, terminal, dryRun }) => {
    if (positionals.length > 0) throw failure('DS_USAGE', `'${positionals[0]}' is too much: it takes flags only`)
    const onProgress = readingOn(terminal, 'cache migrate')
    const result = await cacheMigrate({ ...repo, dvcFiles: flags['dvc-files'], dryRun, onProgress })
    const { objects, migrated, files, skipped, broken } = result
    const warn = (message: string): void => terminal.note(`${terminal.paint('yellow', 'warn')}  ${printable(message)}`)
    for (const { path, reason } of skipped) warn(`${path} keeps its hash of DVC 2: ${reason}`)
    for (const path of broken) warn(`${path} is not what its name says, and stays behind`)
    const text = [
      dryRun
        ? `${objects} files will be re-hashed and migrated to the DVC 3.0 cache location.`
        : `Migrated ${migrated} files to DVC 3.0 cache location.`,
      ...files.map((file) => `${dryRun ? 'Would update' : 'Updated'} ${printable(file)}`),
    ]
    return { reports: [], result, fails: broken.length > 0, text, ...(dryRun ? { plan: text } : {}) }
  },
})
