import { withoutSecrets } from '@dayshift/core/ground'
import type { Tag } from './dataset-facets.ts'
import { facet, type Facet } from './facets.ts'
import { uriOf } from './uri.ts'

/** Where the code of a job stands in version control. */
export interface SourceCodeLocation {
  /** `git` by default. */
  readonly type?: string
  /** Address of the file, as a browser opens it; user and password are taken out. */
  readonly url: string
  readonly repoUrl?: string
  /** In the repository. */
  readonly path?: string
  /** The commit. */
  readonly version?: string
  readonly tag?: string
  readonly branch?: string
  readonly pullRequestNumber?: string
}

/**
 * Job facet `sourceCodeLocation` (SourceCodeLocationJobFacet 1-1-0).
 *
 * @returns undefined where the address is none
 */
export function sourceCodeLocationFacet(location: SourceCodeLocation): Facet | undefined {
  const { type = 'git', url, repoUrl, ...rest } = location
  const uri = uriOf(withoutSecrets(url))
  if (uri === undefined) return undefined
  const told = Object.entries(rest).filter(([, value]) => value !== undefined)
  return facet('1-1-0', 'SourceCodeLocationJobFacet', {
    type,
    url: uri,
    ...(repoUrl === undefined ? {} : { repoUrl: withoutSecrets(repoUrl) }),
    ...Object.fromEntries(told),
  })
}

/** Job facet `sourceCode` (SourceCodeJobFacet 1-0-1): the code itself, without secrets. */
export function sourceCodeFacet(language: string, sourceCode: string): Facet {
  return facet('1-0-1', 'SourceCodeJobFacet', { language, sourceCode: withoutSecrets(sourceCode) })
}

/**
 * Job facet `sql` (SQLJobFacet 1-1-0): the query, without secrets.
 *
 * @param dialect `duckdb`, `postgres`, `snowflake` …
 */
export function sqlFacet(query: string, dialect?: string): Facet {
  return facet('1-1-0', 'SQLJobFacet', { query: withoutSecrets(query), ...(dialect === undefined ? {} : { dialect }) })
}

/** Job facet `documentation` (DocumentationJobFacet 1-1-0): plain text. */
export function jobDocumentationFacet(description: string): Facet {
  const content = { description: withoutSecrets(description), contentType: 'text/plain' }
  return facet('1-1-0', 'DocumentationJobFacet', content)
}

/** Job facet `ownership` (OwnershipJobFacet 1-0-1). */
export function jobOwnershipFacet(owners: readonly string[]): Facet {
  return facet('1-0-1', 'OwnershipJobFacet', { owners: owners.map((name) => ({ name: withoutSecrets(name) })) })
}

/** Job facet `tags` (TagsJobFacet 1-0-0). */
export function jobTagsFacet(tags: readonly Tag[]): Facet {
  return facet('1-0-0', 'TagsJobFacet', { tags: tags.map(plainTag) })
}

/** Run facet `tags` (TagsRunFacet 1-0-0). */
export function runTagsFacet(tags: readonly Tag[]): Facet {
  return facet('1-0-0', 'TagsRunFacet', { tags: tags.map(plainTag) })
}

function plainTag({ key, value, source }: Tag): object {
  return { key, value: withoutSecrets(value), ...(source === undefined ? {} : { source }) }
}
