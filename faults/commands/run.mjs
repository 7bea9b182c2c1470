import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DATA, makeProject, writeData } from '../project.mjs'

const PROJECT = {
  name: 'faults',
  engine: { threads: 1 },
  datasets: {
    a: {
      source: DATA,
      description: 'what is attacked',
      version: {},
      log: { origin: 's3://lake/data.csv' },
      freshness: { maxAge: '900d' },
      drift: { reference: 'previous' },
    },
  },
}

/** The whole workflow of a project of one dataset. */
export const workflow = {
  name: 'run',
  prepare: async (home, run) => {
    await makeProject(home, run)
    writeFileSync(join(home, 'dayshift.config.json'), JSON.stringify(PROJECT, undefined, 2))
  },
  change: (home, number) => writeData(home, number),
  words: () => ['run', '--json'],
}
