import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { open } from '@dayshift/core'
import { isDayshiftError, writeAtomically } from '@dayshift/core/ground'
import { contractSource, infer } from '@dayshift/validate'
import { failure } from '../codes.ts'
import { defineCommand, type Context } from '../command.ts'
import { engineFlags } from '../engine-flags.ts'
import { exampleFiles } from '../example/example-files.ts'
import { makeFolder } from '../files.ts'
import { oneOf } from '../flags.ts'
import { CI_SERVICES, type CiService } from '../init/ci.ts'
import { findData } from '../init/found-data.ts'
import { prepareGit, usesGitlab } from '../init/git.ts'
import { planWrites, type PlannedWrite } from '../init/plan-writes.ts'
import { GIT_FILES, type ProjectFile } from '../init/project-file.ts'
import { datasetText, namesSource, starterFiles, type StarterDataset } from '../init/starter.ts'
import { askAnswers, type Answers } from '../init/wizard.ts'
import { projectFileIn } from '../project.ts'
import { shellQuoted } from '../render/shell-quoted.ts'
import { wrap } from '../render/table.ts'
import { printable } from '../render/words.ts'

/** Datasets that a starting project names at most, where nobody chooses. */
const MOST = 10

const flags = {
  example: { type: 'boolean', help: 'write an example project with generated data' },
  yes: { type: 'boolean', short: 'y', help: 'ask nothing, take what is proposed' },
  'no-infer': { type: 'boolean', help: 'write no contracts' },
  ci: { type: 'string', value: 'github|gitlab|none', help: 'whose workflow to write (default: by the remote of git)' },
  ...engineFlags,
} as const

export const command = defineCommand({
  name: 'init',
  summary: 'start a project, or an example of one',
  usage: '[DIR]',
  description: [
    'Looks at the data in DIR (default: here) and writes dayshift.config.ts for it, contracts inferred from it, an ETL to',
    'fill in, lines of .gitattributes and .gitignore, and a workflow of CI; DIR becomes a git repository where it is in none.',
    'On a terminal it asks first. With --example it writes a whole project to play with. No file is overwritten: run again,',
    'it adds what is missing.',
  ],
  flags,
  formats: ['text', 'json'],
  examples: [
    'dayshift init --example my-project',
    'dayshift init',
    'dayshift init --yes --ci gitlab',
    'dayshift init --example --ci gitlab',
  ],
  run: async (context) => {
    const { positionals, cwd, terminal } = context
    if (positionals.length > 1) throw failure('DS_USAGE', `'${positionals[1]}' is too much: one folder is taken`)
    const folder = resolve(cwd, positionals[0] ?? '.')
    const ci = oneOf<CiService>('ci', context.flags.ci, CI_SERVICES, usesGitlab(folder) ? 'gitlab' : 'github')
    const isExample = context.flags.example === true
    const wasThere = existsSync(folder)
    const wasProject = projectFileIn(folder) !== undefined
    const files = isExample ? filesOfExample(folder, ci) : await filesToStart(folder, ci, context)
    if (files === undefined) {
      terminal.note('Given up: nothing was written.')
      return { reports: [], exitCode: 130 }
    }
    const plan = planWrites(files, (path) => {
      const file = join(folder, path)
      return existsSync(file) ? readFileSync(file, 'utf8') : undefined
    })
    for (const { file, action, text } of plan) {
      if (action === 'keep') continue
      const target = join(folder, file.path)
      await makeFolder(dirname(target))
      await writeAtomically(target, async (temporary) => writeFileSync(temporary, text))
    }
    const git = prepareGit(folder, isExample && !wasThere)
    const below = relative(cwd, folder)
    const place = below === '' ? '.' : below.startsWith('..') ? folder : below
    const next = place === '.' ? 'dayshift run' : `cd ${shellQuoted(place)} && dayshift run`
    const written = plan.filter(({ action }) => action !== 'keep')
    const kept = plan.filter(({ action }) => action === 'keep').map(({ file }) => file.path)
    const done = written.length > 0 ? `${isExample ? 'an example project' : 'a project'} in` : 'all of it is there:'
    return {
      reports: [],
      plan: written.map(({ file }) => file.path),
      result: { written: written.map(({ file, action }) => ({ path: file.path, action })), kept },
      text: [
        `${terminal.paint('green', '✔')} ${done} ${printable(basename(folder) || folder)}${written.length > 0 ? ':' : ', nothing was written'}`,
        ...written.map((write) => lineOf(write, widthOf(plan), (text) => terminal.paint('dim', text))),
        ...(kept.length > 0 ? wrap(printable(kept.join(', ')), terminal.columns, '  left alone: ') : []),
        ...git,
        ...(wasProject && !isExample ? await newData(folder, context) : []),
        '',
        `Next: ${terminal.paint('bold', next)}`,
      ],
    }
  },
})

function widthOf(plan: readonly PlannedWrite[]): number {
  return Math.max(...plan.map(({ file }) => file.path.length))
}

function lineOf({ file, action }: PlannedWrite, width: number, dim: (text: string) => string): string {
  const what = action === 'add' ? `lines added: ${file.what}` : file.what
  return `  ${printable(file.path).padEnd(width)}  ${dim(what)}`.trimEnd()
}

/** @throws DS_EXISTS where another project is there, which the example would not fit into */
function filesOfExample(folder: string, ci: CiService): ProjectFile[] {
  const files = exampleFiles(ci)
  const present = projectFileIn(folder)
  const own = files.find(({ path }) => join(folder, path) === present)
  if (present !== undefined && readFileSync(present, 'utf8') !== own?.text) {
    throw failure('DS_EXISTS', `${basename(present)} is in ${folder} already`, {
      hint: 'Nothing was written. Choose another folder for the example.',
    })
  }
  return files
}

/** The files of a new project, or what one that is there may lack; undefined where a person gives up. */
async function filesToStart(
  folder: string,
  ci: CiService,
  context: Context<typeof flags>,
): Promise<readonly ProjectFile[] | undefined> {
  const present = projectFileIn(folder)
  if (present !== undefined) {
    const kept = { path: basename(present), text: '', what: 'the project' }
    return [kept, ...GIT_FILES, ...starterFiles({ name: '', datasets: [], ci }).filter(({ path }) => isOfCi(path))]
  }
  const usual: Answers = {
    name: projectName(folder),
    datasets: await findData(folder),
    infers: context.flags['no-infer'] !== true,
    ci,
  }
  const asks = isAsking(context)
  const answers = asks
    ? await askAnswers(usual, { input: process.stdin, signal: context.signal })
    : { ...usual, datasets: usual.datasets.slice(0, MOST) }
  if (answers === undefined) return undefined
  if (!asks && usual.datasets.length > MOST) {
    context.terminal.note(`${usual.datasets.length} data files are here: the first ${MOST} are taken`)
  }
  const datasets: StarterDataset[] = []
  for (const dataset of answers.datasets) {
    datasets.push({
      ...dataset,
      contract: answers.infers ? await inferred(folder, dataset.source, context) : undefined,
    })
  }
  return starterFiles({ name: answers.name, datasets, ci: answers.ci })
}

function isOfCi(path: string): boolean {
  return path.startsWith('.github/') || path === '.gitlab-ci.yml'
}

/** Nobody is asked where nobody sits, or where a machine reads what is printed. */
function isAsking(context: Context<typeof flags>): boolean {
  const { yes, json, format, quiet } = context.flags
  return (
    !yes &&
    !json &&
    !quiet &&
    (format ?? 'text') === 'text' &&
    context.terminal.isLive &&
    context.stdin().isTTY === true
  )
}

/** The contract that data shows; undefined where it cannot be read, which is told. */
async function inferred(folder: string, source: string, context: Context<typeof flags>): Promise<string | undefined> {
  const { signal, terminal } = context
  try {
    const frame = await open(resolve(folder, source), { cwd: folder, signal, engine: await context.engine() })
    const inference = await infer(frame, {
      signal,
      onProgress: ({ fraction }) => terminal.progress(`contract of ${source}`, fraction),
    })
    return contractSource({ ...inference, source })
  } catch (error) {
    if (!isDayshiftError(error) || signal.aborted) throw error
    terminal.note(`${source} has no contract yet: ${error.message}`)
    return undefined
  } finally {
    terminal.idle()
  }
}

/** Data that a project which is there does not name: how it would be added. */
async function newData(folder: string, { terminal }: Context<typeof flags>): Promise<string[]> {
  const present = projectFileIn(folder)
  if (present === undefined) return []
  const text = readFileSync(present, 'utf8')
  const unnamed = (await findData(folder)).filter(({ source }) => !namesSource(text, source)).slice(0, MOST)
  if (unnamed.length === 0) return []
  const lines = unnamed.flatMap((dataset) => datasetText(dataset).split('\n'))
  return [
    '',
    `Data that ${basename(present)} does not name; to take it in, add:`,
    ...lines.map((line) => terminal.paint('dim', printable(line))),
  ]
}

/** What package.json calls it, else the folder. */
function projectName(folder: string): string {
  const file = join(folder, 'package.json')
  try {
    const { name } = JSON.parse(readFileSync(file, 'utf8')) as { readonly name?: unknown }
    if (typeof name === 'string' && name !== '') return name
  } catch {
    // Most folders of data have none.
  }
  return basename(folder) || 'my-project'
}
