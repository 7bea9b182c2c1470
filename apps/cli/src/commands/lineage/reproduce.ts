import { relative } from 'node:path'
import { versions, type PathVersion } from '@dayshift/dvc'
import { readRun, type RunDataset } from '@dayshift/lineage'
import { defineCommand } from '../../command.ts'
import { userConfigOf } from '../../dvc/user-config.ts'
import { lineageFlags, openLog } from '../../lineage/command.ts'
import { runNamed } from '../../lineage/run-named.ts'
import { placeWords } from '../../lineage/run-words.ts'
import { onlyWord } from '../../only-word.ts'
import { shellQuoted } from '../../render/shell-quoted.ts'
import { printable } from '../../render/words.ts'

/** How an input of a run is brought back. */
interface Recipe {
  readonly namespace: string
  readonly name: string
  readonly version?: string
  /** For a shell, in the working directory; none where it cannot be brought back. */
  readonly commands: readonly string[]
  /** Why not. */
  readonly problem?: string
}

export const command = defineCommand({
  name: 'lineage reproduce',
  summary: 'say how to bring back what a run read',
  usage: '<run>',
  description: [
    'Prints the commands that bring back the exact inputs of a run, by the versions that the log has and the commits that recorded',
    'them; exit 1 where one cannot be brought back. Nothing is changed. A run is named as by lineage show.',
  ],
  flags: { ...lineageFlags },
  examples: ['dayshift lineage reproduce last', 'dayshift lineage reproduce last -q | sh'],
  formats: ['text', 'json'],
  run: async (context) => {
    const { positionals, cwd, signal, env } = context
    const { path, folder, runs } = await openLog(context)
    const run = await readRun(path, runNamed(runs, onlyWord(positionals, 'run')), { signal })
    const recipes: Recipe[] = []
    for (const input of run?.inputs ?? []) {
      recipes.push(await recipeOf(input, cwd, { cwd: folder, user: userConfigOf(env), signal }))
    }
    const text = recipes.flatMap((recipe) => linesOf(recipe, cwd))
    const fails = recipes.some(({ problem }) => problem !== undefined)
    return {
      reports: [],
      result: { runId: run?.runId, inputs: recipes },
      text: recipes.length === 0 ? ['# the run read nothing that the log knows of'] : text,
      fails,
    }
  },
})

async function recipeOf(
  { namespace, name, facets }: RunDataset,
  cwd: string,
  options: Parameters<typeof versions>[1],
): Promise<Recipe> {
  const told = facets['version']?.['datasetVersion']
  const dataset = { namespace, name }
  if (typeof told !== 'string') return { ...dataset, commands: [], problem: 'the log has no version of it' }
  const version = { ...dataset, version: told }
  if (namespace !== 'file') return { ...version, commands: [], problem: 'it is not on this machine' }
  // Data that is not tracked, or lies in no repository, has no recorded versions.
  const found: readonly PathVersion[] = await versions(name, options).catch(() => [])
  const one = found.find(({ hash }) => hash === told)
  if (one?.commit === undefined) {
    return { ...version, commands: [], problem: `no commit recorded ${told}` }
  }
  const pull = one.isCached ? 'checkout' : 'pull'
  const record = recordWords(name, cwd)
  // A name may hold what git takes for a pattern.
  const git = /[*?[\]\\:]/.test(record) ? 'git --literal-pathspecs' : 'git'
  return {
    ...version,
    commands: [`${git} checkout ${one.commit} -- ${record}`, `dayshift dvc ${pull} ${record}`],
  }
}

/** The `.dvc` file of a path as a word of a shell, from the working directory; a name that begins with `-` is no flag. */
function recordWords(name: string, cwd: string): string {
  const path = `${relative(cwd, name)}.dvc`
  return shellQuoted(path.startsWith('-') ? `./${path}` : path)
}

/** Lines for a shell: what an event says stands in comments, of one line each. */
function linesOf({ commands, problem, version, ...dataset }: Recipe, cwd: string): string[] {
  const place = placeWords(dataset, cwd)
  if (problem !== undefined) return [`# ${place}: ${printable(problem)}`]
  return [`# ${place} ${printable(version ?? '')}`, ...commands]
}
