import type { FactRow, FactValue } from './fact-value.ts'
import type { ColumnType } from './schema.ts'
import type { ColumnProfile } from './profile.ts'
import type { Severity } from './finding.ts'
import type { SampleManifest } from './sample.ts'

/** What a prototype run saw: a sample, what the ETL made of it. */
export interface PrototypeFacts {
  /** Rows of the source. */
  readonly rows: number
  /** Whether `rows` is an estimate, since not all of the source was read. */
  readonly rowsEstimated?: true
  readonly sampledRows: number
  /** Rows that the ETL gave back. */
  readonly outputRows: number
  /** How the sample was drawn, in words. */
  readonly method: string
  readonly seed: number
  /** The columns of the ETL's output. */
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[]
  /** Columns that the output has and the source has not. */
  readonly added: readonly string[]
  /** Columns that the source has and the output has not. */
  readonly dropped: readonly string[]
  /** Columns that the ETL gave another type. */
  readonly retyped: readonly { readonly name: string; readonly from: ColumnType; readonly to: ColumnType }[]
  /** Columns that lack more values in the output than in the sample; `before` is null for those added. */
  readonly nullsIntroduced: readonly { readonly name: string; readonly before: number | null; readonly after: number }[]
  /** The first rows of the output, at most 5. */
  readonly head: readonly FactRow[]
  /** Profile of the output. */
  readonly profile: readonly ColumnProfile[]
  /** How long the ETL took on the sample, in milliseconds. */
  readonly etlMs: number
  /** How long it may take on all rows, in milliseconds: an estimate, in proportion. */
  readonly estimatedFullMs?: number
  /** How the sample was drawn: enough to draw it again. */
  readonly sample: SampleManifest
  /** Where the output was written, where it was. */
  readonly out?: string
}

/** A cell or row that breaks a check. */
export interface FailureExample {
  /** 1 is the first data row. */
  readonly row: number
  /** Physical line where the row starts, 1 is the first of the file; text files only. */
  readonly line?: number
  /** The file, where a source has more than one. */
  readonly file?: string
  readonly value: FactValue
  /** The contract library's own words. */
  readonly message: string
}

/** The different values that break a check. */
export interface FailedValues {
  /** How many there are; null where they are more than 10 000, and none was counted. */
  readonly distinct: number | null
  /** The most frequent ones, at most 10, the most frequent first; none where values are not to be shown. */
  readonly top: readonly { readonly value: FactValue; readonly count: number }[]
}

/** Checks that fail in the same rows. */
export interface FailTogether {
  /** Ids of checks. */
  readonly checks: readonly string[]
  /** Rows that break these checks and no others. */
  readonly rows: number
}

/** One check of a contract, counted. */
export interface CheckResult {
  readonly id: string
  readonly column?: string
  readonly check: string
  readonly severity: Exclude<Severity, 'info'>
  /** Rows that the check looked at. */
  readonly evaluated: number
  readonly failed: number
  /** Whether it holds: no row fails, or no more than {@link mostly} lets. */
  readonly passed: boolean
  /** The share of the rows with a value that must pass, 0–1; left out where all must. */
  readonly mostly?: number
  /** Rows without a value. */
  readonly nulls: number
  /** Of checks of a whole column or table: what was measured, and what should have been. */
  readonly observed?: FactValue
  readonly expected?: string
  readonly examples: readonly FailureExample[]
  /** Of checks of single values that fail: which values do, and how often. */
  readonly failedValues?: FailedValues
  /** How it was run: `metadata`, `sql`, `guarded`, `distinct` or `rows`. */
  readonly ranAs: string
}

/** What a contract says of data. */
export interface ValidateFacts {
  readonly rows: number
  /** Rows that break at least one check, tolerated or not. */
  readonly failedRows: number
  readonly checks: readonly CheckResult[]
  /** Which checks fail in the same rows, the most frequent sets first, at most 20. */
  readonly together?: readonly FailTogether[]
  /** Values that the engine let pass and the contract library judged all the same, to hold the one to the other. */
  readonly audited?: number
  /** Where every failure was written, where that was asked for. */
  readonly failuresFile?: string
  /** Where the rows were written that break no check, and the others, where that was asked for. */
  readonly goodFile?: string
  readonly badFile?: string
}

/** One file or directory that was versioned. */
export interface VersionedFile {
  /** Relative to the working directory. */
  readonly path: string
  /** `md5:…`; of a directory, the hash of its manifest, with `.dir` at the end. */
  readonly hash: string
  readonly bytes: number
  /** Files in a directory. */
  readonly nfiles?: number
  /** Whether this version differs from the one recorded before. */
  readonly changed: boolean
}

/** What was put under version control. */
export interface VersionFacts {
  readonly files: readonly VersionedFile[]
  /** The git commit made, where one was. */
  readonly commit?: string
  readonly tag?: string
  /** What was sent to remotes, where that was asked for. */
  readonly pushed?: readonly PushedVersion[]
}

/** What of a version went to a remote. */
export interface PushedVersion {
  /** The remote's name. */
  readonly remote: string
  /** Objects that it lacked. */
  readonly objects: number
  readonly bytes: number
}

/** How a column changed from one revision of a catalog's entry to the next. */
export interface ColumnChange {
  /** `added`, `dropped`, `renamed`, `widened`, `narrowed`, `retyped`, `required`, `optional` or `moved`. */
  readonly kind: string
  /** What that does to who reads the data. */
  readonly class: 'compatible' | 'widening' | 'breaking'
  readonly column: string
  readonly message: string
}

/** What the catalog holds of a dataset. */
export interface RegisterFacts {
  /** UUID of the entry, the same for all its revisions. */
  readonly id: string
  /** 1 when created; grows by one with each change. */
  readonly revision: number
  readonly created: boolean
  /** The fields that this registration changed; none where nothing was written. */
  readonly changed: readonly string[]
  /** What the columns changed, where they did. */
  readonly schemaChanges?: readonly ColumnChange[]
  /** The catalog's file. */
  readonly catalog: string
}

/** The lineage event that was logged. */
export interface LogFacts {
  readonly runId: string
  readonly eventType: 'START' | 'RUNNING' | 'COMPLETE' | 'ABORT' | 'FAIL' | 'OTHER'
  readonly job: { readonly namespace: string; readonly name: string }
  readonly numRows: number | null
  readonly columnNames: readonly string[]
  /** The transports that took the event. */
  readonly delivered: readonly string[]
  /** Events kept for later, because a transport could not be reached. */
  readonly spooled: number
}

/** What one basis says of the age of data. */
export interface FreshnessOfBasis {
  /** `mtime`, `column`, `partition`, `object`, `content`, `run`; own ones have names of their own. */
  readonly basis: string
  /** Time of the newest data: UTC, ISO 8601; null where there is none. */
  readonly newest: string | null
  /** Seconds from the newest data to now; below zero for a time in the future; null where there is no data. */
  readonly ageSeconds: number | null
  /** What counts as stale now: the least of what the limit, the schedule and the past say. */
  readonly maxAgeSeconds: number
  /**
   * `unsure`: the time has no zone, and in some it would be stale; or clocks differ. `short`: there are too few rows.
   * `future`, `unknown`, `unreadable` and `missing` are not ages: the time lies ahead of the clock, nothing was recorded,
   * nobody may read the data, there is none.
   */
  readonly state:
    | 'fresh'
    | 'aging'
    | 'unsure'
    | 'short'
    | 'stale'
    | 'empty'
    | 'future'
    | 'unknown'
    | 'unreadable'
    | 'missing'
}

/** How old data is. Of several bases, the one whose state is worst. */
export interface FreshnessFacts extends FreshnessOfBasis {
  readonly warnAfterSeconds?: number
  /** All bases, where there are several. */
  readonly bases?: readonly FreshnessOfBasis[]
  /** Rows of the data, where they were counted. */
  readonly rows?: number
  /** Rows that came since the check before, where that could be told. */
  readonly newRows?: number
  /** What the schedule asks for: UTC, ISO 8601. */
  readonly schedule?: {
    /** The last deadline whose grace is over. */
    readonly deadline: string
    /** Data must be newer than this; null where no deadline was before that one. */
    readonly since: string | null
    /** The deadline after now; null where there is none. */
    readonly next: string | null
  }
  /** The limit that past updates tell. */
  readonly learned?: {
    /** How often an update as in the past may be called late, 0–1. */
    readonly alpha: number
    /** Known gaps between updates, and how many are needed. */
    readonly gaps: number
    readonly needed: number
    /** Left out while there are too few gaps. */
    readonly limitSeconds?: number
  }
}

/** A value or a range of values, and the share of each side's rows that have it. */
export interface CellShare {
  /** The value as text, or the range as `20 – 30`. */
  readonly cell: string
  /** 0–1. */
  readonly reference: number
  readonly current: number
}

/** How usual an effect is, by past comparisons of the same column and detector. */
export interface LearnedDrift {
  /** How often what is as it was may be called unusual, 0–1. */
  readonly alpha: number
  /** Past effects that are known, and how many are needed. */
  readonly past: number
  readonly needed: number
  /** The share of effects, this one and past ones, that are at least as large; left out while there are too few. */
  readonly pValue?: number
  /** It would have counted as drift, but for the past: it is no larger than usual, or nobody can tell yet. */
  readonly held?: true
}

/** What current data was compared with. */
export interface DriftReference {
  /** As it was asked for: `same-weekday:4`, `previous`, a path. */
  readonly rule: string
  /** The versions that a rule chose, the newest first: `md5:…`, and when each was recorded, where that is known: UTC, ISO 8601. */
  readonly versions: readonly { readonly hash: string; readonly at?: string }[]
}

/** Where two distribution functions are furthest apart. */
export interface DistributionGap {
  /** The value. */
  readonly at: number
  /** The share of each side's values that do not exceed it, 0–1. */
  readonly reference: number
  readonly current: number
}

/** What one detector says of one column. */
export interface ColumnDrift {
  readonly column: string
  readonly type: ColumnType
  readonly detector: string
  /** In the detector's own unit. */
  readonly statistic: number
  readonly pValue?: number
  /** The p-value after correction for many columns. */
  readonly adjustedPValue?: number
  /** What the p-value or statistic was held against. */
  readonly threshold: number
  /** How far the sides are apart whatever their sizes, in the detector's own unit. */
  readonly effect?: number
  /** The least effect that counts as drift, however small p is; left out where the detector knows no effect. */
  readonly minEffect?: number
  /** Whether chance is ruled out: the corrected p-value is at most the threshold. Left out of distances. */
  readonly significant?: boolean
  /** Significant, where there is a p-value, and as large an effect as counts. */
  readonly drifted: boolean
  /** Where the reference was a profile that does not keep all values: between which bounds the statistic lies. `statistic` is the lower one. */
  readonly interval?: readonly [number, number]
  /** Where the reference was a profile: whether `drifted` is what its rows would say. */
  readonly certain?: boolean
  /** Whether there are too few rows to rule out a drift of `minEffect`. Only where nothing drifted. */
  readonly undecided?: boolean
  /** The least effect that these sizes show in 8 of 10 cases, after correction; null where they show none, however large. */
  readonly smallestDetectable?: number | null
  /** What past comparisons say, where they are asked. */
  readonly learned?: LearnedDrift
  /** What the detector found, in words: `looks multiplied by 1000`. */
  readonly detail?: string
  /** Where the distribution functions are furthest apart: of `ks`, for numbers that are no whole ones beyond 2^53. */
  readonly gap?: DistributionGap
  /** Values or ranges whose share of the rows changed most, the largest change first; at most 5. */
  readonly moved?: readonly CellShare[]
  /** Values that the reference does not have, and the share of the rows that they have now; at most 20. */
  readonly newValues?: readonly CellShare[]
  /** Values that the current data lacks, at most 20. */
  readonly lostValues?: readonly CellShare[]
  readonly reference: ColumnProfile
  readonly current: ColumnProfile
}

/** How strongly two columns of numbers go together, on both sides. */
export interface CorrelationChange {
  readonly columns: readonly [string, string]
  /** Spearman's rank correlations, −1 to 1. */
  readonly reference: number
  readonly current: number
  readonly pValue: number
  /** The p-value after correction for all pairs. */
  readonly adjustedPValue: number
  /** Certain, and as large a change as counts. */
  readonly changed: boolean
}

/** Which columns of numbers go together otherwise than before. */
export interface CorrelationFacts {
  /** Pairs of columns that were compared, and those that changed. */
  readonly pairs: number
  readonly changedPairs: number
  /** Rows that were looked at on each side, drawn where there are more. */
  readonly referenceRows: number
  readonly currentRows: number
  /** The least change that counts. */
  readonly minEffect: number
  /** Those that changed first, then those whose correlation moved most; at most 20. */
  readonly changes: readonly CorrelationChange[]
}

/** Whether a classifier that sees all columns together can tell current rows from those of the reference. */
export interface ClassifierFacts {
  /** Area under the curve of rows that the classifier had not seen: 0.5 where it cannot tell the sides apart, 1 where it always can. */
  readonly auc: number
  /** How far the sides are told apart, 2·auc − 1: 0 as by chance, 1 always. */
  readonly effect: number
  /** The least effect that counts. */
  readonly minEffect: number
  readonly pValue: number
  /** What p was held against; it is not corrected together with columns. */
  readonly threshold: number
  /** Between which areas 95 of 100 lie by chance. */
  readonly byChance: readonly [low: number, high: number]
  /** Certain, and as far apart as counts. */
  readonly toldApart: boolean
  /** Rows that were looked at on each side, drawn where there are more. */
  readonly referenceRows: number
  readonly currentRows: number
  /** Columns that the classifier saw. */
  readonly columns: number
  /** What it did not see: times, which move on, and what is no number, boolean or text; at most 20 are named. */
  readonly leftOut: readonly string[]
  /**
   * What told the sides apart, the most telling first, at most 20: the area that is lost where a column's values are those of other rows. Empty where
   * chance is not ruled out.
   */
  readonly features: readonly { readonly column: string; readonly importance: number }[]
}

/** What drifted among the rows with one value of another column. */
export interface SegmentDrift {
  /** The value, as text of at most 200 characters. */
  readonly segment: string
  readonly referenceRows: number
  readonly currentRows: number
  /** Of each column that drifted as a whole, by the detector that said most of it there. */
  readonly columns: readonly {
    readonly column: string
    readonly detector: string
    readonly effect?: number
    readonly pValue?: number
    /** The p-value after correction for all columns and segments. */
    readonly adjustedPValue?: number
    readonly drifted: boolean
  }[]
}

/** Where drift comes from. */
export interface SegmentFacts {
  /** The column whose values the segments are. */
  readonly by: string
  /** Those with most rows, at most 12. */
  readonly segments: readonly SegmentDrift[]
}

/** How two datasets differ in distribution. */
export interface DriftFacts {
  /** Left out where two sources were given. */
  readonly reference?: DriftReference
  readonly referenceRows: number
  readonly currentRows: number
  /** Of each column its main detector, and others where they found anything. */
  readonly columns: readonly ColumnDrift[]
  /** How many p-values were corrected together, also of detectors that found nothing. */
  readonly tests?: number
  readonly driftedColumns: readonly string[]
  /** Drifted columns among those compared, 0–1; 0 where none was compared. */
  readonly share: number
  /** Columns without drift in which it could have gone unseen: too few rows. */
  readonly undecidedColumns?: readonly string[]
  /** Columns that only one side has, or that changed their type. */
  readonly newColumns?: readonly string[]
  readonly missingColumns?: readonly string[]
  readonly retypedColumns?: readonly { readonly column: string; readonly from: ColumnType; readonly to: ColumnType }[]
  /** Only where it was asked for, and two columns of numbers are there. */
  readonly correlations?: CorrelationFacts
  /** Only where it was asked for. */
  readonly segments?: SegmentFacts
  /** Only where it was asked for, and enough rows are there. */
  readonly classifier?: ClassifierFacts
}

/** What each kind of report knows. The keys are the seven words: command, verb, report kind and page. */
export interface Facts {
  readonly prototype: PrototypeFacts
  readonly validate: ValidateFacts
  readonly version: VersionFacts
  readonly register: RegisterFacts
  readonly log: LogFacts
  readonly freshness: FreshnessFacts
  readonly drift: DriftFacts
}

/** One of the seven habits. */
export type ReportKind = keyof Facts
