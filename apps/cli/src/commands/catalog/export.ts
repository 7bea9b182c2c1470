import { exportCatalog } from '@dayshift/catalog'
import { catalogFlags, openCatalog } from '../../catalog/command.ts'
import { failure } from '../../codes.ts'
import { defineCommand } from '../../command.ts'

export const command = defineCommand({
  name: 'catalog export',
  summary: 'print the catalog as one JSON document',
  usage: '[json]',
  description: [
    'Prints all current entries, whole, as one JSON document: what other catalogs can be filled from. Its shape is told in',
    'the docs, and only ever grows.',
  ],
  flags: { deleted: { type: 'boolean', help: 'entries too that were removed' }, ...catalogFlags },
  examples: ['dayshift catalog export > catalog.json'],
  formats: ['text', 'json'],
  run: async (context) => {
    const [target = 'json', second] = context.positionals
    if (target !== 'json' || second !== undefined) {
      throw failure('DS_USAGE', `'${second ?? target}' is not a form that catalogs are exported in`, {
        hint: 'Write json, or nothing.',
      })
    }
    const { store } = await openCatalog(context)
    const exported = await exportCatalog(store, { deleted: context.flags.deleted === true })
    return { reports: [], result: exported, foreign: exported, text: JSON.stringify(exported, null, 2).split('\n') }
  },
})
