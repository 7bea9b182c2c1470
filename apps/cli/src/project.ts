import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { failure } from './codes.ts'
import type { ProjectDefinition } from './define-project.ts'
import { ENVIRONMENT, environmentsOf, inEnvironment } from './environments.ts'
import type { Io } from './io.ts'
import { loadModule, takeLoadedFiles, type LoadOptions } from './modules.ts'
import { datasetsWithVariables } from './variables.ts'

/** A project file, loaded. */
export interface Project extends Omit<ProjectDefinition, 'environments'> {
  /** The folder of the project file: what its paths are relative to. */
  readonly root: string
  /** The project file. */
  readonly file: string
  /** Its modules, itself among them, where it was loaded anew; those of packages do not count. */
  readonly modules: readonly string[]
  /** The environment that was laid over it. */
  readonly environment?: string
}

const NAMES = ['ts', 'mts', 'js', 'mjs', 'json'].map((ending) => `dayshift.config.${ending}`)

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

/** How a project is loaded. */
export interface ProjectOptions extends LoadOptions {
  /** Variables of the environment, for `${env:NAME}` and `DAYSHIFT_ENV`. */
  readonly env: Io['env']
  /** Which of the file's environments to lay over it. Default: what `DAYSHIFT_ENV` names, else none. */
  readonly environment?: string | undefined
}

/**
 * Loads a project file.
 *
 * @throws DS_MODULE where it cannot be loaded
 * @throws DS_PROJECT_INVALID naming every mistake in it, with its line
 * @throws DS_USAGE for an environment that it does not have
 */
export async function loadProject(
  file: string,
  cwd: string,
  { env, environment = env[ENVIRONMENT] || undefined, ...options }: ProjectOptions,
): Promise<Project> {
  const path = resolve(cwd, file)
  const definition = await definitionIn(path, file, cwd, options)
  const modules = [...new Set([path, ...takeLoadedFiles()])]
  const problems = await problemsOf(definition)
  if (problems.length > 0) throw await invalid(path, file, problems)
  const chosen = inEnvironment(definition, environment) as ProjectDefinition
  return {
    ...chosen,
    datasets: datasetsWithVariables(chosen.datasets, env),
    root: dirname(path),
    file: path,
    modules,
    ...(environment === undefined ? {} : { environment }),
  }
}

async function definitionIn(path: string, file: string, cwd: string, options: LoadOptions): Promise<unknown> {
  if (!path.endsWith('.json')) return (await loadModule(path, cwd, options)).default
  return (await import('./project-json.ts')).projectOfJson(path, file, options)
}

/** What is wrong with a project, and with what each of its environments makes of it. */
async function problemsOf(definition: unknown): Promise<string[]> {
  // Loaded where there is a project: most of a quick command's time would go into it.
  const { projectProblems } = await import('./project-schema.ts')
  const all = async (one: unknown): Promise<string[]> => [...projectProblems(one), ...(await problemsOfSinks(one))]
  const problems = await all(inEnvironment(definition, undefined))
  for (const name of environmentsOf(definition)) {
    const own = await all(inEnvironment(definition, name))
    problems.push(
      ...own.filter((problem) => !problems.includes(problem)).map((problem) => `environments.${name}.${problem}`),
    )
  }
  return problems
}

/** All that is wrong, with its line where the file writes it. */
async function invalid(path: string, file: string, problems: readonly string[]): Promise<Error> {
  const { linesOfProblems } = await import('./project-lines.ts')
  const lines = linesOfProblems(path, readFileSync(path, 'utf8'), problems)
  const [line] = lines
  const told =
    problems.length === 1
      ? `${line === undefined ? '' : `${line}:`} ${problems[0]}`
      : problems
          .map((problem, at) => `\n  - ${lines[at] === undefined ? '' : `line ${lines[at]}: `}${problem}`)
          .join('')
  return failure('DS_PROJECT_INVALID', `${file}:${told}`, { where: path })
}

/** What speaks to sinks is loaded where there are some. */
async function problemsOfSinks(definition: unknown): Promise<string[]> {
  const { sinks, alerts } = (definition ?? {}) as Partial<ProjectDefinition>
  return sinks === undefined && alerts === undefined
    ? []
    : (await import('./sinks/sink-schema.ts')).sinkProblems(definition)
}
