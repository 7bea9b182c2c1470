import { readdir, readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { systemCode } from '@dayshift/core'
import { isMap, isScalar, isSeq, parseDocument } from 'yaml'
import { failure } from './codes.ts'
import { readDvcFile } from './dvcfile.ts'
import { unreadable } from './hash.ts'
import type { DvcIgnore } from './ignore.ts'
import type { DvcRepo } from './repo.ts'
import { exists } from './walk.ts'

/** Data that some file of the repository tracks. Both paths are relative to the root, POSIX. */
export interface TrackedOut {
  readonly path: string
  /** The `.dvc` or `dvc.yaml` file that says so. */
  readonly file: string
}

/**
 * Finds everything that DVC tracks in a repository, by its `.dvc` and `dvc.yaml` files. Files that git or `.dvcignore`
 * ignores do not count, nor do those of repositories within; nor outputs of stages whose path is a template.
 *
 * @throws DS_DVC_FILE_MALFORMED for any such file that cannot be read
 */
export async function findTracked(repo: DvcRepo, ignore: DvcIgnore): Promise<TrackedOut[]> {
  const files = repo.git
    ? await repo.git.listFiles(['?*.dvc', 'dvc.yaml'])
    : await walkForDvcFiles(repo.root, '', ignore)
  const tracked: TrackedOut[] = []
  for (const file of files.sort()) {
    if (await isElsewhere(repo.root, file, ignore)) continue
    const text = await readText(join(repo.root, file))
    if (text === undefined) continue
    const paths = file.endsWith('.dvc') ? outPathsOf(text, file) : stageOutsOf(text, file)
    for (const path of paths) tracked.push({ path: posix.join(posix.dirname(file), path), file })
  }
  return tracked
}

/** Whether one path is the other or lies beneath it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

/** Whether a file belongs to a repository within this one, or to nobody. */
async function isElsewhere(root: string, file: string, ignore: DvcIgnore): Promise<boolean> {
  if ((await ignore.ignoredBy(file, false)) !== undefined) return true
  for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder)) {
    if (await exists(join(root, folder, '.dvc'))) return true
  }
  return false
}

async function walkForDvcFiles(root: string, folder: string, ignore: DvcIgnore): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = posix.join(folder, entry.name)
    if (entry.isDirectory()) {
      if ((await ignore.ignoredBy(path, true)) === undefined) found.push(...(await walkForDvcFiles(root, path, ignore)))
    } else if (/.\.dvc$/.test(entry.name) || entry.name === 'dvc.yaml') found.push(path)
  }
  return found
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    // Git lists a file that it tracks also where it was deleted; a folder may be called x.dvc.
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(systemCode(error) ?? '')) return undefined
    throw unreadable(path, error)
  }
}

function outPathsOf(text: string, where: string): string[] {
  const { wdir = '.', outs = [] } = readDvcFile(text, where)
  return outs.map(({ path }) => posix.join(wdir, path))
}

/** The outputs, metrics and plots of a pipeline's stages. */
function stageOutsOf(text: string, where: string): string[] {
  const { contents, errors } = parseDocument(text, { schema: 'failsafe' })
  if (errors[0]) throw failure('DS_DVC_FILE_MALFORMED', `${where}: ${errors[0].message}`, { where })
  const stages = isMap(contents) ? contents.get('stages', true) : undefined
  if (!isMap(stages)) return []
  return stages.items.flatMap(({ value: stage }) => {
    if (!isMap(stage)) return []
    const wdir = stage.get('wdir')
    const folder = typeof wdir === 'string' ? wdir : '.'
    return ['outs', 'metrics', 'plots'].flatMap((key) => {
      const outs = stage.get(key, true)
      if (!isSeq(outs)) return []
      const paths = outs.items.map((out) => (isMap(out) ? out.items[0]?.key : out))
      return paths
        .map((path) => (isScalar(path) ? String(path.value) : ''))
        .filter((path) => path !== '' && !`${folder}/${path}`.includes('${'))
        .map((path) => posix.join(folder, path))
    })
  })
}

/** The name of the .dvc file that `dvc add` makes for data. */
export function dvcFileFor(path: string): string {
  return `${path}.dvc`
}
