import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AnyReport } from '@dayshift/core'
import { afterAll } from 'vitest'
import type * as Main from '../src/main.ts'

export const program = join(import.meta.dirname, '..', 'bin', 'dayshift.js')

/** What a run of the built command line printed and how it ended. */
export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The document that `--json` prints. */
export interface Printed {
  readonly dayshift: string
  readonly command: string
  readonly status: string
  readonly exitCode: number
  readonly durationMs: number
  readonly reports: readonly AnyReport[]
  readonly skipped?: readonly { readonly dataset: string; readonly step: string; readonly reason: string }[]
  readonly datasets?: readonly {
    readonly name: string
    readonly stoppedAt?: string
    readonly unchangedSince?: string
    readonly resumedAt?: string
  }[]
  readonly next?: readonly string[]
  readonly plan?: readonly string[]
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string; readonly where?: string }
}

/** Git without this machine's settings, and with a committer. */
export const GIT_ENV = {
  PATH: process.env['PATH'],
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
}

/** Runs the built command line in a folder. */
export function dayshift(
  cwd: string,
  words: readonly string[],
  options: {
    readonly env?: Record<string, string>
    readonly signalWhen?: readonly [ready: () => boolean, NodeJS.Signals]
  } = {},
): Promise<Ran> {
  const { HOME } = process.env
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...words], {
      cwd,
      env: { HOME, ...GIT_ENV, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
    if (options.signalWhen) {
      const [ready, signal] = options.signalWhen
      const timer = setInterval(() => {
        if (!ready()) return
        clearInterval(timer)
        child.kill(signal)
      }, 20)
      child.on('close', () => clearInterval(timer))
    }
  })
}

/**
 * Runs the built command line in this process: for many runs of which none needs a process of its own. Project files are loaded by Node, which
 * knows nothing of the sources.
 */
export async function dayshiftHere(
  cwd: string,
  words: readonly string[],
  { env = {} }: { readonly env?: Readonly<Record<string, string | undefined>> } = {},
): Promise<Ran> {
  const { main } = (await import(new URL('../dist/main.js', import.meta.url).href)) as typeof Main
  let stdout = ''
  let stderr = ''
  const io = {
    env,
    stdin: () => {
      throw new Error('nothing is piped in')
    },
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
  }
  const code = await main([...words, '--cwd', cwd], io, new AbortController().signal)
  return { code, stdout, stderr }
}

/** A run of the built command line that goes on: it can be written to, and waited for. */
export interface Running {
  readonly child: ChildProcessWithoutNullStreams
  readonly ended: Promise<Ran>
  readonly stdout: () => string
  /** Waits until what was printed so far passes a test; fails where the run ends before. */
  until(test: (printed: { readonly stdout: string; readonly stderr: string }) => boolean): Promise<void>
}

/** Starts the built command line in a folder, with standard input open. */
export function start(cwd: string, words: readonly string[]): Running {
  const { HOME } = process.env
  const child = spawn(process.execPath, [program, ...words], { cwd, env: { HOME, ...GIT_ENV } })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  // A run that does not read all of it closes the pipe.
  child.stdin.on('error', () => undefined)
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
  return {
    child,
    ended,
    stdout: () => stdout,
    until: async (test) => {
      while (!test({ stdout, stderr })) {
        if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}:\n${stdout}${stderr}`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
  }
}

/** Runs the built command line with `--json`, and reads the one document that it prints. */
export async function printed(cwd: string, ...words: readonly string[]): Promise<Printed> {
  return documentOf(await dayshift(cwd, [...words, '--json']))
}

/** As {@link printed}, in this process. */
export async function printedHere(cwd: string, ...words: readonly string[]): Promise<Printed> {
  return documentOf(await dayshiftHere(cwd, [...words, '--json'], { env: GIT_ENV }))
}

function documentOf({ code, stdout, stderr }: Ran): Printed {
  const document = JSON.parse(stdout) as Printed
  if (document.exitCode !== code) throw new Error(`exit code ${code}, but the document says ${document.exitCode}`)
  if (stderr.includes('    at ')) throw new Error(`a stack trace was printed:\n${stderr}`)
  return document
}

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A new folder, removed when the file's tests are over. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dayshift-cli-'))
  folders.push(folder)
  return folder
}
