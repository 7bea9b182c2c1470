import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { register } from '@dayshift/catalog'
import {
  findReport,
  open,
  parseFraction,
  prototype,
  type AnyReport,
  type DatasetRef,
  type Frame,
  type Observation,
  type OpenOptions,
  type PlannedStep,
  type Profile,
  type QueryOptions,
  type Report,
  type ReportKind,
  type StepRunner,
  type StepSkip,
} from '@dayshift/core'
import { datasetOf, fileDataset, formatOf, isDayshiftError } from '@dayshift/core/ground'
import { previousVersion, recordedVersion, version, type UserConfig } from '@dayshift/dvc'
import {
  columnLineageFacet,
  fileTransport,
  log,
  parentFromEnv,
  sqlFacet,
  startRun,
  type Run,
  type Transport,
} from '@dayshift/lineage'
import {
  drift,
  readReference,
  type DriftLearnOptions,
  type DriftOptions,
  type ReferenceOptions,
} from '@dayshift/monitor'
import { asContract, validate } from '@dayshift/validate'
import { columnsOfContract } from './catalog/columns-of-contract.ts'
import { failure } from './codes.ts'
import type { Context } from './command.ts'
import type { DatasetDefinition, LogDefinition } from './define-project.ts'
import { cameAt, knownVersions } from './drift/known-versions.ts'
import { openReference, withReference, type OpenedReference } from './drift/open-reference.ts'
import { pastComparisons } from './drift/past-comparisons.ts'
import { compareWithProfile, isProfileFile } from './drift/profile-reference.ts'
import { waitOn } from './dvc/command.ts'
import { userConfigOf } from './dvc/user-config.ts'
import { sizeOf } from './files.ts'
import { checkFreshness } from './freshness/check.ts'
import { currentHash } from './freshness/content-history.ts'
import { columnsOfSql, type SqlFound } from './lineage/sql-columns.ts'
import type { Servers } from './lineage/transports.ts'
import { CATALOG_FILE, LINEAGE_FILE } from './places.ts'
import type { Project } from './project.ts'
import type { RunProgress } from './run/progress.ts'
import type { Turns } from './run/turns.ts'
import { driftByKept, keepProfile, type ProfiledVersion } from './run/version-profile.ts'
import { observedError } from './sinks/observed-error.ts'
import { openVersion, placeOf, readingOfDataset, refuseOutputsOf } from './sources.ts'

/** What the datasets of a run have in common. */
export interface Shared {
  readonly progress: RunProgress
  /** Steps that write to the same files take turns. */
  readonly turns: Turns
}

/** Steps that write to git, the DVC repository, the catalog and the lineage of all datasets. */
const WRITING: ReadonlySet<ReportKind> = new Set(['version', 'register', 'log'])

/** Does the steps of one dataset of a project. What a step finds out is kept for those after it. */
export class DatasetRunner implements StepRunner {
  readonly #project: Project
  readonly #name: string
  readonly #definition: DatasetDefinition
  readonly #context: Context
  readonly #keep: (report: AnyReport) => Promise<void>
  readonly #logs: boolean
  readonly #transports: readonly Transport[]
  readonly #logNotes: Servers['notes']
  readonly #shared: Shared
  readonly #started = new Date()
  readonly #path: string
  readonly #drifts: boolean
  #frame: Promise<Frame> | undefined
  #kept: Promise<Frame> | undefined
  #profile: Promise<Profile> | undefined
  #lineage: Run | undefined
  #logged = false
  /** The step that is at work. */
  #step: ReportKind | undefined
  /** The version that was recorded before this run. */
  #before: string | undefined
  /** The version of the data as it is now, once it is known. */
  #version: string | undefined
  #hash: Promise<string | undefined> | undefined

  constructor(
    project: Project,
    name: string,
    plan: readonly PlannedStep[],
    context: Context,
    keep: (report: AnyReport) => Promise<void>,
    servers: Servers,
    shared: Shared,
  ) {
    this.#project = project
    this.#name = name
    this.#definition = project.datasets[name] as DatasetDefinition
    this.#context = context
    this.#keep = keep
    this.#transports = servers.transports
    this.#logNotes = servers.notes
    this.#shared = shared
    this.#logs = plan.some(({ dataset, step, skip }) => dataset === name && step === 'log' && !skip)
    this.#drifts = plan.some(({ dataset, step, skip }) => dataset === name && step === 'drift' && !skip)
    this.#path = placeOf(this.#definition, project.root)
  }

  async run(step: ReportKind, earlier: readonly AnyReport[]): Promise<AnyReport | StepSkip> {
    this.#step = step
    if (earlier.length === 0) await this.#begin()
    this.#shared.progress.at(this.#name, step)
    const work = (): Promise<AnyReport | StepSkip> => this.#steps[step](earlier)
    const result = await (WRITING.has(step) ? this.#shared.turns.take(work) : work())
    this.#shared.progress.done()
    if ('skip' in result) return result
    const report = this.#version === undefined || result.dataset.version ? result : withVersion(result, this.#version)
    await this.#keep(report)
    return report
  }

  /** What is known where a step could not be carried out. */
  observedError(error: unknown): Observation[] {
    if (this.#step === undefined) return []
    const { uri } = fileDataset(this.#path, this.#project.root)
    const known = observedError({ project: this.#project.name, dataset: this.#name, kind: this.#step, uri }, error)
    return known ? [known] : []
  }

  async end({ stoppedAt, error }: { readonly stoppedAt?: ReportKind; readonly error?: unknown }): Promise<void> {
    if (!this.#lineage || this.#logged) return
    if (this.#context.signal.aborted) await this.#lineage.abort()
    else await this.#lineage.fail(error ?? new Error(`the ${stoppedAt} step failed`))
  }

  /** How the DVC repository is found that the data lies in. */
  #repo(): { readonly cwd: string; readonly user: UserConfig } {
    return { cwd: this.#project.root, user: userConfigOf(this.#context.env) }
  }

  /** What has to be known or told before the first step. */
  async #begin(): Promise<void> {
    const { root, name: namespace } = this.#project
    this.#before = (await recordedVersion(this.#path, this.#repo()).catch(() => undefined))?.hash
    if (!this.#logs || this.#lineage) return
    const { origin, job = this.#name } = this.#ofLog
    const parent = parentFromEnv(this.#context.env)
    this.#lineage = await startRun({
      job: { namespace, name: job },
      origin: origin ?? this.#path,
      inputs: this.#inputs().map((dataset) => ({ dataset })),
      outputs: [{ dataset: fileDataset(this.#path, root, formatOf(this.#path)) }],
      transports: [fileTransport(join(root, LINEAGE_FILE)), ...this.#transports],
      ...(parent ? { parent } : {}),
    })
  }

  readonly #steps: Readonly<Record<ReportKind, (earlier: readonly AnyReport[]) => Promise<AnyReport | StepSkip>>> = {
    prototype: async () => {
      const { out, ...options } = this.#definition.prototype || {}
      const target = out === undefined ? undefined : resolve(this.#project.root, out)
      return prototype(await this.#open(), { ...options, out: target, ...this.#query('prototype') })
    },

    validate: async () => {
      const contract = asContract(this.#definition.contract)
      const frame = await (contract.missing ? this.#openWith({ nulls: ['', ...contract.missing] }) : this.#open())
      return validate(frame, contract, this.#query('validate'))
    },

    version: async () => {
      const { commit = false, message } = this.#definition.version || {}
      try {
        // A glob is no place of its own: each of its files has a version.
        const paths = existsSync(this.#path) ? [this.#path] : (await this.#open()).files
        const report = await version(paths, {
          ...this.#repo(),
          commit,
          message,
          signal: this.#context.signal,
          onWait: waitOn(this.#context.terminal),
        })
        if (paths.length === 1) this.#version = report.facts.files[0]?.hash
        // A report is about the dataset, of however many files it is.
        return paths.length === 1 ? report : { ...report, dataset: (await this.#open()).dataset }
      } catch (error) {
        if (isDayshiftError(error) && (error.code === 'DS_GIT_NO_REPO' || error.code === 'DS_GIT_MISSING')) {
          return { skip: { reason: error.message, hint: error.hint } }
        }
        throw error
      }
    },

    register: async (earlier) => {
      const frame = await this.#open()
      const [schema, profile, bytes] = await Promise.all([frame.schema(), this.#profileOnce(), sizeOf(frame.files)])
      const verdict = findReport(earlier, 'validate')
      const { description = '', owners, tags, links, properties, contract } = this.#definition
      return register(
        {
          dataset: frame.dataset,
          name: this.#name,
          description,
          schema,
          rows: profile.rows,
          bytes,
          profile,
          ...(this.#version === undefined ? {} : { version: this.#version }),
          ...(verdict ? { contract: { id: this.#name, status: verdict.status } } : {}),
          ...(owners ? { owners } : {}),
          ...(tags ? { tags } : {}),
          ...(links ? { links } : {}),
          ...(properties ? { properties } : {}),
          ...(contract ? { columns: columnsOfContract(contract, schema) } : {}),
        },
        { path: join(this.#project.root, CATALOG_FILE), signal: this.#context.signal },
      )
    },

    log: async (earlier) => {
      const frame = await this.#open()
      const [schema, profile, bytes] = await Promise.all([frame.schema(), this.#profileOnce(), sizeOf(frame.files)])
      const validation = findReport(earlier, 'validate')
      const { description, owners } = this.#definition
      const parent = parentFromEnv(this.#context.env)
      const made = await this.#madeBy(schema.columns.map(({ name }) => name))
      const report = await log(
        {
          dataset: frame.dataset,
          origin: this.#ofLog.origin ?? this.#path,
          inputs: made?.inputs ?? this.#inputs(),
          ...(made ? { jobFacets: { sql: sqlFacet(made.sql, 'duckdb') } } : {}),
          ...(made?.lineage ? { facets: { columnLineage: columnLineageFacet(made.lineage) } } : {}),
          schema,
          rows: profile.rows,
          bytes,
          profile,
          job: { namespace: this.#project.name, name: this.#ofLog.job ?? this.#name },
          startedAt: this.#started,
          ...(this.#lineage ? { runId: this.#lineage.runId } : {}),
          ...(parent ? { parent } : {}),
          ...(this.#version === undefined ? {} : { version: this.#version }),
          ...(validation ? { validation } : {}),
          ...(description === undefined ? {} : { description }),
          ...(owners ? { owners } : {}),
        },
        {
          path: join(this.#project.root, LINEAGE_FILE),
          transports: this.#transports,
          cwd: this.#project.root,
          signal: this.#context.signal,
          notes: [...(made?.warnings ?? []), ...this.#logNotes],
        },
      )
      this.#logged = true
      return report
    },

    freshness: async () => {
      const { root, name: namespace } = this.#project
      const { env, signal } = this.#context
      const ownJob = { namespace, name: this.#ofLog.job ?? this.#name }
      const place = {
        path: this.#path,
        cwd: root,
        root,
        ownJob,
        env,
        signal,
        format: this.#definition.format,
        open: (path: string) => (path === this.#path ? this.#open() : this.#openAt(path, {})),
      }
      return checkFreshness(place, this.#definition.freshness || {}, undefined)
    },

    drift: async () => {
      if (!this.#definition.drift) throw failure('DS_INTERNAL', 'drift runs without a reference')
      const { reference, timezone, tolerance, learn, ...options } = this.#definition.drift
      const { signal } = this.#context
      const past = learn ? { learn: await this.#learn(learn, reference) } : {}
      const { root } = this.#project
      if (isProfileFile(reference, root)) {
        const settings = { ...options, ...past, signal }
        return compareWithProfile(resolve(root, reference), await this.#rows(), reference, settings, this.#context)
      }
      const previous = reference === 'previous' ? await this.#previous() : undefined
      const known = await this.#profile
      const settings = { ...options, ...past, signal, ...(known ? { currentProfile: known } : {}) }
      const kept = previous === undefined ? undefined : await this.#driftByKept(previous, settings)
      if (kept) return kept
      const earlier = await this.#reference(reference, { timezone, tolerance }, previous)
      if ('skip' in earlier) {
        await this.#keepProfile()
        return earlier
      }
      const report = await drift(earlier.frame, await this.#rows(), settings)
      await this.#keepProfile()
      const hash = earlier.reference.versions.length > 0 || learn ? await this.#content() : undefined
      return withReference(hash === undefined ? report : withVersion(report, hash), earlier)
    },
  }

  /** Compares with the profile of the version before, where that says what its rows would. */
  async #driftByKept(previous: string, settings: DriftOptions): Promise<Report<'drift'> | undefined> {
    const report = await driftByKept(this.#versionOf(previous), await this.#rows(), settings)
    if (!report) return undefined
    await this.#keepProfile()
    const hash = await this.#content()
    return withReference(hash === undefined ? report : withVersion(report, hash), {
      reference: { rule: 'previous', versions: [{ hash: previous }] },
      findings: [],
    })
  }

  /** Keeps the profile of the data as it is, for the run that will find it changed. */
  async #keepProfile(): Promise<void> {
    const { reference } = this.#definition.drift || {}
    const hash = reference === 'previous' ? await this.#content() : undefined
    if (hash === undefined) return
    const { signal } = this.#context
    const isStill = async (): Promise<boolean> =>
      (await currentHash(this.#path, { cwd: this.#project.root, user: this.#repo().user, signal })) === hash
    await keepProfile(this.#versionOf(hash), await this.#rows(), await this.#profile, isStill, signal)
  }

  #versionOf(hash: string): ProfiledVersion {
    const { root } = this.#project
    return { root, path: this.#path, hash, reading: besideReading(this.#definition, root) }
  }

  #query(step: ReportKind): QueryOptions {
    const { signal } = this.#context
    return { signal, onProgress: ({ fraction }) => this.#shared.progress.at(this.#name, step, fraction) }
  }

  get #ofLog(): LogDefinition {
    return this.#definition.log || {}
  }

  /** What the data is made of, as the project declares it. */
  #inputs(): DatasetRef[] {
    const { root, datasets } = this.#project
    const { origin } = this.#ofLog
    const words = [...(this.#definition.inputs ?? []), ...(origin === undefined ? [] : [origin])]
    return words.map((word) => {
      const other = Object.hasOwn(datasets, word) ? datasets[word] : undefined
      return other ? fileDataset(placeOf(other, root), root, formatOf(other.source)) : datasetOf(word, root)
    })
  }

  /** Which columns are made of which, where the project tells the SQL. */
  async #madeBy(columns: readonly string[]): Promise<SqlFound | undefined> {
    const { sql, inputs = {} } = this.#ofLog
    if (sql === undefined) return undefined
    const { root, datasets } = this.#project
    const engine = await this.#context.engine()
    const { signal } = this.#context
    const openInput = (source: string): Promise<Frame> => {
      const other = Object.hasOwn(datasets, source) ? datasets[source] : undefined
      const reading = other ? besideReading(other, root) : {}
      return open(other ? placeOf(other, root) : source, { ...reading, cwd: root, engine, signal })
    }
    return columnsOfSql({ sql, inputs, folder: root, engine, openInput, result: columns, signal })
  }

  #open(): Promise<Frame> {
    this.#frame ??= this.#openWith({})
    return this.#frame
  }

  async #openWith(options: OpenOptions): Promise<Frame> {
    return this.#openAt(this.#path, options)
  }

  async #openAt(path: string, options: OpenOptions): Promise<Frame> {
    const frame = await open(path, {
      ...readingOfDataset(this.#definition, this.#project.root),
      ...options,
      signal: this.#context.signal,
      cwd: this.#project.root,
      engine: await this.#context.engine(),
    })
    refuseOutputsOf(frame, this.#context)
    return frame
  }

  async #profileOnce(): Promise<Profile> {
    this.#profile ??= this.#rows().then((frame) => frame.profile({ signal: this.#context.signal }))
    return this.#profile
  }

  /** The data, for steps that read all of it: where drift is one of them, a text table is read once for all. */
  #rows(): Promise<Frame> {
    this.#kept ??= this.#open().then((frame) =>
      this.#drifts && !frame.relation.byColumn ? frame.cache({ signal: this.#context.signal }) : frame,
    )
    return this.#kept
  }

  /** The frame that drift compares with. */
  async #reference(
    reference: string,
    options: ReferenceOptions,
    previous: string | undefined,
  ): Promise<OpenedReference | StepSkip> {
    const { root } = this.#project
    const { signal } = this.#context
    const reading: OpenOptions = {
      ...besideReading(this.#definition, root),
      cwd: root,
      engine: await this.#context.engine(),
      signal,
    }
    const context: Context = { ...this.#context, cwd: root }
    const openAt = (spec: string): Promise<Frame> => openVersion(this.#path, spec, context, reading)
    const rule = readReference(reference)
    if (!rule) {
      const frame = await (reference.startsWith('@') ? openAt(reference.slice(1)) : open(reference, reading))
      return { frame, reference: { rule: reference, versions: [] }, findings: [] }
    }
    if (rule.name !== 'previous') {
      const place = { path: this.#path, root, user: this.#repo().user, signal }
      const known = await knownVersions(place, fileDataset(this.#path, root))
      const hash = await this.#content()
      // What is recorded for the first time was not there before this run.
      const at = (hash === undefined ? undefined : cameAt(known, hash)) ?? this.#started.toISOString()
      const opened = await openReference(rule, options, known, { hash, at }, this.#path, context, reading)
      if (!('lacking' in opened)) return opened
      return { skip: { reason: opened.lacking, hint: 'It runs once there is one.' } }
    }
    if (previous === undefined) {
      return { skip: { reason: 'there is no earlier version', hint: 'It runs once the data has changed.' } }
    }
    return {
      frame: await openAt(previous),
      reference: { rule: reference, versions: [{ hash: previous }] },
      findings: [],
    }
  }

  /** The version before this one; undefined where there is none. */
  async #previous(): Promise<string | undefined> {
    const changed = this.#before !== undefined && this.#version !== undefined && this.#before !== this.#version
    if (changed) return this.#before
    return (await previousVersion(this.#path, this.#repo()).catch(() => undefined))?.hash
  }

  /** The version of the data as it is now, recorded or not; undefined where that cannot be told. */
  #content(): Promise<string | undefined> {
    const { user } = this.#repo()
    const { signal } = this.#context
    this.#hash ??=
      this.#version === undefined
        ? currentHash(this.#path, { cwd: this.#project.root, user, signal }).then(
            (hash) => (hash.startsWith('md5:') ? hash : undefined),
            () => undefined,
          )
        : Promise.resolve(this.#version)
    return this.#hash
  }

  /** What past comparisons with a reference of the same kind found. */
  async #learn(learn: boolean | { readonly alpha: string | number }, rule: string): Promise<DriftLearnOptions> {
    const { root } = this.#project
    const current = await this.#content()
    const past = await pastComparisons(root, fileDataset(this.#path, root), rule, current, this.#context.signal)
    return { past, ...(typeof learn === 'object' ? { alpha: parseFraction(learn.alpha) } : {}) }
  }
}

/** How a dataset is read beside its own run: what is kept of broken lines is kept there. */
function besideReading(definition: DatasetDefinition, root: string): OpenOptions {
  const reading = readingOfDataset(definition, root)
  return { ...reading, badLines: typeof reading.badLines === 'object' ? 'skip' : reading.badLines }
}

function withVersion<Any extends AnyReport>(report: Any, hash: string): Any {
  return { ...report, dataset: { ...report.dataset, version: hash } }
}
