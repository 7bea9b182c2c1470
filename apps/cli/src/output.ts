import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { isSamePlace, refuseOverwrite, writeAtomically } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import type { Outcome } from './command.ts'
import { toJson, type Document } from './document.ts'
import type { Io } from './io.ts'
import { fileOf } from './modules.ts'
import { formatOfFile, refuseFormats, type OutputFormat } from './output-format.ts'
import { renderGithub } from './render/github.ts'
import { renderJunit } from './render/junit.ts'
import { renderMarkdown } from './render/markdown.ts'
import { renderText, type TextOptions } from './render/text.ts'
import { PLAIN, type Terminal } from './terminal.ts'
import { withoutValues } from './variables.ts'

/** What the flags say about where results go. */
export interface OutputOptions {
  readonly format: OutputFormat
  /** Files that get the results too. */
  readonly outputs: readonly string[]
  readonly cwd: string
  readonly verbose: boolean
  /** Whether text for a person is printed nowhere but in files. */
  readonly silent: boolean
}

/** Formats of what would be done: nothing passed or failed. */
const PLAN: readonly OutputFormat[] = ['text', 'json', 'markdown']

/** Files that a command reads, and those that it writes, as they were named. */
export interface OtherFiles {
  readonly read: readonly string[]
  /** By what they get. */
  readonly written: Readonly<Record<string, string>>
}

/**
 * Checks the files that are to get results, before any work is done.
 *
 * @param others files that the command reads or writes
 * @throws DS_USAGE for a file whose name tells no format, whose folder is not there, or that gets something else too
 * @throws DS_TARGET_IS_SOURCE for one that is read
 */
export function checkOutputs(outputs: readonly string[], cwd: string, { read, written }: OtherFiles): void {
  const sources = read.map((file) => resolve(cwd, fileOf(file, cwd)))
  const isSame = (one: string, other: string): boolean => isSamePlace(resolve(cwd, one), resolve(cwd, other))
  for (const [at, file] of outputs.entries()) {
    formatOfFile(file)
    refuseOverwrite(resolve(cwd, file), sources)
    if (outputs.slice(0, at).some((other) => isSame(other, file)))
      throw failure('DS_USAGE', `--output ${file} is given twice`)
    const taken = Object.entries(written).find(([, other]) => isSame(other, file))
    if (taken) {
      throw failure('DS_USAGE', `--output ${file}: what --${taken[0]} asks for is written there too`, {
        hint: 'Name a file for each.',
      })
    }
    const folder = dirname(resolve(cwd, file))
    if (!existsSync(folder)) throw failure('DS_USAGE', `--output ${file}: there is no folder ${folder}`)
  }
}

/**
 * Writes a command's results to the files asked for, and to stdout.
 */
export async function deliver(
  document: Document,
  outcome: Outcome,
  { format, outputs, cwd, verbose, silent }: OutputOptions,
  terminal: Terminal,
  io: Io,
): Promise<void> {
  if (document.plan && document.reports.length === 0) refuseFormats('a plan', { format, outputs }, PLAN)
  const files = outputs.map((file) => [file, formatOfFile(file, Object.keys(outcome.drawings ?? {}))] as const)
  const read = document.reports.flatMap(({ dataset: { uri } }) => (uri.startsWith('file:') ? [fileURLToPath(uri)] : []))
  for (const [file, fileFormat] of files) {
    refuseOverwrite(resolve(cwd, file), read)
    const content = await render(document, outcome, fileFormat, PLAIN, { cwd, verbose })
    // A command's own text is painted for the terminal already.
    const text = withoutValues(fileFormat === 'text' ? stripVTControlCharacters(content) : content)
    await writeAtomically(resolve(cwd, file), (path) => writeFile(path, text))
  }
  if (silent && format === 'text') return
  io.stdout.write(await render(document, outcome, format, terminal, { cwd, verbose }))
}

async function render(
  document: Document,
  outcome: Outcome,
  format: OutputFormat,
  terminal: Terminal,
  options: TextOptions,
): Promise<string> {
  if (format === 'json') {
    return `${outcome.foreign === undefined ? toJson(document, 2) : toJson(outcome.foreign)}\n`
  }
  if (format === 'jsonl') {
    const lines = [...document.reports, ...(outcome.listing?.items ?? []).map(({ data }) => data)]
    return lines.map((line) => `${toJson(line)}\n`).join('')
  }
  const lines = await linesOf(document, outcome, format, terminal, options)
  return lines.map((line) => `${line}\n`).join('')
}

async function linesOf(
  document: Document,
  outcome: Outcome,
  format: OutputFormat,
  terminal: Terminal,
  options: TextOptions,
): Promise<readonly string[]> {
  const { listing, drawings, subject, text, background } = outcome
  const drawing = drawings?.[format]
  if (drawing) return drawing
  if (format === 'markdown') return renderMarkdown(document, options.cwd, listing)
  if (format === 'junit') return renderJunit(document, options.cwd, listing)
  if (format === 'github') return renderGithub(document, options.cwd, listing)
  if (format === 'html') {
    // Pages are many modules, and few commands make one.
    const { renderHtml } = await import('./render/html/document.ts')
    return [renderHtml(document, options.cwd, { listing, subject, text, background })]
  }
  return text ?? renderText(document, terminal, options)
}
