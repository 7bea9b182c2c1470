import { relative } from 'node:path'
import { compactCatalog } from '@dayshift/catalog'
import { formatSize } from '@dayshift/core/ground'
import { editFlags, existingCatalog } from '../../catalog/command.ts'
import { failure } from '../../codes.ts'
import { defineCommand } from '../../command.ts'
import { count, printable } from '../../render/words.ts'

export const command = defineCommand({
  name: 'catalog compact',
  summary: 'rewrite the file with a line an entry',
  usage: '',
  description: [
    'Rewrites the catalog with the current line of each entry, in the order of ids. What was there stays beside it, in a file',
    'that history goes on to read: commit both. Others may write meanwhile; nothing is lost.',
  ],
  flags: { ...editFlags },
  examples: ['dayshift catalog compact --dry-run', 'dayshift catalog compact'],
  formats: ['text', 'json'],
  run: async (context) => {
    const { flags, positionals, cwd, signal } = context
    if (positionals.length > 0) throw failure('DS_USAGE', `'${positionals[0]}' is too much: compact takes flags only`)
    const path = await existingCatalog(context)
    const dryRun = flags['dry-run'] === true
    const done = await compactCatalog(path, { dryRun, signal })
    const counts = `${count(done.linesBefore, 'line')} (${formatSize(done.bytesBefore)}) → ${count(done.linesAfter, 'line')} (${formatSize(done.bytesAfter)})`
    const text =
      done.segment === undefined
        ? ['each entry has one line already; nothing was written']
        : [
            `${dryRun ? 'would be rewritten: ' : ''}${counts}`,
            `${dryRun ? 'what is there would be kept' : 'what was there is kept'} in ${printable(relative(cwd, done.segment))}`,
          ]
    return {
      reports: [],
      result: { ...done, written: !dryRun && done.segment !== undefined },
      text,
      ...(dryRun ? { plan: text } : {}),
    }
  },
})
