import type { Tag } from '../dataset-facets.ts'
import type { SourceCodeLocation } from '../job-facets.ts'
import type { Checker } from './checker.ts'

/** What a configuration adds to every event. */
export interface AddedFacets {
  /** Variables of the environment that may be seen, with their values; those that are not set are left out. */
  readonly environmentVariables: Readonly<Record<string, string>>
  readonly jobTags: readonly Tag[]
  readonly runTags: readonly Tag[]
  /** Where the code of all jobs stands, as far as it is told; left out unless it is switched on. */
  readonly sourceCode?: Partial<SourceCodeLocation>
}

/** Nothing is added. */
export const NOTHING_ADDED: AddedFacets = { environmentVariables: {}, jobTags: [], runTags: [] }

type Env = Readonly<Record<string, string | undefined>>

/**
 * Reads the sections `facets` and `tags`.
 *
 * @param env where the variables are that `facets.environment_variables` names
 */
export function addedFacets(root: Checker, env: Env): AddedFacets {
  const facets = root.within('facets')
  facets?.only(['environment_variables', 'source_code_location'])
  const names = facets?.texts('environment_variables') ?? []
  const tags = root.within('tags')
  tags?.only(['job', 'run'])
  const sourceCode = facets && sourceCodeOf(facets)
  return {
    environmentVariables: Object.fromEntries(
      names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
    ),
    jobTags: tagsOf(tags?.within('job')),
    runTags: tagsOf(tags?.within('run')),
    ...(sourceCode === undefined ? {} : { sourceCode }),
  }
}

function sourceCodeOf(facets: Checker): Partial<SourceCodeLocation> | undefined {
  const part = facets.within('source_code_location')
  part?.only(['disabled', 'repo_url', 'version', 'tag', 'branch', 'pull_request_number'])
  // As the official clients: it is off until it is switched on.
  if (part?.flag('disabled') !== false) return undefined
  const said = {
    repoUrl: part.text('repo_url'),
    version: part.text('version'),
    tag: part.text('tag'),
    branch: part.text('branch'),
    pullRequestNumber: part.text('pull_request_number'),
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}

function tagsOf(part: Checker | undefined): Tag[] {
  if (part === undefined) return []
  return part.keys().flatMap((key) => {
    const value = part.raw(key)
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      return [{ key, value: String(value), source: 'USER' }]
    }
    part.tell(key, 'is no text')
    return []
  })
}
