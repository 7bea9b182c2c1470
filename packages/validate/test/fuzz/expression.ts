import type * as zod from 'zod'
import { CODE } from './code.ts'

/** The namespace of a copy of Zod. */
export type Zod = typeof zod

/**
 * A Zod schema as JSON, so that a case can be kept as a file and built with any version of Zod.
 *
 * @example { z: 'string', calls: [['min', 2]] } // z.string().min(2)
 */
export interface Expression {
  /** The function of Zod's namespace: `string`, `iso.date`. */
  readonly z: string
  readonly args?: readonly Arg[]
  readonly calls?: readonly Call[]
}

/** A method with its arguments. */
export type Call = readonly [method: string, ...args: Arg[]]

/** An argument. What JSON has no word for, and what would be taken for it, is an object with one key. */
export type Arg =
  | string
  | number
  | boolean
  | null
  | readonly Arg[]
  | Expression
  | { readonly regex: readonly [source: string, flags: string] }
  | { readonly bigint: string }
  | { readonly number: 'NaN' | 'Infinity' | '-Infinity' | '-0' }
  | { readonly date: string }
  | { readonly undefined: true }
  /** A function of `code.ts`. */
  | { readonly code: string }
  | { readonly object: Readonly<Record<string, Arg>> }

/** What is built by one copy of Zod. */
export type Schema = zod.z.ZodType

/** Whether a copy of Zod has all that an expression needs: some formats came later than others. */
export function isKnown(z: Zod, expression: Expression): boolean {
  return typeof functionOf(z, expression.z) === 'function' && expressionsIn(expression).every((one) => isKnown(z, one))
}

/** The expressions among the arguments of an expression. */
export function expressionsIn({ args = [], calls = [] }: Expression): Expression[] {
  const all: Arg[] = [...args, ...calls.flatMap(([, ...rest]) => rest)]
  return all.flatMap(withinArg)
}

function withinArg(arg: Arg): Expression[] {
  if (typeof arg !== 'object' || arg === null) return []
  if (isList(arg)) return arg.flatMap(withinArg)
  if ('z' in arg) return [arg]
  return 'object' in arg ? Object.values(arg.object).flatMap(withinArg) : []
}

/** Builds the schema. */
export function build(z: Zod, { z: name, args = [], calls = [] }: Expression): Schema {
  let schema = functionOf(z, name)(...args.map((arg) => valueOf(z, arg)))
  for (const [method, ...rest] of calls) {
    schema = (schema as Record<string, (...values: unknown[]) => unknown>)[method]?.(
      ...rest.map((arg) => valueOf(z, arg)),
    )
  }
  return schema as Schema
}

function functionOf(z: Zod, name: string): (...args: unknown[]) => unknown {
  let found: unknown = z
  for (const part of name.split('.')) found = (found as Record<string, unknown> | undefined)?.[part]
  return found as (...args: unknown[]) => unknown
}

function valueOf(z: Zod, arg: Arg): unknown {
  if (typeof arg !== 'object' || arg === null) return arg
  if (isList(arg)) return arg.map((one) => valueOf(z, one))
  if ('z' in arg) return build(z, arg)
  if ('regex' in arg) return new RegExp(...arg.regex)
  if ('bigint' in arg) return BigInt(arg.bigint)
  if ('number' in arg) return Number(arg.number)
  if ('date' in arg) return new Date(arg.date)
  if ('code' in arg) return CODE[arg.code]
  if ('object' in arg) {
    return Object.fromEntries(Object.entries(arg.object).map(([key, value]) => [key, valueOf(z, value)]))
  }
  return undefined
}

/** An expression as TypeScript. */
export function sourceOf({ z: name, args = [], calls = [] }: Expression): string {
  const methods = calls.map(([method, ...rest]) => `.${method}(${sourceOfList(rest)})`)
  return `z.${name}(${sourceOfList(args)})${methods.join('')}`
}

function sourceOfList(args: readonly Arg[]): string {
  return args.map(sourceOfArg).join(', ')
}

function sourceOfArg(arg: Arg): string {
  if (typeof arg !== 'object' || arg === null) return JSON.stringify(arg)
  if (isList(arg)) return `[${sourceOfList(arg)}]`
  if ('z' in arg) return sourceOf(arg)
  if ('regex' in arg) return String(new RegExp(...arg.regex))
  if ('bigint' in arg) return `${arg.bigint}n`
  if ('number' in arg) return arg.number
  if ('date' in arg) return `new Date('${arg.date}')`
  if ('code' in arg) return arg.code
  if ('object' in arg) {
    return `{ ${Object.entries(arg.object)
      .map(([key, value]) => `${JSON.stringify(key)}: ${sourceOfArg(value)}`)
      .join(', ')} }`
  }
  return 'undefined'
}

/** `Array.isArray` does not know lists that cannot be written to. */
export function isList(arg: Arg): arg is readonly Arg[] {
  return Array.isArray(arg)
}
