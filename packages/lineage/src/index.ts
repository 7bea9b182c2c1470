export { lineageErrors } from './codes.ts'
export { readConfig, type ConfigPlaces, type JobFilter, type LineageConfig } from './config.ts'
export type { AddedFacets } from './config/added-facets.ts'
export type { TransportConfig } from './config/transport-config.ts'
export { transportOf, type Configured, type ConfiguredOptions } from './configured.ts'
export { checkEvent } from './check-event.ts'
export type { EventProblem } from './conform.ts'
export { runEvent, type EventType, type Moment, type RunContext, type RunEvent } from './event.ts'
export { inputOf, outputOf, type InputDataset, type KnownDataset, type OutputDataset } from './event-dataset.ts'
export type { Facet, JobRef, ParentRun, RunRef } from './facets.ts'
export { gitSource } from './git-source.ts'
export type { LineageEvent } from './lineage-event.ts'
export { eventsOf, log, type LogInput, type LogOptions } from './log.ts'
export { columnsOfFrame, type FrameColumns, type FrameLike } from './frame-columns.ts'
export { logMetadata, type Metadata, type MetadataFrame } from './log-metadata.ts'
export { envOfParent, parentFromEnv } from './parent.ts'
export { readLogLine, type LoggedDataset, type LoggedEvent, type LoggedFacet, type LoggedLine } from './run-log.ts'
export { mergeRuns, type MergedRun, type RunDataset, type RunState } from './runs.ts'
export {
  checkLineageLog,
  readLineageLog,
  readRun,
  repairLineageLog,
  type LineageLog,
  type ReadLogOptions,
} from './lineage-log.ts'
export {
  graphOf,
  nodeKey,
  type ColumnEdge,
  type DescribedJob,
  type GraphColumn,
  type GraphDataset,
  type GraphNode,
  type GraphOptions,
  type LineageGraph,
} from './graph.ts'
export { columnsOf, neighboursOf, walk, type Neighbour, type Walk, type Walked, type WalkOptions } from './walk.ts'
export { treeOf, type TreeOptions } from './drawings/tree.ts'
export { mermaidOf } from './drawings/mermaid.ts'
export { dotOf } from './drawings/dot.ts'
export { columnCsvOf, csvOf } from './drawings/csv.ts'
export { labelOf } from './drawings/label.ts'
export { datasetEvent, jobEvent, type DatasetEvent, type JobDescription, type JobEvent } from './static-event.ts'
export {
  catalogFacet,
  columnLineageFacet,
  datasetTagsFacet,
  datasetTypeFacet,
  hierarchyFacet,
  inputStatisticsFacet,
  inputSubsetFacet,
  lifecycleFacet,
  outputSubsetFacet,
  symlinksFacet,
  type ColumnLineage,
  type ColumnTransformation,
  type CompareSide,
  type DatasetCatalog,
  type DatasetTag,
  type InputField,
  type LifecycleChange,
  type Statistics,
  type SubsetCondition,
  type Symlink,
  type Tag,
} from './dataset-facets.ts'
export {
  jobDocumentationFacet,
  jobOwnershipFacet,
  jobTagsFacet,
  runTagsFacet,
  sourceCodeFacet,
  sourceCodeLocationFacet,
  sqlFacet,
  type SourceCodeLocation,
} from './job-facets.ts'
export {
  environmentVariablesFacet,
  executionParametersFacet,
  externalQueryFacet,
  extractionErrorFacet,
  jobDependenciesFacet,
  testFacet,
  type ExecutionParameter,
  type ExtractionError,
  type JobDependency,
  type TestExecution,
} from './run-facets.ts'
export { PRODUCER } from './producer.ts'
export type { FoundColumns, SqlInput, SqlOptions, SqlReader } from './sql-columns.ts'
export { duckdbSql } from './sql/duckdb.ts'
export { polyglotSql, type PolyglotSdk } from './sql/polyglot.ts'
export { columnsByTrial, type Transformation, type TrialOptions, type TriedColumn, type TriedColumns } from './trial.ts'
export { startRun, type Run, type RunDatasets, type StartOptions } from './run.ts'
export {
  sendSpool,
  spooled,
  waitingIn,
  type Sending,
  type SendOptions,
  type SpooledTransport,
  type SpoolOptions,
} from './spool.ts'
export { eventHash } from './spool/event-hash.ts'
export { spoolDestination } from './spool/spool-folder.ts'
export { trackRun, type TrackedRun, type TrackOptions } from './track-run.ts'
export {
  deliver,
  type Delivery,
  type EmitOptions,
  type Receipt,
  type Transport,
  type Undelivered,
} from './transport.ts'
export { compositeTransport, type CompositeOptions, type Part } from './transports/composite.ts'
export { consoleTransport } from './transports/console.ts'
export { fileTransport, logLine, type LogLine } from './transports/file.ts'
export { filesTransport } from './transports/files.ts'
export { httpTransport, type HttpOptions, type Retry } from './transports/http.ts'
export { proxiesOf, type Proxies } from './transports/http/proxies.ts'
export type { Auth } from './transports/http/auth.ts'
export { transformTransport, type EventTransform } from './transports/transform.ts'
export { uuidv7 } from './uuid.ts'
