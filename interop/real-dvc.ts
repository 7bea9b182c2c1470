import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll } from 'vitest'
import { installPeer, peerHome } from './peer.ts'
import { PYTHON_PEERS, VERSIONS } from './peers.ts'

/** The DVC that tests hold themselves against. */
export const DVC = VERSIONS.dvc
const home = peerHome(PYTHON_PEERS.dvc.name)

/** The program. */
export const DVC_PROGRAM = join(home, 'bin', 'dvc')
const config = join(home, 'config')

/** What DVC and git run with: nothing of this machine's own settings. */
export const env: Readonly<Record<string, string>> = {
  PATH: `${join(home, 'bin')}:${process.env['PATH'] ?? ''}`,
  HOME: home,
  DVC_NO_ANALYTICS: '1',
  DVC_GLOBAL_CONFIG_DIR: config,
  DVC_SYSTEM_CONFIG_DIR: join(home, 'no-config'),
  DVC_SITE_CACHE_DIR: join(home, 'site'),
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  LC_ALL: 'C.UTF-8',
}

/** Installs the real DVC, once a machine. */
export async function installDvc(): Promise<void> {
  await installPeer(PYTHON_PEERS.dvc)
  mkdirSync(config, { recursive: true })
  writeFileSync(join(config, 'config'), '[core]\n    check_update = false\n')
}

/** Gives the sets of Python an order that is the same in every process. */
export const ORDER = { PYTHONHASHSEED: '0' }

/** A process that has ended. */
export interface Ran {
  /** `null` where a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs the command line of the real DVC with nothing to read, each time in a process of its own.
 *
 * The process is not started but forked, for most of what a `dvc` does is to import itself; `real-dvc.test.ts` holds it
 * against {@link DVC_PROGRAM}.
 */
export async function runDvc(cwd: string, words: readonly string[], own = env): Promise<Ran> {
  return runForked('dvc', { cwd, words, env: own })
}

async function runForked(program: Program, call: object): Promise<Ran> {
  const line = connect((await (serving[program] ??= serve(program))).path)
  line.write(`${JSON.stringify(call)}\n`)
  return JSON.parse(await text(line)) as Ran
}

/** Runs the real DVC where it must do, and gives what it prints. */
export async function dvc(cwd: string, ...words: readonly string[]): Promise<string> {
  const { stdout, stderr } = await done('dvc', cwd, words)
  return stdout + stderr
}

/** Runs the real GTO, which DVC brings along, in the same way; what it prints to standard output. */
export async function gto(cwd: string, ...words: readonly string[]): Promise<string> {
  return (await done('gto', cwd, words)).stdout
}

async function done(program: Program, cwd: string, words: readonly string[]): Promise<Ran> {
  const ran = await runForked(program, { cwd, words, env })
  if (ran.code !== 0) throw new Error(`${program} ${words.join(' ')}: ${ran.code}\n${ran.stdout}${ran.stderr}`)
  return ran
}

type Program = 'dvc' | 'gto'

interface Serving {
  readonly path: string
  stop(): Promise<void>
}

const serving: Partial<Record<Program, Promise<Serving>>> = {}

afterAll(async () => {
  for (const one of Object.values(serving)) await (await one).stop()
})

/** Starts the process that all the others of a test file are forked from. */
async function serve(program: Program): Promise<Serving> {
  const folder = mkdtempSync(join(tmpdir(), 'dayshift-serve-'))
  const path = join(folder, 'socket')
  const words = [join(import.meta.dirname, 'dvc', 'serve.py'), program, path]
  const python = join(home, 'bin', 'python')
  const child = spawn(python, words, { env: { ...env, ...ORDER }, stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  await Promise.race([once(child.stdout, 'data'), ended])
  if (child.exitCode !== null) throw new Error(`${words.join(' ')} ended with ${child.exitCode}`)
  return {
    path,
    async stop() {
      child.stdin.end()
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Runs Python beside the real DVC, once for many questions.
 *
 * @param program defines `answer(question)`
 * @param questions JSON, as the answers are
 */
export function askPython<Answer>(program: string, questions: readonly unknown[]): Answer[] {
  // What the program prints itself goes elsewhere.
  const code = `import json, sys\nout, sys.stdout = sys.stdout, sys.stderr\n${program}\nprint(json.dumps([answer(q) for q in json.load(sys.stdin)]), file=out)`
  const answers = execFileSync(join(home, 'bin', 'python'), ['-c', code], {
    env,
    input: JSON.stringify(questions),
    maxBuffer: 1 << 30,
    stdio: ['pipe', 'pipe', 'ignore'],
    encoding: 'utf8',
  })
  return JSON.parse(answers) as Answer[]
}
