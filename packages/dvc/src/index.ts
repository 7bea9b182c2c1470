export { dvcErrors } from './codes.ts'
export { version, type VersionOptions } from './version.ts'
export { add, planVersion, type AddOptions, type AddPlan, type PlanOptions, type PlannedWrite } from './add.ts'
export {
  previousVersion,
  recordedVersion,
  versionAt,
  type RecordedVersion,
  type VersionsOptions,
} from './recorded-version.ts'
export { objectPath, restore, type VersionHash } from './restore.ts'
export { findRepo, findRoot, initRepo, needRoot, type DvcRepo, type RepoOptions, type UserConfig } from './repo.ts'
export { init, type InitOptions, type InitResult } from './init.ts'
export {
  configFiles,
  findConfig,
  listConfig,
  readConfig,
  userConfigFiles,
  type ConfigEntry,
  type ConfigFiles,
  type ConfigLevel,
  type DvcConfig,
  type RemoteSettings,
} from './config.ts'
export { editConfig, type ConfigEdit, type EditOptions, type SettingChange } from './config-edit.ts'
export { readIni, writeIni, type IniSections, type IniValue } from './formats/ini.ts'
export {
  definitionHash,
  readDvcFile,
  updateDvcFile,
  writeDvcFile,
  type DataEntry,
  type DepEntry,
  type DvcFile,
  type OutEntry,
} from './formats/dvcfile.ts'
export type { YamlMapping, YamlValue } from './formats/yaml.ts'
export { manifestOf, readManifest, type TreeEntry } from './formats/tree.ts'
export { hashFile, type Content, type DataHash, type HashAlgorithm, type ReadOptions } from './cache/hash.ts'
export { objectPlace } from './cache/layout.ts'
export type { Environment, Git } from './git/git.ts'
export {
  checkout,
  type CheckoutOptions,
  type CheckoutPlan,
  type CheckoutResult,
  type FailedOutput,
} from './checkout.ts'
export type { Change, FileChange, OutputChange } from './workspace/change.ts'
export type { LockWait } from './lock/repo-lock.ts'
export type { Holder } from './lock/holder.ts'
export type { Problem, Telling } from './workspace/problem.ts'
export { commit, type CommitDataOptions, type CommitPlan } from './commit.ts'
export {
  fsck,
  type BrokenObject,
  type FsckOptions,
  type FsckResult,
  type MissingObject,
  type UnusableManifest,
} from './fsck.ts'
export { remoteFsck, type RemoteFsckOptions, type RemoteFsckResult } from './remote-fsck.ts'
export type { BrokenRemoteObject, CheckProgress, MissingRemoteObject, RemoteCheck } from './transfer/check-remote.ts'
export type { FailedRemoteObject } from './transfer/mend-remote.ts'
export { move, type MoveOptions, type MovePlan, type MoveResult } from './move.ts'
export { remove, type RemoveOptions, type RemovePlan } from './remove.ts'
export { status, type OutputState, type StatusOptions, type StatusReport } from './status.ts'
export { push, type PushResult } from './push.ts'
export { fetch, type FetchResult } from './fetch.ts'
export type { UnreachedRemote } from './transfer/reach.ts'
export { get, type GetOptions, type GetResult } from './get.ts'
export { locate } from './locate.ts'
export { importData, type ImportOptions, type ImportResult } from './import.ts'
export { update, type UpdateResult } from './update.ts'
export type { UpdatedImport, UpdateOptions } from './elsewhere/import-update.ts'
export { getUrl, type GetUrlOptions, type GetUrlResult } from './get-url.ts'
export { importUrl, type ImportUrlOptions, type ImportUrlResult } from './import-url.ts'
export { listUrl, type ListUrlOptions, type UrlEntry } from './list-url.ts'
export type { UrlOptions } from './elsewhere/url-place.ts'
export type { RemoteChoice } from './elsewhere/overlay.ts'
export type { ElsewhereOptions } from './elsewhere/visit.ts'
export { pull, type PullOptions, type PullResult } from './pull.ts'
export { remoteStatus, type RemoteState, type RemoteStatusReport } from './remote-status.ts'
export type { PlannedObject, TransferPlan } from './transfer/plan.ts'
export type { FailedObject, Transfer, TransferOutcome, TransferProgress } from './transfer/execute.ts'
export type { TransferOptions } from './transfer/session.ts'
export type { Retry } from './transfer/retry.ts'
export { openRemote, remoteNamed, type NamedRemote, type RemoteOptions } from './remotes/open.ts'
export { localRemote } from './remotes/local.ts'
export {
  Interruption,
  type Asking,
  type Download,
  type Getting,
  type Held,
  type Listed,
  type Pieces,
  type Remote,
  type Upload,
} from './remotes/remote.ts'
export { unprotect, type UnprotectOptions } from './unprotect.ts'
export { outputsAt, outputsOf, type Output, type OutputsOptions } from './outputs.ts'
export { checkIgnore, type IgnoreCheck } from './check-ignore.ts'
export { dataStatus, type DataChanges, type DataStatus, type DataStatusOptions } from './data-status.ts'
export { diff, type DiffEntry, type DiffOptions, type DiffReport } from './diff.ts'
export type { ModifiedEntry, RenamedEntry } from './diff.ts'
export type { GitStatus } from './git/status.ts'
export { gc, undoGc, type GcOptions, type GcPlan, type RemoteGc, type UndoneGc, type UnusedObject } from './gc.ts'
export { TRASH_DAYS } from './cache/trash.ts'
export type { RemoteGarbage } from './transfer/garbage.ts'
export type { Scope } from './history/used.ts'
export { list, type ListEntry, type ListOptions } from './list.ts'
export { du, type DiskUsage, type DuOptions } from './du.ts'
export type { TreeOptions } from './history/repo-tree.ts'
export { versions, type PathVersion, type VersionListOptions } from './versions.ts'
export { whereis, type VersionPlace, type Whereabouts, type WhereisOptions } from './whereis.ts'
export { openVersion, type OpenedVersion } from './open-version.ts'
export {
  artifacts,
  assignStage,
  deprecate,
  deregisterVersion,
  registerVersion,
  unassignStage,
  type TagOptions,
  type TagResult,
  type VersionChoice,
} from './tag.ts'
export type { Artifact, RegisteredVersion, TagEvent } from './tags/registry.ts'
export { nextVersion, readTagName, writeTagName, type Bump, type TagAction, type TagName } from './tags/tag-name.ts'
export { cacheMigrate, type MigrateOptions, type MigrationResult } from './cache-migrate.ts'
export { doctor, type Diagnosis } from './doctor.ts'
export { linkTypesOf, type LinkType } from './cache/links.ts'
export {
  addRemote,
  modifyRemote,
  setDefaultRemote,
  type AddRemoteOptions,
  type ModifyRemoteOptions,
  type RemoteEdit,
  type RemoteEditOptions,
} from './remotes/edit.ts'
export { removeRemote, renameRemote } from './remotes/move.ts'
export { defaultRemote, listRemotes, type RemoteEntry } from './remotes/list.ts'
