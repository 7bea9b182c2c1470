export { dvcErrors } from './codes.ts'
export { version, type VersionOptions } from './version.ts'
export { planVersion, type PlanOptions, type PlannedWrite, type VersionPlan } from './plan.ts'
export { previousVersion, recordedVersion, versionAt, type RecordedVersion, type VersionsOptions } from './versions.ts'
export { objectPath, restore, type VersionHash } from './checkout.ts'
export { findRepo, initRepo, type DvcRepo } from './repo.ts'
export {
  configFiles,
  editConfig,
  findConfig,
  listConfig,
  readConfig,
  userConfigFiles,
  type ConfigEntry,
  type ConfigFiles,
  type ConfigLevel,
  type DvcConfig,
} from './config.ts'
export { readIni, writeIni, type IniSections, type IniValue } from './ini.ts'
export {
  definitionHash,
  readDvcFile,
  updateDvcFile,
  writeDvcFile,
  type DataEntry,
  type DepEntry,
  type DvcFile,
  type OutEntry,
} from './dvcfile.ts'
export type { YamlMapping, YamlValue } from './yaml.ts'
export { manifestOf, readManifest, type TreeEntry } from './tree.ts'
export { hashFile, type Content, type DataHash, type HashAlgorithm, type ReadOptions } from './hash.ts'
export { objectPlace } from './layout.ts'
export type { Environment, Git } from './git.ts'
export { outputsAt, outputsOf, type Output, type OutputsOptions } from './outputs.ts'
export { checkIgnore, type IgnoreCheck } from './check-ignore.ts'
