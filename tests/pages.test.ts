import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const cli = join(root, 'apps', 'cli')
const docs = join(root, 'docs')

/** A block of code of a page that is marked: `sh run`, `ts run`, or `ts check`, which is only held against its types. */
interface Block {
  readonly language: string
  readonly mark: string
  readonly code: string
  /** What stands in the block of text behind it: lines that are printed, with `…` for what differs. */
  readonly printed: readonly string[]
  /** Line of the page. */
  readonly line: number
}

function blocksOf(page: string): Block[] {
  const found = page.matchAll(/^```(\w+) (run|check)\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```\n)?/gm)
  return [...found].map(({ 1: language = '', 2: mark = '', 3: code = '', 4: printed = '', index }) => ({
    language,
    mark,
    code,
    printed: printed.split('\n').filter((line) => line.trim() !== ''),
    line: page.slice(0, index).split('\n').length,
  }))
}

const pages = readdirSync(docs, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.md'))
  .map((path) => [path, blocksOf(readFileSync(join(docs, path), 'utf8'))] as const)
  .filter(([, blocks]) => blocks.length > 0)

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** An empty folder, beside which the packages are installed. */
function newFolder(): string {
  const place = mkdtempSync(join(tmpdir(), 'dayshift-page-'))
  folders.push(place)
  const modules = join(place, 'node_modules')
  mkdirSync(modules)
  for (const name of ['@dayshift', 'zod']) symlinkSync(join(cli, 'node_modules', name), join(modules, name))
  symlinkSync(join(root, 'node_modules', '@types'), join(modules, '@types'))
  symlinkSync(cli, join(modules, 'dayshift'))
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }\n')
  mkdirSync(join(place, 'bin'))
  const program = `#!/bin/sh\nexec "${process.execPath}" "${join(cli, 'bin', 'dayshift.js')}" "$@"\n`
  writeFileSync(join(place, 'bin', 'dayshift'), program, { mode: 0o755 })
  const folder = join(place, 'here')
  mkdirSync(folder)
  return folder
}

async function ran(file: string, words: readonly string[], cwd: string): Promise<{ code: number; printed: string }> {
  const env = {
    HOME: dirname(cwd),
    PATH: `${join(dirname(cwd), 'bin')}:${process.env['PATH']}`,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.org',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.org',
  }
  try {
    const { stdout, stderr } = await promisify(execFile)(file, words, { cwd, env })
    return { code: 0, printed: stdout + stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as {
      readonly code: number
      readonly stdout: string
      readonly stderr: string
    }
    return { code, printed: stdout + stderr }
  }
}

/** Runs lines of shell; each ends with 0, or as `# exit 1` behind it says. The folder that it changes to is kept. */
async function runShell(code: string, start: string, base: string): Promise<{ printed: string; folder: string }> {
  const lines = code.replaceAll('\\\n', ' ').trimEnd().split('\n')
  const checked = lines
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const wanted = /# exit (\d+)/.exec(line)?.[1] ?? '0'
      return `${line}\n[ $? -eq ${wanted} ] || { echo 'not the exit code of: ${line.replaceAll("'", '"')}'; exit 99; }`
    })
  const where = join(dirname(base), 'where')
  const script = [`cd "${start}"`, ...checked, `pwd > "${where}"`].join('\n')
  const { code: exit, printed } = await ran('sh', ['-c', script], base)
  expect(`${exit} ${exit === 0 ? '' : printed}`).toBe('0 ')
  return { printed, folder: readFileSync(where, 'utf8').trim() }
}

/** Writes a module to the file that its first line names. */
function writeModule(code: string, folder: string, usual: string): string {
  const file = join(folder, /^\/\/ ([\w./-]+\.ts)\n/.exec(code)?.[1] ?? usual)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, code)
  return file
}

/** Runs a module as the command line loads one. */
async function runModule(file: string, folder: string): Promise<string> {
  const loader = pathToFileURL(join(cli, 'dist', 'modules.js')).href
  const script = `const { loadModule } = await import('${loader}'); await loadModule(process.argv[1], process.cwd())`
  const { code, printed } = await ran(process.execPath, ['--input-type=module', '-e', script, file], folder)
  expect(`${code} ${code === 0 ? '' : printed}`).toBe('0 ')
  return printed
}

/** Whether a line was printed, `…` standing for anything. */
function holds(printed: string, line: string): boolean {
  const parts = line.trim().split(/\s+/).join(' ').split('…')
  const pattern = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')
  return new RegExp(pattern).test(printed.split(/\s+/).join(' '))
}

test('pages have code that is run', () => {
  expect(pages.map(([path]) => path)).toEqual(expect.arrayContaining(['tour.md', 'packages.md', 'extending.md']))
})

test.each(pages)('%s says what is so', { timeout: 300_000 }, async (path, blocks) => {
  const base = newFolder()
  let folder = base
  const typed: string[] = []
  for (const [at, { language, mark, code, printed, line }] of blocks.entries()) {
    const file = language === 'ts' ? writeModule(code, folder, `example-${at}.ts`) : undefined
    if (file !== undefined) typed.push(file)
    const { printed: output, folder: next } =
      file === undefined
        ? await runShell(code, folder, base)
        : { folder, printed: mark === 'run' ? await runModule(file, folder) : '' }
    folder = next
    const missing = printed.filter((one) => !holds(output, one))
    expect({ at: `${path}:${line}`, missing, output: missing.length > 0 ? output : '' }).toEqual({
      at: `${path}:${line}`,
      missing: [],
      output: '',
    })
  }
  if (typed.length === 0) return
  const settings = {
    compilerOptions: {
      module: 'nodenext',
      target: 'es2023',
      strict: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      types: ['node'],
    },
    files: typed,
  }
  writeFileSync(join(base, 'tsconfig.pages.json'), JSON.stringify(settings))
  const { printed } = await ran(join(root, 'node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.pages.json'], base)
  expect(printed).toBe('')
})
