import { nearest } from '@dayshift/core/ground'
import { failure } from './codes.ts'

/** The variable that names the environment where no flag does. */
export const ENVIRONMENT = 'DAYSHIFT_ENV'

/**
 * Lays what an environment of the project file says over the rest: objects key by key, at any depth; lists and all else are
 * replaced.
 *
 * @param definition what the project file exports
 * @param name undefined for none
 * @returns the definition without its environments
 * @throws DS_USAGE for an environment that the project does not have
 */
export function inEnvironment(definition: unknown, name: string | undefined): unknown {
  if (!isPlain(definition)) return definition
  const { environments, ...base } = definition
  if (name === undefined) return base
  const known = isPlain(environments) ? environments : {}
  if (!Object.hasOwn(known, name)) {
    const names = Object.keys(known)
    const near = nearest(name, names)
    throw failure('DS_USAGE', `the project has no environment '${name}'`, {
      hint:
        names.length === 0
          ? `It has none at all: leave out --env and ${ENVIRONMENT}, or add environments: { ${name}: { … } }.`
          : `${near === undefined ? '' : `Did you mean '${near}'? `}It has: ${names.join(', ')}.`,
    })
  }
  return overlaid(base, known[name])
}

/** The names of the environments that a project file has. */
export function environmentsOf(definition: unknown): string[] {
  if (!isPlain(definition)) return []
  const { environments } = definition
  return isPlain(environments) ? Object.keys(environments) : []
}

/** @param path keys that lead here: a contract is replaced whole, though it may be written as an object */
function overlaid(base: unknown, over: unknown, path: readonly string[] = []): unknown {
  if (over === undefined) return base
  const isContract = path.length === 3 && path[0] === 'datasets' && path[2] === 'contract'
  if (!isPlain(base) || !isPlain(over) || isContract) return over
  const merged: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(over)) merged[key] = overlaid(base[key], value, [...path, key])
  return merged
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
