import { checkCall } from './call.ts'
import { failure } from './codes.ts'
import type { Git } from './git/git.ts'
import { needRepo, type RepoOptions } from './repo.ts'
import { readRegistry, type Artifact, type RegisteredVersion } from './tags/registry.ts'
import { compareVersions, nextVersion, readTagName, writeTagName, type Bump, type TagName } from './tags/tag-name.ts'
import { needCommit, needGit } from './git/revision.ts'

/** Where tags are, and what they say. */
export interface TagOptions extends Pick<RepoOptions, 'cwd' | 'env' | 'user'> {
  /** The tag's message; one that says what it does by default. */
  readonly message?: string | undefined
  /** Whether a tag is set though it says what is so already; false by default. */
  readonly force?: boolean | undefined
  /** Whether nothing is written; false by default. */
  readonly dryRun?: boolean | undefined
}

/** Which version is meant: one of both. */
export interface VersionChoice {
  readonly version?: string | undefined
  /** A git revision or tag; `HEAD` by default where no version is named. */
  readonly revision?: string | undefined
}

/** A tag that was set, or would be. */
export interface TagResult {
  readonly tag: string
  readonly name: string
  readonly commit: string
  readonly version?: string
  readonly stage?: string
}

/**
 * Reads what GTO's tags of this repository say of datasets and other artifacts.
 *
 * @param name only that one
 * @throws DS_DVC_REPO_MISSING, DS_GIT_NO_REPO, DS_GIT_FAILED
 * @example (await artifacts({ cwd }))[0] // { name: 'weather', version: 'v1.3.0', stages: { prod: 'v1.2.3' }, … }
 */
export async function artifacts(options: Pick<TagOptions, 'cwd' | 'env' | 'user'>, name?: string): Promise<Artifact[]> {
  checkCall(options, {}, name === undefined ? {} : { name })
  const all = await readRegistry(await gitOf(options))
  return name === undefined ? all : all.filter((one) => one.name === name)
}

/**
 * Registers a version: sets the tag `name@v1.2.3`.
 *
 * @param options `version`, or what of the last one is raised: `patch` by default; the first is `v0.0.1`
 * @throws DS_TAG_NAME, DS_TAG_STATE where the commit or the version is taken, DS_GIT_REVISION, DS_GIT_FAILED
 * @example (await registerVersion('weather', { cwd, bump: 'minor' })).tag // weather@v1.3.0
 */
export async function registerVersion(
  name: string,
  options: TagOptions & VersionChoice & { readonly bump?: Bump | undefined },
): Promise<TagResult> {
  checkCall(options, {}, { name })
  const git = await gitOf(options)
  const commit = await needCommit(git, options.revision ?? 'HEAD')
  const artifact = await find(git, name)
  const taken = registered(artifact).find((one) => one.commit === commit)
  if (taken?.isActive && !options.force) {
    throw refused(`${name} is registered on this commit already, as ${taken.version}`)
  }
  const version = options.version ?? taken?.version ?? versionAfter(artifact, options.bump)
  if (taken && version !== taken.version) throw refused(`this commit is ${taken.version} of ${name}`)
  const other = registered(artifact).find((one) => one.version === version && one.commit !== commit)
  if (other) throw refused(`${version} of ${name} is registered on ${other.commit.slice(0, 10)} already`)
  return setTag(
    git,
    { name, action: 'register', version },
    commit,
    `Registering artifact ${name} version ${version}`,
    options,
  )
}

/**
 * Takes a registered version back: sets the tag `name@v1.2.3!`.
 *
 * @throws DS_TAG_NAME, DS_TAG_STATE where it is not registered, DS_GIT_REVISION, DS_GIT_FAILED
 */
export async function deregisterVersion(name: string, options: TagOptions & VersionChoice): Promise<TagResult> {
  checkCall(options, {}, { name })
  const git = await gitOf(options)
  const found = await chosen(git, name, options)
  if (!found?.isRegistered) throw refused(`${name} has no such version`)
  if (!found.isActive && !options.force) throw refused(`${found.version} of ${name} is deregistered already`)
  const { version, commit } = found
  return setTag(
    git,
    { name, action: 'deregister', version },
    commit,
    `Deregistering artifact ${name} version ${version}`,
    options,
  )
}

/**
 * Gives a stage to a version: sets the tag `name#stage#N`. A commit without a version is registered first, as GTO does.
 *
 * @throws DS_TAG_NAME, DS_TAG_STATE where it has the stage already, DS_GIT_REVISION, DS_GIT_FAILED
 * @example (await assignStage('weather', 'prod', { cwd, version: 'v1.2.3' })).tag // weather#prod#1
 */
export async function assignStage(
  name: string,
  stage: string,
  options: TagOptions & VersionChoice,
): Promise<TagResult> {
  checkCall(options, {}, { name, stage })
  const git = await gitOf(options)
  writeTagName({ name, action: 'assign', stage })
  const found = await chosen(git, name, options)
  if (!found && options.version !== undefined) throw refused(`${options.version} of ${name} is not registered`)
  if (found?.stages.includes(stage) && !options.force)
    throw refused(`${found.version} of ${name} is in ${stage} already`)
  const { message: _, ...registering } = options
  const { version = '', commit } = found ?? (await registerVersion(name, registering))
  const said = `Assigning stage ${stage} to artifact ${name} version ${version}`
  return { ...(await setTag(git, { name, action: 'assign', stage }, commit, said, options, true)), version }
}

/**
 * Takes a stage from a version: sets the tag `name#stage!#N`.
 *
 * @throws DS_TAG_NAME, DS_TAG_STATE where it does not have the stage, DS_GIT_REVISION, DS_GIT_FAILED
 */
export async function unassignStage(
  name: string,
  stage: string,
  options: TagOptions & VersionChoice,
): Promise<TagResult> {
  checkCall(options, {}, { name, stage })
  const git = await gitOf(options)
  const found = await chosen(git, name, options)
  if (!found) throw refused(`${name} has no such version`)
  if (!found.stages.includes(stage) && !options.force) throw refused(`${found.version} of ${name} is not in ${stage}`)
  const { version, commit } = found
  const said = `Unassigning stage '${stage}' to artifact '${name}' version '${version}'`
  return { ...(await setTag(git, { name, action: 'unassign', stage }, commit, said, options, true)), version }
}

/**
 * Says that a name is not to be used any more: sets the tag `name@deprecated`, on the commit of its last tag.
 *
 * @throws DS_TAG_NAME, DS_TAG_STATE where no tag speaks of it or it is deprecated already, DS_GIT_FAILED
 */
export async function deprecate(
  name: string,
  options: TagOptions & Pick<VersionChoice, 'revision'>,
): Promise<TagResult> {
  checkCall(options, {}, { name })
  const git = await gitOf(options)
  const artifact = await find(git, name)
  if (!artifact && !options.force) throw refused(`no tag speaks of ${name}`)
  if (artifact && !artifact.isActive && !options.force) throw refused(`${name} is deprecated already`)
  const last = artifact?.events.at(-1)?.commit
  const commit = await needCommit(git, options.revision ?? last ?? 'HEAD')
  return setTag(git, { name, action: 'deprecate' }, commit, `Deprecating artifact '${name}'`, options)
}

async function gitOf({ cwd, env, user }: Pick<TagOptions, 'cwd' | 'env' | 'user'>): Promise<Git> {
  return needGit(await needRepo(cwd, env, user), 'tags')
}

async function find(git: Git, name: string): Promise<Artifact | undefined> {
  return (await readRegistry(git)).find((one) => one.name === name)
}

function registered(artifact: Artifact | undefined): readonly RegisteredVersion[] {
  return artifact?.versions.filter(({ isRegistered }) => isRegistered) ?? []
}

function versionAfter(artifact: Artifact | undefined, bump: Bump = 'patch'): string {
  const versions = registered(artifact).map(({ version }) => version)
  const highest = artifact?.version ?? versions.toSorted(compareVersions).at(-1)
  let next = highest === undefined ? 'v0.0.1' : nextVersion(highest, bump)
  // A version that was taken back stays taken.
  while (versions.includes(next)) next = nextVersion(next, 'patch')
  return next
}

async function chosen(
  git: Git,
  name: string,
  { version, revision }: VersionChoice,
): Promise<RegisteredVersion | undefined> {
  const versions = (await find(git, name))?.versions ?? []
  if (version !== undefined) return versions.find((one) => one.version === version)
  const commit = await needCommit(git, revision ?? 'HEAD')
  const here = versions.filter((one) => one.commit === commit)
  return here.find(({ isActive }) => isActive) ?? here[0]
}

/** @param isCounted whether the tag has a number: GTO numbers the tags of stages, which come and go */
async function setTag(
  git: Git,
  said: TagName,
  commit: string,
  message: string,
  options: TagOptions,
  isCounted = false,
): Promise<TagResult> {
  const isTaken = (await git.resolve(`refs/tags/${writeTagName(said)}`)) !== undefined
  const tag = writeTagName(isCounted || isTaken ? { ...said, counter: await nextCounter(git, said.name) } : said)
  if (!options.dryRun) await git.tag(tag, options.message ?? message, commit)
  const { name, version, stage } = said
  return { tag, name, commit, ...(version === undefined ? {} : { version }), ...(stage === undefined ? {} : { stage }) }
}

async function nextCounter(git: Git, name: string): Promise<number> {
  const tags = (await git.ask('tag', '--list')).split('\n').map(readTagName)
  return Math.max(0, ...tags.map((tag) => (tag?.name === name ? (tag.counter ?? 0) : 0))) + 1
}

function refused(message: string): Error {
  return failure('DS_TAG_STATE', message)
}
