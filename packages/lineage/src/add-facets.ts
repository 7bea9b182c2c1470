import type { AddedFacets } from './config/added-facets.ts'
import type { Tag } from './dataset-facets.ts'
import type { Facet } from './facets.ts'
import { jobTagsFacet, runTagsFacet, sourceCodeLocationFacet } from './job-facets.ts'
import type { LineageEvent } from './lineage-event.ts'
import { environmentVariablesFacet } from './run-facets.ts'

type Facets = Readonly<Record<string, Facet>>

/**
 * Adds to an event what a configuration wants in every event, as the official clients do: what the event says of the
 * environment and of its source stays; a configured tag replaces that of the same key, whose spelling stays.
 *
 * @returns the event, changed
 */
export function addFacets<Event extends LineageEvent>(event: Event, added: AddedFacets): Event {
  if (!('job' in event)) return event
  const { job } = event
  const jobFacets = { ...job.facets, ...tagged(job.facets, added.jobTags, jobTagsFacet) }
  if (!('run' in event)) return { ...event, job: { ...job, facets: jobFacets } }
  const { run } = event
  return {
    ...event,
    job: { ...job, facets: { ...located(added), ...jobFacets } },
    run: {
      ...run,
      facets: {
        ...run.facets,
        ...tagged(run.facets, added.runTags, runTagsFacet),
        ...environmentOf(run.facets, added.environmentVariables),
      },
    },
  }
}

/** Whether a configuration adds anything. */
export function addsFacets({ environmentVariables, jobTags, runTags, sourceCode }: AddedFacets): boolean {
  return Object.keys(environmentVariables).length + jobTags.length + runTags.length > 0 || sourceCode !== undefined
}

function located({ sourceCode }: AddedFacets): Facets {
  const { repoUrl } = sourceCode ?? {}
  const facet = repoUrl === undefined ? undefined : sourceCodeLocationFacet({ ...sourceCode, url: repoUrl })
  return facet === undefined ? {} : { sourceCodeLocation: facet }
}

function tagged(facets: Facets, tags: readonly Tag[], build: (tags: readonly Tag[]) => Facet): Facets {
  if (tags.length === 0) return {}
  const there = (facets['tags']?.['tags'] ?? []) as readonly Tag[]
  const spelt = new Map(there.map(({ key }) => [key.toLowerCase(), key]))
  const own = new Set(tags.map(({ key }) => key.toLowerCase()))
  const kept = there.filter(({ key }) => !own.has(key.toLowerCase()))
  const set = tags.map((tag) => ({ ...tag, key: spelt.get(tag.key.toLowerCase()) ?? tag.key }))
  return { tags: build([...kept, ...set]) }
}

interface Variable {
  readonly name: string
  readonly value: string
}

function environmentOf(facets: Facets, variables: Readonly<Record<string, string>>): Facets {
  if (Object.keys(variables).length === 0) return {}
  const there = (facets['environmentVariables']?.['environmentVariables'] ?? []) as readonly Variable[]
  const said = Object.fromEntries(there.map(({ name, value }) => [name, value]))
  const names = [...there.map(({ name }) => name), ...Object.keys(variables)]
  const all = Object.fromEntries(names.map((name) => [name, said[name] ?? variables[name] ?? '']))
  return { environmentVariables: environmentVariablesFacet(all) }
}
