import { relative, resolve, sep } from 'node:path'
import { isGlob, matchesGlob } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { DIR_SUFFIX } from '../formats/tree.ts'
import type { Output } from '../outputs.ts'
import { isWithin } from '../within.ts'
import type { DvcRepo } from '../repo.ts'
import { pathInRepo } from './survey.ts'

/** An output that was asked for, or the part of a tracked directory. */
export interface SelectedOutput {
  readonly output: Output
  /** Paths relative to the directory, POSIX; all of it where these and `globs` are absent. */
  readonly parts?: readonly string[]
  /** Globs from the repository's root: files of the directory that match one are meant. */
  readonly globs?: readonly string[]
}

/** How targets are taken. */
export interface TargetOptions {
  /** What relative targets are taken from. */
  readonly cwd: string
  /** Whether a folder means all that is tracked beneath it; false by default (`-R`). */
  readonly recursive?: boolean | undefined
  /** Whether targets are globs, as `data/*.csv`; false by default. */
  readonly glob?: boolean | undefined
  /** Whether outputs are meant too that the stages of the targets depend on, and so on; false by default (`-d`). */
  readonly withDeps?: boolean | undefined
}

/**
 * Picks outputs by what DVC calls targets: tracked paths, paths inside of tracked directories, `.dvc` files, `dvc.yaml`
 * files, `dvc.yaml:stage` or the name of a stage.
 *
 * @param targets all outputs where there are none
 * @throws DS_DVC_TARGET for one that is none of these, DS_DVC_PATH_OUTSIDE
 */
export async function selectOutputs(
  repo: DvcRepo,
  outputs: readonly Output[],
  targets: readonly string[],
  options: TargetOptions,
): Promise<SelectedOutput[]> {
  if (targets.length === 0) return outputs.map((output) => ({ output }))
  const selected = new Map<Output, { readonly parts: Set<string>; readonly globs: Set<string> }>()
  const take = ({ output, part, glob }: Found): void => {
    const one = selected.get(output) ?? { parts: new Set(), globs: new Set() }
    selected.set(output, one)
    if (glob === undefined) one.parts.add(part)
    else one.globs.add(glob)
  }
  for (const target of targets) {
    const found = options.glob && isGlob(target) ? matching(repo, outputs, target, options) : undefined
    const all = found ?? (await find(repo, outputs, target, options))
    if (all.length === 0) {
      throw failure('DS_DVC_TARGET', `${target} is nothing that DVC tracks here`, { where: target })
    }
    all.forEach(take)
  }
  if (options.withDeps) for (const output of upstreamOf(outputs, [...selected.keys()])) take({ output, part: '' })
  return outputs.flatMap((output) => {
    const one = selected.get(output)
    if (!one) return []
    if (one.parts.has('')) return [{ output }]
    const globs = one.globs.size > 0 ? { globs: [...one.globs] } : {}
    return [{ output, ...(one.parts.size > 0 ? { parts: [...one.parts] } : {}), ...globs }]
  })
}

/** What a glob means: outputs, and those directories that may hold files that match. */
function matching(repo: DvcRepo, outputs: readonly Output[], target: string, { cwd }: TargetOptions): Found[] {
  const glob = relative(repo.root, resolve(cwd, target)).split(sep).join('/')
  return outputs.flatMap((output): Found[] => {
    if (matchesGlob(output.path, glob) || matchesGlob(output.file, glob)) return whole([output])
    const isDirectory = output.hash?.digits.endsWith(DIR_SUFFIX) ?? false
    return isDirectory && mayMatchWithin(output.path, glob) ? [{ output, part: '', glob }] : []
  })
}

function mayMatchWithin(folder: string, glob: string): boolean {
  const segments = glob.split('/')
  const deep = segments.indexOf('**')
  const depth = folder.split('/').length
  if (deep >= 0 && deep < depth) return matchesGlob(folder, [...segments.slice(0, deep), '**'].join('/')) || deep === 0
  return segments.length > depth && matchesGlob(folder, segments.slice(0, depth).join('/'))
}

/** Outputs that the stages of some depend on, and those that their stages depend on. */
function upstreamOf(outputs: readonly Output[], selected: readonly Output[]): Output[] {
  const found = new Set<Output>()
  const open = [...selected]
  for (let output = open.pop(); output; output = open.pop()) {
    for (const dep of output.deps ?? []) {
      for (const other of outputs) {
        if (found.has(other) || !(isWithin(dep, other.path) || isWithin(other.path, dep))) continue
        found.add(other)
        open.push(other)
      }
    }
  }
  return [...found]
}

interface Found {
  readonly output: Output
  /** Empty for the whole. */
  readonly part: string
  /** Instead of a part. */
  readonly glob?: string
}

async function find(
  repo: DvcRepo,
  outputs: readonly Output[],
  target: string,
  { cwd, recursive = false }: TargetOptions,
): Promise<Found[]> {
  const [, file = '', stage] = /^(.*?)(?::([^:/]+))?$/s.exec(target) as RegExpExecArray
  const absolute = resolve(cwd, target)
  const path = absolute === repo.root ? '' : await pathInRepo(repo, absolute)
  const same = outputs.filter((output) => output.path === path || output.file === path)
  if (same.length > 0) return whole(same)
  if (stage !== undefined) {
    const place = file === '' ? undefined : await pathInRepo(repo, resolve(cwd, file))
    const named = outputs.filter((output) => output.stage === stage && (place ?? output.file) === output.file)
    if (named.length > 0) return whole(named)
  }
  const here = relative(repo.root, cwd).split(sep).join('/')
  const own = here === '' ? 'dvc.yaml' : `${here}/dvc.yaml`
  const named = outputs.filter((output) => output.stage === target && output.file === own)
  if (named.length > 0) return whole(named)
  if (recursive) {
    const beneath = outputs.filter((output) => path === '' || isWithin(output.file, path))
    if (beneath.length > 0) return whole(beneath)
  }
  const around = outputs.filter((output) => path !== '' && isWithin(path, output.path))
  return around.map((output) => ({ output, part: path.slice(output.path.length + 1) }))
}

function whole(outputs: readonly Output[]): Found[] {
  return outputs.map((output) => ({ output, part: '' }))
}

/** Whether a selection covers a file of the directory, by its path relative to it. */
export function isSelected({ output, parts, globs }: SelectedOutput, relpath: string): boolean {
  if (!parts && !globs) return true
  if (parts?.some((part) => isWithin(relpath, part))) return true
  return globs?.some((glob) => matchesGlob(`${output.path}/${relpath}`, glob)) ?? false
}

/** A path of the repository as a user in a folder would write it, POSIX. */
export function shownFrom(repo: DvcRepo, cwd: string, path: string): string {
  return relative(cwd, `${repo.root}/${path}`).split(sep).join('/') || '.'
}
