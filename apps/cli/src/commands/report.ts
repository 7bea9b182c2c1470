import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { worst } from '@dayshift/core'
import { writeAtomically } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { defineCommand, type Context } from '../command.ts'
import { datasetNames } from '../dataset-names.ts'
import { makeFolder } from '../files.ts'
import { ownVersion } from '../own-version.ts'
import { readLastRuns } from '../page/last-run.ts'
import { backgroundOf } from '../page/past.ts'
import { HISTORY_FILE, PAGE_FILE, rootOf } from '../places.ts'
import { renderHtml } from '../render/html/document.ts'
import { nameOf } from '../render/name.ts'
import { count, printable } from '../render/words.ts'

export const command = defineCommand({
  name: 'report',
  summary: 'show the last run as a page',
  usage: '[dataset…]',
  description: [
    `Writes ${PAGE_FILE}: one page about the last run of each dataset of the project, from ${HISTORY_FILE}: what ran, what failed first,`,
    'examples, profiles, checks, versions, lineage, drift, and how it came out before. The page needs no network and no other file.',
  ],
  flags: {
    open: { type: 'boolean', help: 'open the page in the browser' },
    out: { type: 'string', value: 'FILE', help: `write the page to FILE (default: ${PAGE_FILE} in the project)` },
  },
  formats: ['text', 'json'],
  examples: ['dayshift report --open', 'dayshift report weather', 'dayshift report --out public/data.html'],
  run: async (context) => {
    const began = Date.now()
    const { flags, cwd, signal, terminal, env } = context
    const root = await rootOf(context)
    const names = await datasetNames(context)
    const { reports, damaged } = await readLastRuns(root, signal, ({ name }) => names.size === 0 || names.has(name))
    if (damaged > 0) terminal.note(`${count(damaged, 'line')} of ${HISTORY_FILE} cannot be read`)
    if (reports.length === 0) {
      throw failure(
        'DS_SOURCE_NOT_FOUND',
        `there is no report${names.size > 0 ? ' of that dataset' : ''} in ${join(root, HISTORY_FILE)}`,
        {
          hint: 'dayshift run keeps them.',
        },
      )
    }
    const status = worst(reports.map((report) => report.status))
    const page = renderHtml(
      {
        dayshift: ownVersion(),
        command: 'report',
        status,
        exitCode: 0,
        durationMs: took(reports) || Date.now() - began,
        reports,
      },
      root,
      { background: await backgroundOf(root, reports, signal) },
    )
    const file = flags.out === undefined ? join(root, PAGE_FILE) : resolve(cwd, flags.out)
    if (flags.out === undefined) await makeFolder(join(root, '.dayshift'))
    await writeAtomically(file, (path) => writeFile(path, page))
    if (flags.open) await openInBrowser(file, env)
    const datasets = [...new Set(reports.map((report) => nameOf(report, root)))]
    return {
      reports: [],
      result: { file, bytes: Buffer.byteLength(page), status, datasets },
      text: [
        `${count(datasets.length, 'dataset')}, ${count(reports.length, 'report')}, ${status}: ${printable(relative(cwd, file) || file)}`,
        ...(flags.open ? [] : ['dayshift report --open shows it in the browser']),
      ],
    }
  },
})

/** How long the steps took together, in milliseconds. */
function took(reports: readonly { readonly durationMs: number }[]): number {
  return reports.reduce((sum, { durationMs }) => sum + durationMs, 0)
}

/** What opens files, by system. `BROWSER` of the environment comes before it. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
}

/** @throws DS_BROWSER where there is nothing to open it with */
async function openInBrowser(file: string, env: Context['env']): Promise<void> {
  const browser = env['BROWSER']
  const [program = '', ...words] =
    browser === undefined || browser === '' ? (OPENERS[process.platform] ?? ['xdg-open']) : [browser]
  const child = spawn(program, [...words, file], { stdio: 'ignore', detached: true })
  try {
    await once(child, 'spawn')
  } catch (error) {
    throw failure('DS_BROWSER', `the page is written, but ${program} could not be started to show it`, {
      where: file,
      cause: error,
    })
  }
  child.unref()
}
