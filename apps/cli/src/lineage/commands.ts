import type { Group } from '../group.ts'

/** What can be asked of lineage, and done with its log. */
export const lineageGroup: Group = {
  name: 'lineage',
  summary: 'which data was made from which, by which runs',
  commands: {},
  aliases: { ls: 'runs' },
  first: 'dayshift log data.csv --origin s3://lake/raw.csv, then dayshift lineage graph',
}
