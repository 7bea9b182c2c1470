export {
  defineProject,
  type DatasetDefinition,
  type DriftDefinition,
  type EngineDefinition,
  type FreshnessDefinition,
  type LogDefinition,
  type ProjectDefinition,
  type PrototypeDefinition,
  type VersionDefinition,
} from './define-project.ts'
