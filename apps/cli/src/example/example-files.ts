import { ciFiles, type CiService } from '../init/ci.ts'
import { GIT_FILES, type ProjectFile } from '../init/project-file.ts'
import { readings } from './readings.ts'

/**
 * The example project: readings of sensors in a greenhouse. Its data comes from a generator, the same every time.
 *
 * @param ci whose workflow it has
 */
export function exampleFiles(ci: CiService): ProjectFile[] {
  return [
    { path: 'dayshift.config.ts', text: CONFIG, what: 'the project: one dataset, seven steps' },
    { path: 'contracts/readings.ts', text: CONTRACT, what: 'what must hold for each row (Zod)' },
    { path: 'etl/readings.ts', text: ETL, what: 'an ETL to try on a sample' },
    { path: 'data/readings.csv', text: readings('good'), what: '5,000 readings of this month: a good batch' },
    { path: 'data/readings-last-month.csv', text: readings('reference'), what: '5,000 readings of last month' },
    { path: 'batches/good.csv', text: readings('good'), what: 'the good batch again, to go back to' },
    { path: 'batches/bad.csv', text: readings('bad'), what: 'a batch that breaks the contract' },
    { path: 'batches/drifted.csv', text: readings('drifted'), what: 'a batch that keeps it, and is not as it was' },
    { path: 'README.md', text: README, what: 'what to try' },
    { path: 'package.json', text: PACKAGE, what: 'types for your editor, once on npm' },
    { path: 'tsconfig.json', text: TSCONFIG, what: 'strict TypeScript, as it is run' },
    ...GIT_FILES,
    ...ciFiles(ci),
  ]
}

const CONFIG = `import { defineProject } from 'dayshift'
import { readings } from './contracts/readings.ts'
import { clean } from './etl/readings.ts'

export default defineProject({
  name: 'greenhouse',
  datasets: {
    readings: {
      source: 'data/readings.csv',
      description: 'Sensor readings of the greenhouse, one row a measurement',
      owners: ['data@greenhouse.example'],
      tags: { tier: 'gold' },
      prototype: { fraction: '1%', seed: 42, etl: clean },
      contract: readings,
      version: { commit: true },
      log: { origin: 's3://greenhouse/raw/readings.csv' },
      freshness: { maxAge: '24h', warnAfter: '12h' },
      // 'previous' in place of the file compares with the version before.
      drift: { reference: 'data/readings-last-month.csv', columns: ['value', 'temperature', 'humidity'] },
    },
  },
})
`

const CONTRACT = `import { z } from 'zod'

/** One reading. Empty cells are missing values: they pass where a column is nullable. */
export const readings = z.object({
  id: z.int().min(1),
  station: z.enum(['north', 'south', 'east', 'west']),
  value: z.number().min(0).nullable(),
  temperature: z.number().min(-20).max(60),
  humidity: z.number().min(0).max(100),
  measured_at: z.iso.datetime(),
})
`

const ETL = `import { sql, type Frame } from '@dayshift/core'

/** Drops rows without a value, adds its square and its place between smallest (0) and largest (1), keeps even ids. */
export function clean(frame: Frame) {
  return frame
    .dropNulls('value')
    .derive({
      value_squared: sql\`value ** 2\`,
      value_normalized: sql\`(value - min(value) OVER ()) / nullif(max(value) OVER () - min(value) OVER (), 0)\`,
    })
    .filter(sql\`id % 2 = 0\`)
}
`

const README = `# Greenhouse: an example of dayshift

\`\`\`sh
dayshift run                               # the good batch: all seven steps hold

cp batches/bad.csv data/readings.csv
dayshift run                               # stopped at validate: nothing is recorded of it
dayshift validate readings                 # which rows, and why

cp batches/drifted.csv data/readings.csv
dayshift run                               # keeps the contract, but temperature is not as it was
dayshift dvc versions data/readings.csv    # both versions that were recorded

cp batches/good.csv data/readings.csv
dayshift run                               # and back
\`\`\`
`

const PACKAGE = `{
  "name": "greenhouse",
  "private": true,
  "type": "module",
  "scripts": {
    "dayshift": "dayshift run"
  },
  "devDependencies": {
    "dayshift": "*",
    "@dayshift/core": "*",
    "zod": "^4.6.0"
  }
}
`

const TSCONFIG = `{
  "compilerOptions": {
    "module": "nodenext",
    "target": "es2023",
    "strict": true,
    "noEmit": true,
    "allowImportingTsExtensions": true,
    "skipLibCheck": true
  }
}
`
