import { relative, resolve, sep } from 'node:path'
import { failure } from '../codes.ts'
import type { Output } from '../outputs.ts'
import { isWithin } from '../within.ts'
import type { DvcRepo } from '../repo.ts'
import { pathInRepo } from './survey.ts'

/** An output that was asked for, or the part of a tracked directory. */
export interface SelectedOutput {
  readonly output: Output
  /** Paths relative to the directory, POSIX; all of it where this is absent. */
  readonly parts?: readonly string[]
}

/** How targets are taken. */
export interface TargetOptions {
  /** What relative targets are taken from. */
  readonly cwd: string
  /** Whether a folder means all that is tracked beneath it; false by default (`-R`). */
  readonly recursive?: boolean | undefined
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
  const selected = new Map<Output, Set<string>>()
  for (const target of targets) {
    const found = await find(repo, outputs, target, options)
    if (found.length === 0) {
      throw failure('DS_DVC_TARGET', `${target} is nothing that DVC tracks here`, { where: target })
    }
    for (const { output, part } of found) {
      const parts = selected.get(output) ?? new Set()
      selected.set(output, parts.add(part))
    }
  }
  return outputs
    .filter((output) => selected.has(output))
    .map((output) => {
      const parts = [...(selected.get(output) as Set<string>)]
      return parts.includes('') ? { output } : { output, parts }
    })
}

interface Found {
  readonly output: Output
  /** Empty for the whole. */
  readonly part: string
}

async function find(
  repo: DvcRepo,
  outputs: readonly Output[],
  target: string,
  { cwd, recursive = false }: TargetOptions,
): Promise<Found[]> {
  const [, file = '', stage] = /^(.*?)(?::([^:/]+))?$/.exec(target) as RegExpExecArray
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
export function isSelected({ parts }: SelectedOutput, relpath: string): boolean {
  return parts === undefined || parts.some((part) => isWithin(relpath, part))
}

/** A path of the repository as a user in a folder would write it, POSIX. */
export function shownFrom(repo: DvcRepo, cwd: string, path: string): string {
  return relative(cwd, `${repo.root}/${path}`).split(sep).join('/') || '.'
}
