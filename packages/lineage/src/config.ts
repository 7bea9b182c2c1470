import { failure } from './codes.ts'
import { addedFacets, NOTHING_ADDED, type AddedFacets } from './config/added-facets.ts'
import { checkerOf, type Checker } from './config/checker.ts'
import { environmentConfig, isDisabled, legacyTransport } from './config/environment.ts'
import { transportConfig, type TransportConfig } from './config/transport-config.ts'
import { isTree, merged, saidIn, type Said, type Tree } from './config/tree.ts'
import { yamlConfig, type Places } from './config/yaml-file.ts'
import { gitSource } from './git-source.ts'
import { proxiesOf, type Proxies } from './transports/http/proxies.ts'

/** Where a configuration is looked for. */
export interface ConfigPlaces extends Places {
  /** What the caller configures itself, by the keys of `openlineage.yml`; it wins over all else. */
  readonly config?: Tree | undefined
}

/** Jobs whose events are not sent. */
export type JobFilter =
  | { readonly type: 'exact'; readonly match: string }
  | { readonly type: 'regex'; readonly regex: RegExp }

/** A configuration, whole and checked. */
export interface LineageConfig {
  /** Whether `OPENLINEAGE_DISABLED` switches all off. */
  readonly isDisabled: boolean
  /** Left out where nothing is configured, or all is switched off. */
  readonly transport?: TransportConfig
  readonly filters: readonly JobFilter[]
  /** Proxies by which servers are reached. */
  readonly proxies: Proxies
  /** What is added to every event. */
  readonly added: AddedFacets
  /** Settings that are there and that we do not heed. */
  readonly ignored: readonly string[]
}

const SECTIONS = ['transport', 'facets', 'filters', 'tags', 'dataset']

/**
 * Reads the configuration of OpenLineage as its official clients do: what the caller says, over `openlineage.yml`
 * (`OPENLINEAGE_CONFIG`, the working directory, home), over `OPENLINEAGE__A__B`, over `OPENLINEAGE_URL` and its like.
 *
 * @throws DS_LINEAGE_CONFIG with all that is wrong, each with its place; no values are told
 * @see https://openlineage.io/docs/client/python#configuration
 * @example const { transport } = await readConfig({ env: process.env, cwd: process.cwd(), home: homedir() })
 */
export async function readConfig({ config = {}, ...places }: ConfigPlaces): Promise<LineageConfig> {
  const { env } = places
  if (isDisabled(env)) return { isDisabled: true, filters: [], proxies: {}, added: NOTHING_ADDED, ignored: [] }
  const environment = environmentConfig(env)
  const file = await yamlConfig(places)
  const own = saidIn(config, 'the configuration given')
  const beside = file ? merged(file, own) : own
  const said = withTransport(merged(environment, beside), legacyTransport(env))
  const problems: string[] = []
  const root = checkerOf(said, problems)
  root.only(SECTIONS)
  const part = root.within('transport')
  // What `OPENLINEAGE_URL` stands for in a composite is nothing to another transport.
  const transport = part && transportConfig(part, part.raw('type') === 'composite' ? [] : ['transports'])
  const filters = filtersOf(root)
  const added = addedFacets(root, env)
  const reduces = root.within('dataset')?.raw('reducing_enabled') === true
  if (problems.length > 0) {
    throw failure('DS_LINEAGE_CONFIG', `the configuration of OpenLineage cannot be used: ${problems.join('; ')}`)
  }
  return {
    isDisabled: false,
    ...(transport === undefined || transport.type === 'noop' ? {} : { transport }),
    filters,
    proxies: proxiesOf(env),
    added: await locatedBy(added, places),
    ignored: reduces ? ['dataset.reducing_enabled'] : [],
  }
}

/** What is not said of the source is asked of git. */
async function locatedBy(added: AddedFacets, { cwd, env }: Places): Promise<AddedFacets> {
  const { sourceCode: said } = added
  return said === undefined ? added : { ...added, sourceCode: { ...(await gitSource(cwd, env)), ...said } }
}

/** The first variables are a transport of their own where no other is said. */
function withTransport(said: Said, legacy: Said | undefined): Said {
  const { transport } = said.tree
  if (isTree(transport) && !isOnlyDefault(transport)) return said
  if (transport !== undefined && !isTree(transport)) return said
  const { transport: _, ...others } = said.tree
  const bare = { tree: others, sources: said.sources }
  return legacy ? merged(bare, legacy) : bare
}

/** Whether a transport says no more than what the first variables stand for. */
function isOnlyDefault({ transports, ...others }: Tree): boolean {
  const names = isTree(transports) ? Object.keys(transports) : []
  return Object.keys(others).length === 0 && names.every((name) => name === 'default_http')
}

function filtersOf(root: Checker): JobFilter[] {
  const listed = root.raw('filters')
  if (listed === undefined) return []
  if (!Array.isArray(listed)) {
    root.tell('filters', 'is no list')
    return []
  }
  return listed.flatMap((_, at): JobFilter[] => {
    const filter = root.item('filters', at)
    const type = filter?.oneOf('type', ['exact', 'regex'])
    filter?.only(['type', 'match', 'regex'])
    if (!filter || type === undefined) return []
    const key = type === 'exact' ? 'match' : 'regex'
    const text = filter.text(key)
    if (text === undefined || text === '') {
      filter.tell(key, 'is missing')
      return []
    }
    if (type === 'exact') return [{ type, match: text }]
    try {
      return [{ type, regex: new RegExp(`^(?:${text})`, 'u') }]
    } catch {
      filter.tell(key, 'is no regular expression')
      return []
    }
  })
}
