import type { Io } from '../io.ts'
import { failure } from '../codes.ts'

const VARIABLE = /\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g

/** Whether a text holds `${env:NAME}`. */
export function hasVariable(text: string): boolean {
  return text.search(VARIABLE) >= 0
}

/**
 * Puts variables of the environment in place of `${env:NAME}`, in all texts within plain data.
 *
 * @throws DS_SINK_CONFIG for one that is not set, or is empty
 */
export function withVariables<Value>(value: Value, env: Io['env']): Value {
  if (typeof value === 'string') {
    return value.replaceAll(VARIABLE, (_, name: string) => {
      const found = env[name] ?? ''
      if (found !== '') return found
      throw failure('DS_SINK_CONFIG', `the environment has no ${name}`, { hint: `Set ${name}, or pass --no-sinks.` })
    }) as Value
  }
  if (Array.isArray(value)) return value.map((item: unknown) => withVariables(item, env)) as Value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withVariables(item, env)])) as Value
}
