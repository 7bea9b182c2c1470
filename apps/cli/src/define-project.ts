import type { AlertOptions, CsvOptions, Etl, FileFormat, Labels, SampleOptions, Sink, SinkFilter } from '@dayshift/core'
import type { ColumnOverride, DetectorChoice } from '@dayshift/monitor'
import type { Contract } from '@dayshift/validate'

/** Step 1 of a dataset: how to draw a sample, and what to try on it. 1% of the rows are drawn where nothing is said. */
export interface PrototypeDefinition extends SampleOptions {
  /** What to run on the sample. Default: nothing; the sample is profiled as it is. */
  readonly etl?: Etl | undefined
  /** Where to write what the ETL makes of the sample, relative to the project. */
  readonly out?: string | undefined
}

/** Step 3 of a dataset: how a new version is recorded. */
export interface VersionDefinition {
  /** Whether to commit what is written to git. Default: false. */
  readonly commit?: boolean | undefined
  /** Message of the commit. Default: names the paths. */
  readonly message?: string | undefined
}

/** Step 5 of a dataset: what lineage says of it. */
export interface LogDefinition {
  /** Where the data comes from, as a path or an address. Default: the source itself. */
  readonly origin?: string | undefined
  /** Name of the job. Default: the dataset's name. */
  readonly job?: string | undefined
  /** The DuckDB SQL that makes the data, or a file of it: lineage then tells which columns are made of which. */
  readonly sql?: string | undefined
  /** The tables of the SQL by name, each a dataset of the project, a path or a glob. */
  readonly inputs?: Readonly<Record<string, string>> | undefined
}

/** Where the time of data is read. */
export type FreshnessBasis = 'mtime' | 'column' | 'partition' | 'object' | 'content' | 'run'

/** Step 6 of a dataset: how old it may be. */
export interface FreshnessDefinition {
  /** Older than this is stale. Default: `24h`, and none where there is a schedule. */
  readonly maxAge?: string | number | undefined
  /** Older than this is told, without failing. */
  readonly warnAfter?: string | number | undefined
  /** How far ahead of the clock a time may lie. Default: `5m`. */
  readonly clockSkew?: string | number | undefined
  /**
   * What data comes to whose age is not sure (times without a zone, cells that are no times, two clocks): the step fails, or warns.
   * Default: `fail`.
   */
  readonly unsure?: 'fail' | 'warn' | undefined
  /** A column of times whose newest counts. Default: the file's modification time. */
  readonly column?: string | undefined
  /**
   * Where times are read; of several the worst verdict counts. `content`: when this content was first recorded; `run`: when
   * a run that writes it last succeeded. Default: what `column` and `partition` say, else `mtime` (`object` for `s3://…`).
   */
  readonly basis?: FreshnessBasis | readonly FreshnessBasis[] | undefined
  /** Which of several files counts; `all` tells each that is stale. Default: `newest`. */
  readonly files?: 'newest' | 'oldest' | 'all' | undefined
  /** The zone of times that have none, as `Europe/Berlin`. Default: UTC, and a finding. */
  readonly timezone?: string | undefined
  /** The key of partitions, as `dt` of `dt=2026-11-23`; or those that make up a time together. */
  readonly partition?: string | readonly string[] | undefined
  /** Which partitions are expected, as a cron expression of their starts. Default: each hour, day or month. */
  readonly partitionCron?: string | undefined
  /** By when data is expected. */
  readonly schedule?:
    | {
        /** The deadlines: `0 7 * * 1-5` is 7:00 on working days. */
        readonly cron: string
        /** Default: UTC. */
        readonly zone?: string | undefined
        /** How late data may come. Default: 0. */
        readonly grace?: string | number | undefined
        /** How long before its deadline data may come at the earliest. Default: after the deadline before. */
        readonly lead?: string | number | undefined
        /** Days without a deadline (`2026-12-25`), or a file of them: a day a line, or `.ics`. */
        readonly holidays?: string | readonly string[] | undefined
      }
    | undefined
  /** Takes the limit from past updates, with this share of false alarms (`true`: 5%), once there are enough of them. */
  readonly learn?: boolean | { readonly alpha: string | number } | undefined
  /** Rows that there must be at least; new ones, where an earlier check is known. */
  readonly minRows?: number | undefined
}

/** Step 7 of a dataset: what it is compared with. */
export interface DriftDefinition {
  /**
   * A path or glob, `@VERSION` (a git revision, a tag, `@md5:…`), or a rule: `previous` (the version before this one), `rolling:7` (the last
   * seven together), `same-hour:4`, `same-weekday:4`, `same-month:2` (those of the same time one, two … days, weeks, years ago),
   * `year-ago`.
   */
  readonly reference: string
  /** Where hours and weekdays are counted, as `Europe/Berlin`. Default: UTC. */
  readonly timezone?: string | undefined
  /** How far from the same time a version may lie, as `6h`. Default: 30m for hours, 12h for weekdays, 84h for a year ago, 15d for months. */
  readonly tolerance?: string | number | undefined
  /** Alarms by past comparisons, with this share of false alarms (`true`: 5%), once there are enough of them; none before. */
  readonly learn?: boolean | { readonly alpha: string | number } | undefined
  /** Default: every column that both sides have. */
  readonly columns?: readonly string[] | undefined
  /** Names with, behind a colon, the least effect that counts: `psi:0.25`; or detectors of your own. Default: by each column's type and size. */
  readonly detectors?: readonly DetectorChoice[] | undefined
  /** Default: 0.05. */
  readonly alpha?: number | undefined
  /** The least effect that counts as drift; 0 for none. Default: each detector's own. */
  readonly minEffect?: number | undefined
  /** What holds for a column in place of the above, by its name; what is left out there stays. */
  readonly overrides?: Readonly<Record<string, ColumnOverride>> | undefined
  /** How p-values of many columns are corrected. Default: `bh`. */
  readonly correction?: 'none' | 'bonferroni' | 'holm' | 'bh' | 'by' | undefined
  /** Share of drifted columns from which the dataset fails. Default: 0.5. */
  readonly minShare?: number | undefined
  /** Whether pairs of columns of numbers are compared too. Default: false. */
  readonly correlations?: boolean | undefined
  /** Whether a classifier tries to tell the sides apart by all columns together. Default: false. */
  readonly classifier?: boolean | undefined
  /** A column in whose values columns that drifted are compared again. Default: none. */
  readonly by?: string | undefined
}

/** A dataset of a project. Only `source` is needed; a step set to `false` is left out. */
export interface DatasetDefinition {
  /** A path or glob, relative to the project file. */
  readonly source: string
  /** What it holds, in a sentence. */
  readonly description?: string | undefined
  /** Who looks after it. */
  readonly owners?: readonly string[] | undefined
  /** Words to find it by, as `{ tier: 'gold' }`. */
  readonly tags?: Readonly<Record<string, string>> | undefined
  /** Pages about it: a dashboard, a runbook. */
  readonly links?: readonly { readonly url: string; readonly title?: string }[] | undefined
  /** Whatever else the catalog is to keep of it. */
  readonly properties?: Readonly<Record<string, string>> | undefined
  /** What it is made of: datasets of the project by name, or paths. They run before it, and lineage tells them. */
  readonly inputs?: readonly string[] | undefined
  /** How the source is written. Default: told by its name. */
  readonly format?: FileFormat | undefined
  /** How text tables are written, where it is not as usual. Paths are relative to the project file. */
  readonly csv?: CsvOptions | undefined
  /** Step 1: how to draw a sample, and what to try on it; `false` leaves it out. */
  readonly prototype?: PrototypeDefinition | false | undefined
  /** Step 2, what must hold: from `defineContract`, or a bare `z.object`. A JSON file names it: `contracts/orders.ts#orders`. */
  readonly contract?: Contract | Contract['columns'] | undefined
  /** Step 3: how a new version is recorded; `false` leaves it out. */
  readonly version?: VersionDefinition | false | undefined
  /** Step 4, the catalog: `false` leaves it out. */
  readonly register?: false | undefined
  /** Step 5: what lineage says of it; `false` leaves it out. */
  readonly log?: LogDefinition | false | undefined
  /** Step 6: how old it may be; `false` leaves it out. */
  readonly freshness?: FreshnessDefinition | false | undefined
  /** Step 7: what it is compared with; `false` leaves it out. */
  readonly drift?: DriftDefinition | false | undefined
}

/** What the engine may use. */
export interface EngineDefinition {
  /** Memory that queries may use, as `2GB`. Default: 80 % of the machine's. */
  readonly memory?: string | number | undefined
  /** Default: all cores. */
  readonly threads?: number | undefined
  /** Where queries spill, relative to the project file. Default: the system's temporary folder. */
  readonly temp?: string | undefined
}

/**
 * How a server is spoken to that alerts are posted to. `${env:NAME}` in a text stands for a variable of the environment: secrets
 * belong there. What the filter lets through is posted; all where it says nothing.
 */
export interface PostedDefinition extends SinkFilter {
  /** Its address. */
  readonly url: string
  /** More headers. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** More labels of every alert, as `{ team: 'data' }`. */
  readonly labels?: Labels | undefined
  /** Until an answer must be there. Default: `5s`. */
  readonly timeout?: string | number | undefined
  /** How often what fails for a passing reason is tried again. Default: 3. */
  readonly retries?: number | undefined
}

/** A webhook that takes the bodies of Alertmanager. */
export interface WebhookDefinition extends PostedDefinition {
  readonly type: 'webhook'
  /** Signs each body: `${env:NAME}`. Default: none is signed. */
  readonly secret?: string | undefined
  /** A page about the project. */
  readonly externalURL?: string | undefined
  /** What a body may have, as `256kB`. */
  readonly maxBytes?: string | number | undefined
}

/** An Alertmanager, by its own interface. */
export interface AlertmanagerDefinition extends PostedDefinition {
  readonly type: 'alertmanager'
  /** A page about the project. */
  readonly generatorURL?: string | undefined
  /** For how long an alert fires there without a reminder. Default: `7d`. */
  readonly holdFor?: string | number | undefined
}

/** Where results go: a server, or a sink of the project's own code. */
export type SinkDefinition = WebhookDefinition | AlertmanagerDefinition | Sink

/** What a project file exports by default. */
export interface ProjectDefinition {
  /** The namespace of the project's jobs in lineage. */
  readonly name: string
  /** What the engine may use. */
  readonly engine?: EngineDefinition | undefined
  /** When alerts are told. */
  readonly alerts?: AlertOptions | undefined
  /** Who is told of alerts, by names of your own. */
  readonly sinks?: Readonly<Record<string, SinkDefinition>> | undefined
  /** What the project keeps an eye on, by names of your own. */
  readonly datasets: Readonly<Record<string, DatasetDefinition>>
  /** What is otherwise elsewhere, by names of your own: `--env ci` or `DAYSHIFT_ENV=ci` lays `ci` over the rest. */
  readonly environments?: Readonly<Record<string, EnvironmentDefinition>> | undefined
}

/** A part of a step: what is left out stays as it is. */
type Overlay<Value> = Value extends object
  ? Value extends readonly unknown[] | ((...words: never[]) => unknown)
    ? Value
    : { readonly [Key in keyof Value]?: Value[Key] }
  : Value

/** A dataset as an environment changes it. A contract is replaced whole. */
export type DatasetOverlay = {
  readonly [Key in keyof DatasetDefinition]?: Key extends 'contract'
    ? DatasetDefinition[Key]
    : Overlay<DatasetDefinition[Key]>
}

/** What an environment lays over the project: objects key by key, at any depth; lists and all else are replaced. */
export interface EnvironmentDefinition {
  readonly name?: string | undefined
  readonly engine?: EngineDefinition | undefined
  readonly alerts?: AlertOptions | undefined
  readonly sinks?: Readonly<Record<string, Overlay<SinkDefinition>>> | undefined
  readonly datasets?: Readonly<Record<string, DatasetOverlay>> | undefined
}

/**
 * Types a project file. Gives back what it gets.
 *
 * @example
 * export default defineProject({
 *   name: 'airports',
 *   datasets: { weather: { source: 'data/weather.csv', contract: weather } },
 * })
 */
export function defineProject(definition: ProjectDefinition): ProjectDefinition {
  return definition
}
