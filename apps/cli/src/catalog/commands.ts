import type { Group } from '../group.ts'

/** What can be done with a catalog. */
export const catalogGroup: Group = {
  name: 'catalog',
  summary: 'what datasets there are, what is in them, who owns them, and how that changed',
  commands: {
    list: { summary: 'list the datasets', load: () => import('../commands/catalog/list.ts') },
    search: { summary: 'find datasets by words and filters', load: () => import('../commands/catalog/search.ts') },
    show: { summary: 'show all that is known of a dataset', load: () => import('../commands/catalog/show.ts') },
    history: { summary: 'list the revisions of an entry', load: () => import('../commands/catalog/history.ts') },
    diff: {
      summary: 'say what a revision changed, and whom it breaks',
      load: () => import('../commands/catalog/diff.ts'),
    },
    rename: { summary: 'give a dataset another name', load: () => import('../commands/catalog/rename.ts') },
    deprecate: {
      summary: 'say that a dataset is not to be used',
      load: () => import('../commands/catalog/deprecate.ts'),
    },
    remove: { summary: 'remove a dataset from the catalog', load: () => import('../commands/catalog/remove.ts') },
    restore: { summary: 'take that back', load: () => import('../commands/catalog/restore.ts') },
    export: { summary: 'print the catalog as one JSON document', load: () => import('../commands/catalog/export.ts') },
    fsck: { summary: 'check the file, and repair it', load: () => import('../commands/catalog/fsck.ts') },
    compact: { summary: 'rewrite the file with a line an entry', load: () => import('../commands/catalog/compact.ts') },
  },
  aliases: { ls: 'list', find: 'search', rm: 'remove', mv: 'rename' },
  first: 'dayshift register data.csv --name NAME --description TEXT, then dayshift catalog list',
}
