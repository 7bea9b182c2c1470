import { join } from 'node:path'
import { impactOf, keyOf, type Touched } from '@dayshift/catalog'
import { lastReports } from '@dayshift/core/ground'
import { versions, type PathVersion } from '@dayshift/dvc'
import { graphOf, neighboursOf, readLineageLog } from '@dayshift/lineage'
import { catalogFlags, entryNamed, openCatalog } from '../../catalog/command.ts'
import { entryPage, type Surroundings } from '../../catalog/page.ts'
import { defineCommand } from '../../command.ts'
import { userConfigOf } from '../../dvc/user-config.ts'
import { onlyWord } from '../../only-word.ts'
import { HISTORY_FILE, LINEAGE_FILE, snapshotsOf } from '../../places.ts'

export const command = defineCommand({
  name: 'catalog show',
  summary: 'show all that is known of a dataset',
  usage: '<name>',
  description: [
    'Shows an entry as a page: what the dataset is, who owns it, its columns with what their values are, its versions in git',
    'and the cache, the last report of each kind from the project’s history, and what it is made from and what from it, by the',
    'lineage log. A dataset is named by its name, a former name, its path or its id.',
  ],
  flags: { ...catalogFlags },
  examples: ['dayshift catalog show weather', 'dayshift catalog show data/weather.csv --json'],
  formats: ['text', 'json', 'html'],
  run: async (context) => {
    const { positionals, cwd, terminal, signal, env } = context
    const opened = await openCatalog(context)
    const { summary, entry } = await entryNamed(opened, onlyWord(positionals, 'name'), cwd)
    const { namespace, name } = keyOf(summary)
    const dataset = { namespace, name }
    const entries = await opened.store.list()
    const log = await readLineageLog(join(opened.folder, LINEAGE_FILE), {
      snapshots: snapshotsOf(opened.folder),
      signal,
    })
    const graph = graphOf(log.runs, { jobs: log.jobs })
    const next = (direction: 'upstream' | 'downstream'): Touched[] =>
      impactOf(
        neighboursOf(graph, dataset, direction)
          .filter(({ distance }) => distance === 1)
          .map((one) => one.dataset),
        entries,
      )
    const surroundings: Surroundings = {
      versions:
        namespace === 'file' ? await versionsOf(name, { cwd: opened.folder, user: userConfigOf(env), signal }) : [],
      reports: await lastReports(join(opened.folder, HISTORY_FILE), dataset, { signal }),
      upstream: next('upstream'),
      downstream: next('downstream'),
    }
    return {
      reports: [],
      result: { entry, ...surroundings },
      subject: entry.dataset_name,
      text: entryPage(entry, surroundings, cwd, terminal),
    }
  },
})

/** Versions of a path; none where it is not tracked, or there is no repository. */
async function versionsOf(path: string, options: Parameters<typeof versions>[1]): Promise<readonly PathVersion[]> {
  return versions(path, options).catch(() => [])
}
