import { dirname, join, normalize } from 'node:path/posix'
import { isBuiltin } from 'node:module'
import { parseSync } from 'oxc-parser'

/** A package of the house. */
export interface HousePackage {
  readonly name: string
  /** Its folder, relative to the root: `packages/core`. */
  readonly folder: string
  /** The packages that it declares: dependencies and peers. */
  readonly dependencies: readonly string[]
}

/** The floors, from the lowest: a package imports from lower floors only. */
const FLOORS: readonly ((name: string) => boolean)[] = [
  (name) => name === '@dayshift/core',
  (name) => name.startsWith('@dayshift/'),
  (name) => name === 'dayshift',
]

/** Names that tell nothing of what is inside. */
const EMPTY_NAMES = /^(utils?|helpers?|types|common|manager|service|misc|shared)(\.ts)?$/

/** Folders that tools take for output. */
const OUTPUT_NAMES = /^(build|dist|out|coverage|data|vendor)$/

interface Import {
  readonly specifier: string
  readonly line: number
}

/**
 * What breaks the rules of the house: sideways and upward imports, undeclared packages, cycles, imports of index.ts from
 * within, prints and exits in libraries, empty names.
 *
 * @param sources the text of every source file by its path relative to the root
 * @returns one line a problem
 */
export function houseProblems(packages: readonly HousePackage[], sources: ReadonlyMap<string, string>): string[] {
  const problems: string[] = []
  const edges = new Map<string, string[]>()
  for (const [path, text] of sources) {
    const home = packages.find(({ folder }) => path.startsWith(`${folder}/src/`))
    if (!home) continue
    problems.push(...nameProblems(path), ...effectProblems(path, home, text))
    const targets: string[] = []
    for (const { specifier, line } of importsOf(path, text)) {
      const place = `${path}:${line}`
      if (specifier.startsWith('.')) {
        const target = normalize(join(dirname(path), specifier))
        if (!target.startsWith(`${home.folder}/src/`)) problems.push(`${place} leaves its package: ${specifier}`)
        else if (target === `${home.folder}/src/index.ts`) problems.push(`${place} imports its own index.ts`)
        else if (target.endsWith('/index.ts')) problems.push(`${place} imports a folder's index.ts`)
        else if (sources.has(target)) targets.push(target)
      } else problems.push(...packageProblems(place, home, specifier))
    }
    edges.set(path, targets)
  }
  return [...problems, ...cycles(edges)]
}

/** All imports of a file: static, re-exported, dynamic and of types alike. */
function importsOf(path: string, text: string): Import[] {
  const { module, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`)
  const at = (start: number): number => text.slice(0, start).split('\n').length
  const found: Import[] = module.staticImports.map(({ moduleRequest, start }) => ({
    specifier: moduleRequest.value,
    line: at(start),
  }))
  for (const { entries, start } of module.staticExports) {
    for (const { moduleRequest } of entries) {
      if (moduleRequest) found.push({ specifier: moduleRequest.value, line: at(start) })
    }
  }
  for (const { moduleRequest, start } of module.dynamicImports) {
    const literal = /^(['"`])([^'"`$]*)\1$/.exec(text.slice(moduleRequest.start, moduleRequest.end))
    if (literal) found.push({ specifier: String(literal[2]), line: at(start) })
  }
  return found
}

function packageProblems(place: string, home: HousePackage, specifier: string): string[] {
  if (isBuiltin(specifier)) return specifier.startsWith('node:') ? [] : [`${place} imports ${specifier} without node:`]
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  const floor = FLOORS.findIndex((holds) => holds(name))
  const own = FLOORS.findIndex((holds) => holds(home.name))
  if (floor >= 0 && floor === own) return [`${place} imports sideways: ${name}`]
  if (floor > own) return [`${place} imports upwards: ${name}`]
  return home.dependencies.includes(name) ? [] : [`${place} imports ${name}, which ${home.name} does not declare`]
}

function nameProblems(path: string): string[] {
  const parts = path.split('/src/')[1]?.split('/') ?? []
  return parts.flatMap((part, at) => {
    if (EMPTY_NAMES.test(part)) return [`${path} has a name that tells nothing: ${part}`]
    return at < parts.length - 1 && OUTPUT_NAMES.test(part) ? [`${path} lies in a folder that tools skip: ${part}`] : []
  })
}

/** Libraries do not print, read the environment or exit; in the command line, one file does. */
function effectProblems(path: string, home: HousePackage, text: string): string[] {
  const allowed = home.name === 'dayshift' && path.endsWith('/src/main.ts')
  if (allowed) return []
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$|(['"`])(?:\\.|(?!\1)[^\\])*\1/gm, '')
  const effects = [...code.matchAll(/\bconsole\.\w+|\bprocess\.(?:env|exit|exitCode|stdout|stderr)\b/g)]
  return effects.map(([effect]) => `${path} uses ${effect}`)
}

/** The cycles of imports, each once, as a path of files. */
function cycles(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const found = new Set<string>()
  const done = new Set<string>()
  const walk = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file)
    if (at >= 0) {
      const ring = trail.slice(at)
      const first = ring.indexOf(String([...ring].sort().at(0)))
      found.add(`cycle: ${[...ring.slice(first), ...ring.slice(0, first), ring[first]].join(' → ')}`)
      return
    }
    if (done.has(file)) return
    for (const target of edges.get(file) ?? []) walk(target, [...trail, file])
    done.add(file)
  }
  for (const file of edges.keys()) walk(file, [])
  return [...found]
}
