import type { Group } from '../group.ts'

/** What can be asked of lineage, and done with its log. */
export const lineageGroup: Group = {
  name: 'lineage',
  summary: 'which data was made from which, by which runs',
  commands: {
    graph: {
      summary: 'draw what a dataset is made from, and what from it',
      load: () => import('../commands/lineage/graph.ts'),
    },
    columns: {
      summary: 'say which columns SQL or an ETL makes of which',
      load: () => import('../commands/lineage/columns.ts'),
    },
    runs: { summary: 'list the runs', load: () => import('../commands/lineage/runs.ts') },
    show: { summary: 'show all that is known of a run', load: () => import('../commands/lineage/show.ts') },
    verify: {
      summary: 'say whether data is still what lineage recorded',
      load: () => import('../commands/lineage/verify.ts'),
    },
    reproduce: {
      summary: 'say how to bring back what a run read',
      load: () => import('../commands/lineage/reproduce.ts'),
    },
    fsck: { summary: 'check the log, and repair it', load: () => import('../commands/lineage/fsck.ts') },
    wrap: { summary: 'run a command as a run of a job', load: () => import('../commands/lineage/wrap.ts') },
    send: { summary: 'send events that wait for a server', load: () => import('../commands/lineage/send.ts') },
  },
  aliases: { ls: 'runs' },
  first: 'dayshift log data.csv --origin s3://lake/raw.csv, then dayshift lineage graph',
}
