import type { Git } from '../git/git.ts'
import { tagsOf } from '../git/history.ts'
import { compareVersions, readTagName, type TagAction } from './tag-name.ts'

/** A tag, read. */
export interface TagEvent {
  readonly tag: string
  readonly action: TagAction
  readonly commit: string
  /** Milliseconds since 1970. */
  readonly time: number
  readonly author: string
  readonly message: string
  readonly version?: string
  readonly stage?: string
  /** The number at the end of the tag. */
  readonly counter?: number
}

/** A version that was registered, or a commit that got a stage without. */
export interface RegisteredVersion {
  /** `v1.2.3`, or the commit where it was never registered. */
  readonly version: string
  readonly commit: string
  readonly isRegistered: boolean
  /** False after it was deregistered. */
  readonly isActive: boolean
  /** Stages that it is in, the last assigned first. */
  readonly stages: readonly string[]
}

/** A name that tags speak of. */
export interface Artifact {
  /** `dir:name` where it lies in a folder. */
  readonly name: string
  /** False after it was deprecated. */
  readonly isActive: boolean
  /** The highest version that is registered and active. */
  readonly version?: string
  /** The version that each stage was given to last. */
  readonly stages: Readonly<Record<string, string>>
  /** Highest first. */
  readonly versions: readonly RegisteredVersion[]
  /** All tags, oldest first. */
  readonly events: readonly TagEvent[]
}

/**
 * Reads all names from the annotated tags of a git repository, as GTO does; ordered by name.
 *
 * @throws DS_GIT_FAILED
 */
export async function readRegistry(git: Git): Promise<Artifact[]> {
  const byName = new Map<string, TagEvent[]>()
  for (const { name: tag, commit, time, author, message, isAnnotated } of await tagsOf(git)) {
    const parsed = readTagName(tag)
    if (!parsed || !isAnnotated) continue
    const { name, ...said } = parsed
    const events = byName.get(name) ?? []
    byName.set(name, events)
    events.push({ tag, commit, time: time * 1000, author, message, ...said })
  }
  return [...byName]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, events]) => artifactOf(name, events.toSorted(compareEvents)))
}

/** Of tags of the same second the number tells which came last; a version is there before it goes. */
function compareEvents(a: TagEvent, b: TagEvent): number {
  return a.time - b.time || (a.counter ?? 0) - (b.counter ?? 0) || rankOf(a) - rankOf(b)
}

function rankOf({ action }: TagEvent): number {
  return ['register', 'assign', 'unassign', 'deregister', 'deprecate'].indexOf(action)
}

/** Works out what tags come to. */
function artifactOf(name: string, events: readonly TagEvent[]): Artifact {
  const places = new Map<string, { readonly version: string; readonly commit: string }>()
  for (const { commit, version, action } of events) {
    if (version !== undefined && action === 'register') places.set(`${version} ${commit}`, { version, commit })
  }
  for (const { commit, stage } of events) {
    const isKnown = [...places.values()].some((place) => place.commit === commit)
    if (stage !== undefined && !isKnown) places.set(commit, { version: commit, commit })
  }
  const versions = [...places.values()].map((place) => versionOf(place, events))
  const known = versions.filter(({ isRegistered }) => isRegistered)
  const ordered = [
    ...known.toSorted((a, b) => compareVersions(b.version, a.version)),
    ...versions.filter(({ isRegistered }) => !isRegistered),
  ]
  const current = ordered.find(({ isActive, isRegistered }) => isActive && isRegistered)?.version
  return {
    name,
    isActive: events.at(-1)?.action !== 'deprecate',
    ...(current === undefined ? {} : { version: current }),
    stages: stagesOf(ordered, events),
    versions: ordered,
    events,
  }
}

function versionOf(
  { version, commit }: { readonly version: string; readonly commit: string },
  events: readonly TagEvent[],
): RegisteredVersion {
  const own = events.filter((event) => event.version === version && event.commit === commit)
  const last = new Map<string, TagEvent>()
  for (const event of events) {
    if (event.commit !== commit || event.stage === undefined) continue
    last.delete(event.stage)
    last.set(event.stage, event)
  }
  const stages = [...last].filter(([, { action }]) => action === 'assign').map(([stage]) => stage)
  const isRegistered = own.some(({ action }) => action === 'register')
  const isActive = own.length === 0 || own.at(-1)?.action === 'register'
  return { version, commit, isRegistered, isActive, stages: stages.toReversed() }
}

/** A stage may have been given to several versions: the one that got it last counts. */
function stagesOf(versions: readonly RegisteredVersion[], events: readonly TagEvent[]): Record<string, string> {
  const stages: Record<string, string> = {}
  for (const { stage, action, commit } of events) {
    if (stage === undefined || action !== 'assign') continue
    const holder = versions.find((one) => one.commit === commit && one.isActive && one.stages.includes(stage))
    if (holder) stages[stage] = holder.version
  }
  return stages
}
