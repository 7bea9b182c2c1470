import { checkLineageLog, repairLineageLog } from '@dayshift/lineage'
import { failure } from '../../codes.ts'
import { defineCommand } from '../../command.ts'
import { checkOutcome } from '../../journal-check.ts'
import { existingLog, lineageFlags } from '../../lineage/command.ts'

export const command = defineCommand({
  name: 'lineage fsck',
  summary: 'check the log, and repair it',
  usage: '',
  description: [
    'Reads every byte of the lineage log and tells each line that is damaged or no event, with the byte where it starts; exit 1',
    'where there is one. --repair moves them to a quarantine file beside the log, byte for byte, and keeps events that stand',
    'whole within them. Others may write meanwhile.',
  ],
  flags: { repair: { type: 'boolean', help: 'take damaged lines out' }, ...lineageFlags },
  examples: ['dayshift lineage fsck', 'dayshift lineage fsck --repair'],
  run: async (context) => {
    const { flags, positionals, cwd, terminal, signal } = context
    if (positionals.length > 0) throw failure('DS_USAGE', `'${positionals[0]}' is too much: fsck takes flags only`)
    const path = await existingLog(context)
    const repair = flags.repair ? await repairLineageLog(path, { signal }) : undefined
    const check = await checkLineageLog(path, { signal })
    const noun = ['event', 'events'] as const
    return checkOutcome({ command: 'lineage fsck', path, check, repair, noun }, cwd, terminal)
  },
})
