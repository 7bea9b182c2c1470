import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { dirname, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import type { DayshiftError } from '@dayshift/core'
import { messageOf, systemCode } from '@dayshift/core/ground'
import { transform } from 'oxc-transform'
import { failure } from './codes.ts'
import { placeOf } from './stack-place.ts'

/** Most files in which a mistake is looked for. */
const FILES = 20

/** Milliseconds that a look at a file may take. */
const PATIENCE = 5000

/**
 * What is said of a module that could not be loaded: what is wrong, where, and what to do.
 *
 * @param path as it was named
 * @param file absolute
 */
export async function moduleFailure(error: unknown, path: string, file: string, cwd: string): Promise<DayshiftError> {
  const said = messageOf(error).replaceAll(/\?dayshift=\d+/g, '')
  const missing = missingOf(error, said, path, file, cwd)
  if (missing) return failure('DS_MODULE', missing.message, { where: missing.where, hint: missing.hint, cause: error })
  if (!(error instanceof Error)) {
    const [place, ...others] = throwsIn(file, error)
    const thrown = inspect(error, { depth: 1, maxStringLength: 200 })
    return failure('DS_MODULE', `${path} could not be loaded: it threw ${thrown}`, {
      where: place !== undefined && others.length === 0 ? `${file}:${place}` : file,
      hint: 'Throw an Error, which tells its line, and mend what it is thrown for.',
      cause: error,
    })
  }
  const told = placeOf(error, file)
  const where = told === file && error instanceof SyntaxError ? ((await mistakeIn(file, said)) ?? file) : told
  return failure('DS_MODULE', `${path} could not be loaded: ${said}`, { where, cause: error })
}

/** What is said of an import, or of the file itself, that is not there. */
function missingOf(
  error: unknown,
  said: string,
  path: string,
  file: string,
  cwd: string,
): { readonly message: string; readonly where: string; readonly hint: string } | undefined {
  const code = systemCode(error)
  const [line = ''] = said.split('\n')
  if (code === 'ERR_MODULE_NOT_FOUND') {
    const [, what = '', name = '', importer = file] =
      /^Cannot find (module|package) '(.*)' imported from (.+)$/.exec(line) ?? []
    if (name === file) return { message: `there is no file ${path}`, where: file, hint: 'Check the path.' }
    if (name === '') return undefined
    const from = importer.startsWith('file:') ? fileURLToPath(importer) : importer
    const imported = what === 'package' ? name : relativeTo(dirname(from), name)
    return {
      message: `${relative(cwd, from)} imports '${imported}', which is not there`,
      where: lineWith(from, imported),
      hint: what === 'package' ? `Install ${name} in the project, or leave the import out.` : 'Check the path.',
    }
  }
  // What `require` says, with the files that led to it.
  if (code !== 'MODULE_NOT_FOUND') return undefined
  const name = /^Cannot find module '(.*)'/.exec(line)?.[1] ?? 'a module'
  return {
    message: `${relative(cwd, file)} requires '${name}', which is not there`,
    where: placeOf(error, file),
    hint: `Install ${name} in the project, or write the file as an ES module (import, export): those get zod and @dayshift/* from dayshift.`,
  }
}

function relativeTo(folder: string, name: string): string {
  const path = relative(folder, name).replaceAll(sep, '/')
  return path.startsWith('.') ? path : `./${path}`
}

/** The line that names an import, where just one does. */
function lineWith(file: string, imported: string): string {
  const lines = linesWith(file, (line) => line.includes(imported))
  return lines.length === 1 ? `${file}:${lines[0]}` : file
}

function linesWith(file: string, test: (line: string) => boolean): number[] {
  return textOf(file)
    .split('\n')
    .flatMap((line, at) => (test(line) ? [at + 1] : []))
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** The lines that may have thrown what is no error, and so does not say where it was. */
function throwsIn(file: string, thrown: unknown): number[] {
  const lines = linesWith(file, (line) => /(^|[^\w.'"/])throw\s/.test(line))
  if (lines.length <= 1 || typeof thrown !== 'string') return lines
  const text = textOf(file).split('\n')
  return lines.filter((line) => text[line - 1]?.includes(thrown))
}

/** Where the mistake is that an error of syntax tells without its place: in a module, or in one that it imports by a path. */
async function mistakeIn(file: string, message: string): Promise<string | undefined> {
  const files = [file]
  for (let at = 0; at < Math.min(files.length, FILES); at++) {
    const one = files[at] as string
    const line = await mistakenLine(one, message)
    if (line !== undefined) return `${one}:${line}`
    for (const [, name = ''] of textOf(one).matchAll(/\b(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g)) {
      const imported = resolve(dirname(one), name)
      const found = [imported, imported.replace(/js$/, 'ts')].find((path) => existsSync(path))
      if (found !== undefined && !files.includes(found)) files.push(found)
    }
  }
  return undefined
}

/** The line of a module that Node refuses with that message, as it stands in the file. */
async function mistakenLine(file: string, message: string): Promise<number | undefined> {
  const text = textOf(file)
  const isTyped = /\.m?ts$/.test(file)
  const stripped = isTyped ? await transform(file, text, { lang: 'ts', sourcemap: true }) : undefined
  const { stderr } = spawnSync(process.execPath, ['--check', '--input-type=module', '-'], {
    input: stripped?.code ?? text,
    encoding: 'utf8',
    timeout: PATIENCE,
    env: {},
  })
  if (!stderr.includes(message)) return undefined
  const line = Number(/^\[stdin\]:(\d+)$/m.exec(stderr)?.[1])
  if (!stripped?.map) return Number.isNaN(line) ? undefined : line
  const column = /^( *)\^+$/m.exec(stderr)?.[1]?.length ?? 0
  const map = new SourceMap(stripped.map as ConstructorParameters<typeof SourceMap>[0])
  const entry = map.findEntry(line - 1, column)
  return 'originalLine' in entry ? entry.originalLine + 1 : undefined
}
