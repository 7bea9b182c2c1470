import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { register } from '@dayshift/catalog'
import {
  findReport,
  open,
  prototype,
  type AnyReport,
  type DatasetRef,
  type Frame,
  type Observation,
  type OpenOptions,
  type PlannedStep,
  type Profile,
  type QueryOptions,
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
import { asContract, validate } from '@dayshift/validate'
import { columnsOfContract } from './catalog/columns-of-contract.ts'
import { failure } from './codes.ts'
import type { Context } from './command.ts'
import type { DatasetDefinition, LogDefinition } from './define-project.ts'
import { waitOn } from './dvc/command.ts'
import { userConfigOf } from './dvc/user-config.ts'
import { sizeOf } from './files.ts'
import { checkFreshness } from './freshness/check.ts'
import { currentHash, recordedContent } from './freshness/content-history.ts'
import { columnsOfSql, type SqlFound } from './lineage/sql-columns.ts'
import type { Servers } from './lineage/transports.ts'
import { CATALOG_FILE, LINEAGE_FILE } from './places.ts'
import type { Project } from './project.ts'
import { driftOfDataset } from './run/drift-step.ts'
import type { RunProgress } from './run/progress.ts'
import type { RunRecord } from './run/run-record.ts'
import type { Turns } from './run/turns.ts'
import { observedError } from './sinks/observed-error.ts'
import { placeOf, readingOfDataset, refuseOutputsOf } from './sources.ts'
import { withoutLogValues } from './variables.ts'

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
  readonly #versions: boolean
  readonly #transports: readonly Transport[]
  readonly #logNotes: Servers['notes']
  readonly #shared: Shared
  readonly #record: RunRecord
  #begun: Promise<void> | undefined
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
    record: RunRecord,
  ) {
    this.#project = project
    this.#name = name
    this.#definition = project.datasets[name] as DatasetDefinition
    this.#context = context
    this.#keep = keep
    this.#transports = servers.transports
    this.#logNotes = servers.notes
    this.#shared = shared
    this.#record = record
    this.#logged = record.recalled.has('log')
    this.#version = findReport(record.recalled.values(), 'version')?.dataset.version
    const does = (kind: ReportKind): boolean =>
      plan.some(({ dataset, step, skip }) => dataset === name && step === kind && !skip)
    this.#logs = does('log')
    this.#versions = does('version')
    this.#drifts = does('drift')
    this.#path = placeOf(this.#definition, project.root)
  }

  async run(step: ReportKind, earlier: readonly AnyReport[]): Promise<AnyReport | StepSkip> {
    this.#step = step
    await (this.#begun ??= this.#begin())
    const { progress, turns } = this.#shared
    progress.begin(this.#name, step)
    const work = (): Promise<AnyReport | StepSkip> => this.#steps[step](earlier)
    let result: AnyReport | StepSkip
    try {
      result = await (WRITING.has(step) ? turns.take(work) : work())
    } catch (error) {
      progress.broke(this.#name, step, this.#context.signal.aborted)
      throw error
    }
    progress.over(this.#name, step, result)
    if ('skip' in result) return result
    const hash = result.dataset.version ?? this.#version
    const report: AnyReport = {
      ...(hash === undefined ? result : withVersion(result, hash)),
      run: this.#record.runId,
    }
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
    await this.#record.end()
    if (this.#context.signal.aborted) await this.#lineage.abort()
    else await this.#lineage.fail(error ?? new Error(`the ${stoppedAt} step failed`))
  }

  /** How the DVC repository is found that the data lies in. */
  #repo(): { readonly cwd: string; readonly user: UserConfig } {
    return { cwd: this.#project.root, user: userConfigOf(this.#context.env) }
  }

  /** What has to be known or told before the first step. */
  async #begin(): Promise<void> {
    const { runId, isBegun, goesOn, before } = this.#record
    this.#before = isBegun ? before : (await recordedVersion(this.#path, this.#repo()).catch(() => undefined))?.hash
    if (this.#logs && !this.#logged) this.#lineage = await this.#start(runId, goesOn)
    await this.#record.begin(this.#before)
    if (this.#version === undefined && !this.#versions) this.#version = await this.#recorded()
  }

  /** Tells that the run begins, or goes on. */
  async #start(runId: string, goesOn: boolean): Promise<Run> {
    const { root, name: namespace } = this.#project
    const { origin, job = this.#name } = this.#ofLog
    const parent = parentFromEnv(this.#context.env)
    return startRun({
      runId,
      goesOn,
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
          startedAt: this.#record.startedAt,
          ...(this.#lineage ? { runId: this.#record.runId } : {}),
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

    drift: () => {
      if (!this.#definition.drift) throw failure('DS_INTERNAL', 'drift runs without a reference')
      return driftOfDataset(this.#definition.drift, {
        root: this.#project.root,
        path: this.#path,
        reading: besideReading(this.#definition, this.#project.root),
        startedAt: this.#record.startedAt,
        context: this.#context,
        rows: () => this.#rows(),
        profile: this.#profile,
        content: () => this.#content(),
        previous: () => this.#previous(),
      })
    },
  }

  #query(step: ReportKind): QueryOptions {
    const { signal } = this.#context
    return { signal, onProgress: ({ fraction }) => this.#shared.progress.at(this.#name, step, fraction) }
  }

  get #ofLog(): LogDefinition {
    return withoutLogValues(this.#definition.log || {})
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

  /** The version before this one; undefined where there is none. */
  async #previous(): Promise<string | undefined> {
    const changed = this.#before !== undefined && this.#version !== undefined && this.#before !== this.#version
    if (changed) return this.#before
    return (await previousVersion(this.#path, this.#repo()).catch(() => undefined))?.hash
  }

  /** The version that is recorded, where the data is as the record says. */
  async #recorded(): Promise<string | undefined> {
    const { signal } = this.#context
    return recordedContent(this.#path, { ...this.#repo(), signal }).catch(() => undefined)
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
}

/** How a dataset is read beside its own run: what is kept of broken lines is kept there. */
function besideReading(definition: DatasetDefinition, root: string): OpenOptions {
  const reading = readingOfDataset(definition, root)
  return { ...reading, badLines: typeof reading.badLines === 'object' ? 'skip' : reading.badLines }
}

function withVersion<Any extends AnyReport>(report: Any, hash: string): Any {
  return { ...report, dataset: { ...report.dataset, version: hash } }
}
