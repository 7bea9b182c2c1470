import { checkCatalog, repairCatalog } from '@dayshift/catalog'
import { catalogFlags, existingCatalog } from '../../catalog/command.ts'
import { failure } from '../../codes.ts'
import { defineCommand } from '../../command.ts'
import { checkOutcome } from '../../journal-check.ts'

export const command = defineCommand({
  name: 'catalog fsck',
  summary: 'check the file, and repair it',
  usage: '',
  description: [
    'Reads every byte of the catalog and of what compactions have put aside, and tells each line that is damaged or no entry,',
    'with the byte where it starts; exit 1 where there is one. --repair moves them to a quarantine file beside the catalog,',
    'byte for byte, and keeps entries that stand whole within them. Others may write meanwhile.',
  ],
  flags: { repair: { type: 'boolean', help: 'take damaged lines out' }, ...catalogFlags },
  examples: ['dayshift catalog fsck', 'dayshift catalog fsck --repair'],
  run: async (context) => {
    const { flags, positionals, cwd, terminal, signal } = context
    if (positionals.length > 0) throw failure('DS_USAGE', `'${positionals[0]}' is too much: fsck takes flags only`)
    const path = await existingCatalog(context)
    const repair = flags.repair ? await repairCatalog(path, { signal }) : undefined
    const check = await checkCatalog(path, { signal })
    const noun = ['entry', 'entries'] as const
    return checkOutcome({ command: 'catalog fsck', path, check, repair, noun }, cwd, terminal)
  },
})
