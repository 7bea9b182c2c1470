import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { installPeer, peerHome } from './peer.ts'

const run = promisify(execFile)

/** The DVC that tests hold themselves against; its ruamel.yaml decides how names are quoted. */
export const DVC = '3.67.1'
const RUAMEL = '0.19.1'

// With what it needs for S3: one environment does for all.
const NAME = `dvc-s3-${DVC}`
const home = peerHome(NAME)

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
  await installPeer(NAME, [`dvc[s3]==${DVC}`, `ruamel.yaml==${RUAMEL}`])
  mkdirSync(config, { recursive: true })
  writeFileSync(join(config, 'config'), '[core]\n    check_update = false\n')
}

/** Runs the real DVC, and gives what it prints. */
export async function dvc(cwd: string, ...words: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(DVC_PROGRAM, [...words], { cwd, env })
  return stdout + stderr
}

/** Runs the real GTO, which DVC brings along. */
export async function gto(cwd: string, ...words: readonly string[]): Promise<string> {
  return (await run(join(home, 'bin', 'gto'), [...words], { cwd, env })).stdout
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
