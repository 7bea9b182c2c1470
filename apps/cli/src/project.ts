import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { failure } from './codes.ts'
import type { ProjectDefinition } from './define-project.ts'
import { loadModule, takeLoadedFiles, type LoadOptions } from './modules.ts'

/** A project file, loaded. */
export interface Project extends ProjectDefinition {
  /** The folder of the project file: what its paths are relative to. */
  readonly root: string
  /** The project file. */
  readonly file: string
  /** Its modules, itself among them, where it was loaded anew; those of packages do not count. */
  readonly modules: readonly string[]
}

const NAMES = ['ts', 'mts', 'js', 'mjs'].map((ending) => `dayshift.config.${ending}`)

/**
 * Finds the project file in a folder or the ones above it.
 *
 * @returns its path, or undefined where there is none
 */
export function findProjectFile(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const file = projectFileIn(folder)
    if (file !== undefined) return file
    if (dirname(folder) === folder) return undefined
  }
}

/** The project file of a folder itself. */
export function projectFileIn(folder: string): string | undefined {
  return NAMES.map((name) => join(folder, name)).find((path) => existsSync(path))
}

/**
 * Loads a project file.
 *
 * @throws DS_MODULE where it cannot be loaded
 * @throws DS_PROJECT_INVALID naming every mistake in it
 */
export async function loadProject(file: string, cwd: string, options?: LoadOptions): Promise<Project> {
  const path = resolve(cwd, file)
  const { default: definition } = await loadModule(path, cwd, options)
  const modules = [...new Set([path, ...takeLoadedFiles()])]
  // Loaded where there is a project: most of a quick command's time would go into it.
  const { projectProblems } = await import('./project-schema.ts')
  const problems = [...projectProblems(definition), ...(await problemsOfSinks(definition))]
  if (problems.length > 0) {
    const list = problems.length === 1 ? ` ${problems[0]}` : problems.map((problem) => `\n  - ${problem}`).join('')
    throw failure('DS_PROJECT_INVALID', `${file}:${list}`, { where: path })
  }
  return { ...(definition as ProjectDefinition), root: dirname(path), file: path, modules }
}

/** What speaks to sinks is loaded where there are some. */
async function problemsOfSinks(definition: unknown): Promise<string[]> {
  const { sinks, alerts } = (definition ?? {}) as Partial<ProjectDefinition>
  return sinks === undefined && alerts === undefined
    ? []
    : (await import('./sinks/sink-schema.ts')).sinkProblems(definition)
}
