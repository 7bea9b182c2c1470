import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addFacets, addsFacets } from './add-facets.ts'
import { failure } from './codes.ts'
import type { JobFilter, LineageConfig } from './config.ts'
import type { TransportConfig } from './config/transport-config.ts'
import type { Tree } from './config/tree.ts'
import type { RunEvent } from './event.ts'
import type { LineageEvent } from './lineage-event.ts'
import type { JobRef, ParentRun } from './facets.ts'
import { spooled, type SpooledTransport, type SpoolOptions } from './spool.ts'
import { spoolPlace } from './spool/spool-place.ts'
import type { Transport } from './transport.ts'
import { compositeTransport } from './transports/composite.ts'
import { consoleTransport } from './transports/console.ts'
import { fileTransport } from './transports/file.ts'
import { filesTransport } from './transports/files.ts'
import { httpTransport } from './transports/http.ts'
import { transformTransport, type EventTransform } from './transports/transform.ts'

/** How a configuration becomes transports. */
export interface ConfiguredOptions extends Omit<SpoolOptions, 'folder'> {
  /** Where relative paths start. */
  readonly cwd: string
  /** The folder in which each HTTP transport has its spool, by its name and address; default: nothing is spooled. */
  readonly spool?: string | undefined
  /** Gets the lines of a console transport; default: they go nowhere. */
  readonly write?: ((line: string) => void) | undefined
  /** Functions that a transform transport may name, by `transformer_class`. */
  readonly transforms?: Readonly<Record<string, (properties: Tree) => EventTransform>> | undefined
}

/** What a configuration stands for. */
export interface Configured {
  readonly transport: Transport
  /** The spools within it, and those that earlier versions left behind for a transport of the same name. */
  readonly spools: readonly SpooledTransport[]
}

/**
 * Makes the transport that a configuration stands for. With a spool, no server that is down slows or breaks whoever emits.
 *
 * @returns undefined where none is configured
 * @throws DS_LINEAGE_CONFIG where a function is named that is not given, or two transports have one name
 * @example const configured = transportOf(await readConfig(places), { cwd: process.cwd(), spool: '.dayshift/spool' })
 */
export function transportOf(
  { transport: config, filters, added, proxies }: LineageConfig,
  options: ConfiguredOptions,
): Configured | undefined {
  if (config === undefined) return undefined
  const spools: SpooledTransport[] = []
  const names = new Set<string>()
  const spool = (transport: Transport, name: string, one: TransportConfig): Transport => {
    if (options.spool === undefined) return transport
    const { folder, earlier, destination } = spoolPlace(options.spool, name, one)
    if (names.has(earlier)) {
      throw failure('DS_LINEAGE_CONFIG', `two transports are named ${name}, so that their events would wait together`, {
        hint: 'Give each a name of its own.',
      })
    }
    names.add(earlier)
    const made = spooled(transport, { ...options, folder, destination })
    spools.push(made)
    if (existsSync(join(earlier, 'events.jsonl'))) spools.push(spooled(transport, { ...options, folder: earlier }))
    return made
  }
  /** @param isSpooled whether those within are spooled each by itself */
  const make = (one: TransportConfig, name: string, isSpooled: boolean): Transport => {
    switch (one.type) {
      case 'http': {
        const transport = httpTransport({ proxies, ...one, name })
        return isSpooled ? spool(transport, name, one) : transport
      }
      case 'file': {
        const path = resolve(options.cwd, one.path.startsWith('file:') ? fileURLToPath(one.path) : one.path)
        return { ...(one.append ? fileTransport(path) : filesTransport(path)), name }
      }
      case 'console':
        return { ...consoleTransport(options.write ?? (() => undefined)), name }
      case 'noop':
        return { name, emit: () => Promise.resolve(), close: () => Promise.resolve() }
      case 'transform':
        return transformTransport(make(one.transport, name, isSpooled), transformOf(one, options))
      default: {
        // Where one that fails or succeeds decides on the others, they can only wait together.
        const isEach = isSpooled && one.continueOnFailure !== false && one.continueOnSuccess !== false
        const parts = one.transports.map((part, at) => ({
          transport: make(part, part.name ?? `${part.type}${at === 0 ? '' : `-${at + 1}`}`, isEach),
          priority: part.priority,
        }))
        const transport = compositeTransport(parts, { ...one, name })
        return isSpooled && !isEach ? spool(transport, name, one) : transport
      }
    }
  }
  const made = make(config, config.name ?? config.type, true)
  if (filters.length === 0 && !addsFacets(added)) return { transport: made, spools }
  const change: EventTransform = (event) => (isFiltered(event, filters) ? null : addFacets(event, added))
  return { transport: transformTransport(made, change), spools }
}

function isFiltered(event: LineageEvent, filters: readonly JobFilter[]): boolean {
  // As the official clients: only events of runs are filtered.
  if (!('run' in event)) return false
  const { job } = event
  return filters.some((filter) => (filter.type === 'exact' ? filter.match === job.name : filter.regex.test(job.name)))
}

function transformOf(
  { transformer, properties }: Extract<TransportConfig, { type: 'transform' }>,
  { transforms = {} }: ConfiguredOptions,
): EventTransform {
  const make = Object.hasOwn(transforms, transformer) ? transforms[transformer] : undefined
  if (make) return make(properties)
  if (/(^|\.)JobNamespaceReplaceTransformer$/.test(transformer)) return namespaceReplacer(properties)
  throw failure('DS_LINEAGE_CONFIG', `transformer_class names ${transformer}, which is not here`, {
    hint: 'JobNamespaceReplaceTransformer is; a program may give others by name.',
  })
}

/** What the Python client’s transformer of this name does. */
function namespaceReplacer(properties: Tree): EventTransform {
  const namespace = properties['new_job_namespace']
  if (typeof namespace !== 'string' || namespace === '') {
    throw failure('DS_LINEAGE_CONFIG', 'transformer_properties.new_job_namespace is missing')
  }
  const isParentToo = /^true$/i.test(JSON.stringify(properties['include_parent_facet'] ?? true).replaceAll('"', ''))
  const replaced = <Ref extends JobRef>(job: Ref): Ref => ({ ...job, namespace })
  return (event) => {
    if (!('job' in event)) return event
    if (!('run' in event)) return { ...event, job: replaced(event.job) }
    const parent = event.run.facets['parent'] as unknown as (ParentRun & RunEvent['run']['facets'][string]) | undefined
    const { root } = parent ?? {}
    const changed = parent && {
      ...parent,
      job: replaced(parent.job),
      ...(root ? { root: { ...root, job: replaced(root.job) } } : {}),
    }
    const facets = { ...event.run.facets, ...(changed && isParentToo ? { parent: changed } : {}) }
    return { ...event, job: replaced(event.job), run: { ...event.run, facets } }
  }
}
