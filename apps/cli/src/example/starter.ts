import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { formatOf } from '@dayshift/core/ground'
import { GIT_FILES, type ProjectFile } from './files.ts'
import { existsSync } from 'node:fs'

/** Datasets that a starting project names at most. */
const MOST = 10

/** A project file for the data that lies in a folder, two levels deep. */
export async function starterFiles(folder: string): Promise<ProjectFile[]> {
  const found = existsSync(folder) ? await dataFiles(folder, folder, 2) : []
  const names = new Set<string>()
  const entries = found.slice(0, MOST).map((path) => {
    const stem = (path.split('/').at(-1) as string).replace(/\..*$/, '').replaceAll(/\W+/g, '_') || 'data'
    let name = stem
    for (let count = 2; names.has(name); count++) name = `${stem}_${count}`
    names.add(name)
    return `    ${JSON.stringify(name)}: { source: ${JSON.stringify(path)} },`
  })
  const datasets = entries.length > 0 ? entries.join('\n') : "    // readings: { source: 'data/readings.csv' },"
  const text = `import { defineProject } from 'dayshift'

// Only source is needed. What else a dataset may have: dayshift help project
export default defineProject({
  name: 'my-project',
  datasets: {
${datasets}
  },
})
`
  return [
    {
      path: 'dayshift.config.ts',
      text,
      what: entries.length > 0 ? `${entries.length} data files found here` : 'name your data in it',
    },
    ...GIT_FILES.filter(({ path }) => !existsSync(join(folder, path))),
  ]
}

async function dataFiles(root: string, folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const own = entries
    .filter(
      (entry) => entry.isFile() && /\.(csv|tsv|jsonl|ndjson|parquet)(\.gz)?$/i.test(entry.name) && formatOf(entry.name),
    )
    .filter((entry) => entry.name !== 'data_catalog.jsonl' && entry.name !== 'metadata_log.jsonl')
    .map((entry) => relative(root, join(folder, entry.name)).split(sep).join('/'))
  const deeper = entries.filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules',
  )
  const below =
    depth > 1 ? await Promise.all(deeper.map((entry) => dataFiles(root, join(folder, entry.name), depth - 1))) : []
  return [...own.sort(), ...below.flat()]
}
