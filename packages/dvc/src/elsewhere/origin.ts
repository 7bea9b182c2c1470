import { withoutSecrets } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { restoring } from '../formats/restoring.ts'
import { isList, type YamlMapping, type YamlValue } from '../formats/yaml.ts'
import type { Output } from '../outputs.ts'
import type { RemoteChoice } from './overlay.ts'
import type { SourceRequest } from './source.ts'

/** What an import from another repository says of where it came from. */
export interface RepoOrigin {
  /** From the root of that repository, as it was asked for. */
  readonly path: string
  /** As the `.dvc` file has it: `url`, `rev`, `rev_lock`, `config`, `remote`. */
  readonly repo: YamlMapping
}

/**
 * Where an output was imported from.
 *
 * @throws DS_DVC_FILE_MALFORMED where its record does not say what there is to be imported
 */
export function originOf({ origin, file }: Output): RepoOrigin {
  const { path, repo } = origin ?? {}
  if (path !== undefined && repo !== undefined) return { path, repo }
  throw failure('DS_DVC_FILE_MALFORMED', `${file} does not say what of a repository it imports`, {
    where: file,
    hint: restoring(file),
  })
}

/** An origin as DVC tells it, without secrets: `data (https://example.com/airports)`. */
export function originWords({ path, repo }: RepoOrigin): string {
  return `${path} (${withoutSecrets(textIn(repo, 'url') ?? '')})`
}

/** A definition at a commit, which stands right behind the revision that it came of. */
export function lockedAt(repo: YamlMapping, commit: string): YamlMapping {
  const before = ['url', 'rev'].flatMap((key) => (repo[key] === undefined ? [] : [[key, repo[key]] as const]))
  const after = Object.entries(repo).filter(([key]) => !['url', 'rev', 'rev_lock'].includes(key))
  return Object.fromEntries([...before, ['rev_lock', commit], ...after])
}

/**
 * What is asked of the repository that a definition names.
 *
 * @param folders what a relative path to it is taken from, in this order
 * @param isLocked whether the commit counts that is recorded, where there is one, instead of what its revision names now
 */
export function requestOf(repo: YamlMapping, folders: readonly string[], isLocked: boolean): SourceRequest {
  const locked = isLocked ? textIn(repo, 'rev_lock') : undefined
  return {
    url: textIn(repo, 'url') ?? '',
    revision: locked ?? textIn(repo, 'rev'),
    remote: choiceIn(repo['remote']),
    config: choiceIn(repo['config']),
    folders,
  }
}

function textIn(repo: YamlMapping, key: string): string | undefined {
  const value = repo[key]
  return typeof value === 'string' ? value : undefined
}

function choiceIn(value: YamlValue | undefined): RemoteChoice['remote'] {
  if (value === undefined || value === null || isList(value)) return undefined
  return typeof value === 'object' ? value : String(value)
}
