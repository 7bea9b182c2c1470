import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const program = join(here, '..', 'apps', 'cli', 'bin', 'dayshift.js')
const preload = pathToFileURL(join(here, 'at-step.mjs')).href

/** Seconds after which a command that goes on counts as hung. */
const HUNG = 120

/**
 * Starts the command line in a folder.
 *
 * @param words of the command, without the name of the program
 * @param step what is to happen at which file operation, for `at-step.mjs`; nothing by default
 * @returns the child, and how it ended: `{ code, signal, out, err, document, hung }`, the document where it printed one
 */
function start(folder, words, step) {
  const env = {
    ...process.env,
    CI: 'true',
    NO_COLOR: '1',
    GITHUB_ACTIONS: '',
    GIT_AUTHOR_NAME: 'f',
    GIT_AUTHOR_EMAIL: 'f@example.org',
    GIT_COMMITTER_NAME: 'f',
    GIT_COMMITTER_EMAIL: 'f@example.org',
    ...(step && { NODE_OPTIONS: `--import=${preload}`, FAULT: JSON.stringify(step) }),
  }
  const child = spawn(process.execPath, [program, ...words], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { out: '', err: '' }
  child.stdout.on('data', (data) => (said.out += data))
  child.stderr.on('data', (data) => (said.err += data))
  let hung = false
  const watch = setTimeout(() => {
    hung = true
    child.kill('SIGKILL')
  }, HUNG * 1000)
  const ended = new Promise((resolve) => {
    child.once('close', (code, signal) => {
      clearTimeout(watch)
      resolve({ ...said, code, signal, hung, document: documentOf(said.out) })
    })
  })
  return { child, ended }
}

/** Runs the command line to its end. */
function run(folder, words, step) {
  return start(folder, words, step).ended
}

function documentOf(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What attacks the command line itself, as `inProcess()` gives it for the libraries. */
export const commandLine = { start, run }
