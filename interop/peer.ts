import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { NpmPeer, PythonPeer } from './peers.ts'

const run = promisify(execFile)

/** Whether this machine can install peers at all. */
export const canInstall = spawnSync('python3', ['-c', 'import venv, ensurepip']).status === 0

if (!canInstall) console.warn('interop: python3 with venv is not here, so nothing can be held against Python peers')

/** How long another process may take to install the same peer, in milliseconds. */
const PATIENCE = 880_000

/** The folder of a peer's virtual environment. */
export function peerHome(name: string): string {
  return join(tmpdir(), 'dayshift-interop', name)
}

/**
 * Installs Python packages into a virtual environment of their own, once a machine.
 *
 * @returns the environment's folder of programs
 */
export async function installPeer({ name, requirements }: PythonPeer): Promise<string> {
  const home = await installOnce(name, async (folder) => {
    await run('python3', ['-m', 'venv', '--without-pip', folder])
    // Modules are compiled when they are imported: few of all that are installed ever are.
    await pip(join(folder, 'bin'), ['install', '--no-compile', ...requirements])
  })
  return join(home, 'bin')
}

/**
 * Runs pip, for there is one only, on an environment.
 *
 * @param bin the environment's folder of programs
 */
export async function pip(bin: string, [verb = '', ...words]: readonly string[], cwd?: string): Promise<void> {
  const home = await installOnce('pip', async (folder) => void (await run('python3', ['-m', 'venv', folder])))
  const quiet = ['--quiet', '--disable-pip-version-check']
  await run(join(home, 'bin', 'pip'), ['--python', join(bin, 'python'), verb, ...quiet, ...words], { cwd })
}

/**
 * Installs npm packages into a folder of their own, once a machine. None of their scripts runs.
 *
 * @returns the folder
 */
export function installNpmPeer({ name, manifest }: NpmPeer): Promise<string> {
  return installOnce(name, async (folder) => {
    mkdirSync(folder)
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
    const quiet = ['--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']
    await run('npm', ['install', '--ignore-scripts', ...quiet], { cwd: folder })
  })
}

/**
 * Unpacks Debian packages into a folder of their own, once a machine. Nothing of them is set up or run, so no rights are needed.
 *
 * @param name of the folder, with the version: `nginx-debian`
 * @param packages without what they depend on
 * @returns the folder, as if it were the root of the file system
 */
export function unpackDebPeer(name: string, packages: readonly string[]): Promise<string> {
  return installOnce(name, async (folder) => {
    mkdirSync(folder)
    // apt would give up its rights, and then not be allowed to write here.
    await run('apt-get', ['-o', 'APT::Sandbox::User=', 'download', '--quiet', ...packages], { cwd: folder })
    for (const file of readdirSync(folder).filter((one) => one.endsWith('.deb'))) {
      await run('dpkg', ['-x', join(folder, file), folder])
    }
  })
}

/** Fills a folder, unless another test file or run has, and gives it. */
async function installOnce(name: string, install: (folder: string) => Promise<void>): Promise<string> {
  const home = peerHome(name)
  const marker = join(home, 'installed')
  const lock = `${home}.lock`
  mkdirSync(dirname(home), { recursive: true })
  for (const began = Date.now(); !existsSync(marker);) {
    try {
      mkdirSync(lock)
      writeFileSync(join(lock, 'pid'), String(process.pid))
    } catch {
      // Another test file installs the same peer, unless it has ended.
      if (isLeft(lock) || Date.now() - began > PATIENCE) rmSync(lock, { recursive: true, force: true })
      else await sleep(200)
      continue
    }
    try {
      if (existsSync(marker)) break
      rmSync(home, { recursive: true, force: true })
      await install(home)
      writeFileSync(marker, '')
    } finally {
      rmSync(lock, { recursive: true, force: true })
    }
  }
  return home
}

/** Whether the process that made a lock is there no more. */
function isLeft(lock: string): boolean {
  try {
    process.kill(Number(readFileSync(join(lock, 'pid'), 'utf8')), 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
