export { dvcErrors } from './codes.ts'
export { version, type VersionOptions } from './version.ts'
export { add, planVersion, type AddOptions, type AddPlan, type PlanOptions, type PlannedWrite } from './add.ts'
export { previousVersion, recordedVersion, versionAt, type RecordedVersion, type VersionsOptions } from './versions.ts'
export { objectPath, restore, type VersionHash } from './restore.ts'
export { findRepo, initRepo, type DvcRepo } from './repo.ts'
export { parseConfig, readConfig, type ConfigSections, type DvcConfig } from './config.ts'
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
export { outputsOf, type Output, type OutputsOptions } from './outputs.ts'
