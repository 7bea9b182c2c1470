import { relative } from 'node:path'
import { checkCatalog, repairCatalog } from '@dayshift/catalog'
import { formatSize } from '@dayshift/core/ground'
import { catalogFlags, existingCatalog } from '../../catalog/command.ts'
import { failure } from '../../codes.ts'
import { defineCommand } from '../../command.ts'
import type { ListedItem } from '../../listing.ts'
import { itemLines } from '../../render/listed.ts'
import { count, printable } from '../../render/words.ts'

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
    const { files, damage, changed } = await checkCatalog(path, { signal })
    const place = (file: string): string => printable(relative(cwd, file))
    const items: ListedItem[] = [
      ...damage.map((one) => ({
        kind: 'damaged',
        message: `${place(one.file)}, byte ${one.offset}: ${one.reason}`,
        verdict: 'fails' as const,
        data: one,
      })),
      ...changed.map((file) => ({
        kind: 'changed',
        message: `${place(file)} is not what the compaction put there; it is read all the same`,
        verdict: 'warns' as const,
        data: { file },
      })),
    ]
    const lines = files.reduce((sum, file) => sum + file.lines, 0)
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
    const summary = `${count(lines, 'line')} in ${count(files.length, 'file')}, ${formatSize(bytes)}: ${damage.length === 0 ? 'all whole' : `${damage.length} damaged`}`
    const repaired =
      repair?.quarantine === undefined
        ? []
        : [
            `${count(repair.taken.length, 'line')} moved to ${place(repair.quarantine)}; ${repair.recovered === 1 ? '1 entry' : `${repair.recovered} entries`} recovered from ${repair.taken.length === 1 ? 'it' : 'them'}`,
          ]
    return {
      reports: [],
      result: { files, damage, changed, ...(repair ? { repair } : {}) },
      text: [
        ...repaired,
        ...items.flatMap((item) => itemLines(item, terminal)),
        summary,
        ...(damage.length > 0 ? [nextStep(flags.repair === true)] : []),
      ],
      listing: { command: 'catalog fsck', subject: place(path), file: relative(cwd, path), summary, items },
      fails: damage.length > 0,
      warns: changed.length > 0,
    }
  },
})

function nextStep(isRepaired: boolean): string {
  return isRepaired
    ? 'what compactions have put aside is left as it is: take such a file from git again, or delete it'
    : 'dayshift catalog fsck --repair takes them out and keeps them'
}
