import { failure } from '../codes.ts'

/** What a tag of GTO says. */
export type TagAction = 'register' | 'deregister' | 'assign' | 'unassign' | 'deprecate'

/** A tag's name, taken apart. */
export interface TagName {
  /** `dir:name` where it lies in a folder. */
  readonly name: string
  readonly action: TagAction
  /** `v1.2.3`; of register and deregister. */
  readonly version?: string
  /** Of assign and unassign. */
  readonly stage?: string
  /** Which of the name's tags it is, where the same could be said again. */
  readonly counter?: number
}

const NAME = '[a-zA-Z0-9](?:[a-zA-Z0-9-/_]*[a-zA-Z0-9])?'
/** A name may lie in a folder; in tags an equals sign stands for the colon, which git does not allow. */
const fullName = (separator: ':' | '='): string => `(?:[a-zA-Z0-9-_./]+${separator})?${NAME}`
const NUMBER = String.raw`(?:0|[1-9]\d*)`
const PART = String.raw`(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)`
const VERSION = String.raw`v${NUMBER}\.${NUMBER}\.${NUMBER}(?:-${PART}(?:\.${PART})*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?`

const TAG = new RegExp(
  `^(?<name>${fullName('=')})(?:(?:#(?<stage>${NAME})|@(?<version>${VERSION}))(?<cancel>!?)|@(?<deprecated>deprecated))(?:#(?<counter>\\d+))?$`,
)

/**
 * Reads a tag's name by the rules of GTO 1.10.
 *
 * @returns `undefined` for any other tag
 * @example readTagName('data=weather@v1.2.3') // { name: 'data:weather', action: 'register', version: 'v1.2.3' }
 */
export function readTagName(tag: string): TagName | undefined {
  const groups = TAG.exec(tag)?.groups
  if (!groups) return undefined
  const { name = '', stage, version, cancel, counter } = groups
  return {
    name: name.replaceAll('=', ':'),
    action: actionOf(stage, version, cancel === '!'),
    ...(version === undefined ? {} : { version }),
    ...(stage === undefined ? {} : { stage }),
    ...(counter === undefined ? {} : { counter: Number(counter) }),
  }
}

function actionOf(stage: string | undefined, version: string | undefined, isCancelled: boolean): TagAction {
  if (stage !== undefined) return isCancelled ? 'unassign' : 'assign'
  if (version !== undefined) return isCancelled ? 'deregister' : 'register'
  return 'deprecate'
}

/**
 * Writes a tag's name.
 *
 * @throws DS_TAG_NAME where a part is none that GTO would read
 * @example writeTagName({ name: 'weather', action: 'assign', stage: 'prod', counter: 2 }) // weather#prod#2
 */
export function writeTagName({ name, action, version, stage, counter }: TagName): string {
  refuseName(name, fullName(':'), 'name')
  if (action === 'register' || action === 'deregister') refuseName(version ?? '', VERSION, 'version like v1.2.3')
  if (action === 'assign' || action === 'unassign') refuseName(stage ?? '', NAME, 'stage')
  const what = {
    register: `@${version}`,
    deregister: `@${version}!`,
    assign: `#${stage}`,
    unassign: `#${stage}!`,
    deprecate: '@deprecated',
  }[action]
  return `${name.replaceAll(':', '=')}${what}${counter === undefined ? '' : `#${counter}`}`
}

function refuseName(text: string, pattern: string, what: string): void {
  if (new RegExp(`^${pattern}$`).test(text)) return
  throw failure('DS_TAG_NAME', `'${text}' is no ${what} that a tag can hold`, { where: text })
}

/** What the next version raises. */
export type Bump = 'major' | 'minor' | 'patch'

/**
 * The version after one, as GTO counts: what stands behind the three numbers goes.
 *
 * @example nextVersion('v1.2.3', 'minor') // v1.3.0
 */
export function nextVersion(version: string, bump: Bump): string {
  const [major = 0, minor = 0, patch = 0] = partsOf(version)[0]
  if (bump === 'major') return `v${major + 1}.0.0`
  return bump === 'minor' ? `v${major}.${minor + 1}.0` : `v${major}.${minor}.${patch + 1}`
}

/** Orders versions as semver.org does; what stands after a plus does not count. */
export function compareVersions(a: string, b: string): number {
  const [coreA, preA] = partsOf(a)
  const [coreB, preB] = partsOf(b)
  for (const [at, part] of coreA.entries()) {
    const other = coreB[at] as number
    if (part !== other) return part - other
  }
  if (preA.length === 0 || preB.length === 0) return preB.length - preA.length
  for (const [at, part] of preA.entries()) {
    const other = preB[at]
    if (other === undefined) return 1
    if (part !== other) return comparePreviews(part, other)
  }
  return preA.length - preB.length
}

function partsOf(version: string): [core: number[], preview: string[]] {
  const [, core = '', preview] = /^v([^-+]*)(?:-([^+]*))?/.exec(version) ?? []
  return [core.split('.').map(Number), preview?.split('.') ?? []]
}

function comparePreviews(a: string, b: string): number {
  const [numberA, numberB] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (numberA && numberB) return Number(a) - Number(b)
  if (numberA !== numberB) return numberA ? -1 : 1
  return a < b ? -1 : 1
}
