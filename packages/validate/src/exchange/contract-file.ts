import { join } from 'node:path'
import { isDayshiftError } from '@dayshift/core'
import { z } from 'zod'
import { failure } from '../codes.ts'
import type { Contract } from '../contract.ts'
import { UNSEEN } from '../contract-shape.ts'
import type { Note } from '../note.ts'
import { documentText, parseDocument, tooDeep } from './document.ts'
import { modelOf } from './from-contract.ts'
import { readJsonSchema } from './json-schema/read.ts'
import { writeJsonSchema } from './json-schema/write.ts'
import type { ContractModel } from './model.ts'
import { Notes } from './notes.ts'
import { DataContract } from './odcs/form.ts'
import { readOdcs } from './odcs/read.ts'
import { writeOdcs } from './odcs/write.ts'
import { PanderaSchema } from './pandera/form.ts'
import { readPandera } from './pandera/read.ts'
import { writePandera } from './pandera/write.ts'
import { sourceOf } from './source.ts'
import { TableSchema } from './table-schema/form.ts'
import { readTableSchema } from './table-schema/read.ts'
import { writeTableSchema } from './table-schema/write.ts'
import { contractOf } from './to-contract.ts'
import { tellUnseen } from './unseen-names.ts'

/** The formats of contracts of other tools. */
export const CONTRACT_FORMATS = ['pandera', 'table-schema', 'odcs', 'json-schema'] as const
export type ContractFormat = (typeof CONTRACT_FORMATS)[number]

/** How to read a contract file. */
export interface ReadContractOptions {
  /** The file's name, for errors. Default: `contract`. */
  readonly file?: string | undefined
  /** The folder that the files of a data package lie in. Default: the working directory. */
  readonly folder?: string | undefined
  /** Which table of several: the name of a schema of a data contract, or of a resource of a data package. */
  readonly table?: string | undefined
}

/** A contract that was read from a file of another tool. */
export interface ReadContract {
  readonly format: ContractFormat
  readonly contract: Contract
  /** What of the file the contract does not hold. */
  readonly notes: readonly Note[]
  /** The contract as plain data. */
  readonly model: ContractModel
}

/**
 * Reads a contract from a text in the format of another tool: a schema of Pandera, a Table Schema or a Data Package of
 * Frictionless Data, a data contract of the Open Data Contract Standard 3, a JSON Schema. Such a text is data: neither code
 * nor SQL in it is run. What this contract cannot hold stands in its `notes`, and each report tells them.
 *
 * @throws DS_CONTRACT_FILE for texts that are none of these, and for what is wrong in one (a pattern that does not compile, a
 *   bound that is no number), naming the places; DS_CONTRACT_INVALID for contracts that cannot be
 * @example
 * const { contract, notes } = await readContract(await readFile('orders.yaml', 'utf8'))
 * const report = await validate(await open('orders.parquet'), contract)
 */
export async function readContract(text: string, options: ReadContractOptions = {}): Promise<ReadContract> {
  const { file = 'contract' } = options
  const document = await parseDocument(text, file)
  const format = formatOf(document)
  if (format === undefined) {
    throw failure('DS_CONTRACT_FILE', `${file} is in no format of contracts that is known`, { where: file })
  }
  // Python's YAML is of version 1.1, where a date without quotes is a date.
  const read = format === 'pandera' ? await parseDocument(text, file, '1.1') : document
  const notes = new Notes()
  tellUnseen(read, notes)
  try {
    const model = modelFrom(format, read, { ...options, file }, notes)
    refuseMistakes(model, notes, file)
    return { format, contract: madeOf(model, file), notes: model.notes, model }
  } catch (error) {
    // References may lead further in than the file is nested.
    if (error instanceof RangeError) throw tooDeep(file)
    throw error
  }
}

/** @throws DS_CONTRACT_INVALID, which names the file */
function madeOf(model: ContractModel, file: string): Contract {
  try {
    return contractOf(model)
  } catch (error) {
    if (!isDayshiftError(error)) throw error
    throw failure('DS_CONTRACT_INVALID', `${file}: ${error.message}`, { where: file, cause: error })
  }
}

type Keys = Readonly<Record<string, unknown>>

function formatOf(document: unknown): ContractFormat | undefined {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return undefined
  const { schema_type, columns, fields, resources, kind, apiVersion, properties } = document as Keys
  if (kind === 'DataContract' || apiVersion !== undefined) return 'odcs'
  if (Array.isArray(fields) || Array.isArray(resources)) return 'table-schema'
  if (typeof properties === 'object') return 'json-schema'
  if (schema_type !== undefined || columns !== undefined) return 'pandera'
  return isJsonSchema(document as Keys) ? 'json-schema' : undefined
}

/** Whether a document is a JSON Schema of rows that does not name columns at its top. */
function isJsonSchema({ $schema, $ref, allOf, type, items, patternProperties, required }: Keys): boolean {
  if (typeof $schema === 'string' && $schema.includes('json-schema.org')) return true
  const isRow = typeof $ref === 'string' || Array.isArray(allOf) || typeof patternProperties === 'object'
  return isRow || type === 'object' || Array.isArray(required) || (type === 'array' && typeof items === 'object')
}

interface Asked extends ReadContractOptions {
  readonly file: string
}

/** @throws DS_CONTRACT_FILE where the file itself is wrong, naming all that is, and what of the rest cannot be either */
function refuseMistakes(model: ContractModel, { mistakes }: Notes, file: string): void {
  const [first] = mistakes
  if (!first) return
  const told = mistakes.map(({ place, message }) => `${place}: ${message}`)
  const rest = otherProblem(model)
  throw failure('DS_CONTRACT_FILE', `${file} is wrong: ${firstFew(told)}${rest === undefined ? '' : `; ${rest}`}`, {
    where: `${file} › ${first.place}`,
    hint: 'Mend what is named in the file; no data was read.',
  })
}

/** What cannot be in a contract of what could be read of a file. */
function otherProblem(model: ContractModel): string | undefined {
  try {
    contractOf({ ...model, columns: model.columns.filter(({ name }) => name !== UNSEEN) })
    return undefined
  } catch (error) {
    if (!isDayshiftError(error)) throw error
    return error.message
  }
}

/** A few problems, and how many more there are. */
function firstFew(problems: readonly string[]): string {
  const few = problems.slice(0, 5).join('; ')
  return problems.length > 5 ? `${few}; and ${problems.length - 5} more` : few
}

function modelFrom(format: ContractFormat, document: unknown, asked: Asked, notes: Notes): ContractModel {
  switch (format) {
    case 'pandera':
      return readPandera(shaped(PanderaSchema, document, asked.file), notes)
    case 'table-schema':
      return tableSchemaFrom(document as Keys, asked, notes)
    case 'odcs': {
      const { schema } = shaped(DataContract, document, asked.file)
      return readOdcs(chosen(schema, asked, 'schema'), notes)
    }
    default:
      return readJsonSchema(document as Keys, notes)
  }
}

const Resource = z.looseObject({
  name: z.string(),
  path: z.union([z.string(), z.array(z.string()).transform(([first]) => first ?? '')]).optional(),
  schema: z.unknown().optional(),
})

function tableSchemaFrom(document: Keys, asked: Asked, notes: Notes): ContractModel {
  if (!('resources' in document)) return readTableSchema(shaped(TableSchema, document, asked.file), notes)
  const { resources } = shaped(z.looseObject({ resources: z.array(Resource).min(1) }), document, asked.file)
  const resource = chosen(resources, asked, 'resource')
  return readTableSchema(shaped(TableSchema, resource.schema, `${asked.file}#${resource.name}`), notes, (name) => {
    const path = resources.find((one) => one.name === name)?.path
    // Paths of a data package lie within its folder.
    if (path === undefined || /^([/\\]|[a-z]+:)|(^|[/\\])\.\.([/\\]|$)/i.test(path)) return undefined
    return asked.folder === undefined ? path : join(asked.folder, path)
  })
}

/** The table that is meant, of one or several. */
function chosen<Table extends { readonly name: string }>(tables: readonly Table[], asked: Asked, kind: string): Table {
  const { file, table } = asked
  const found = table === undefined && tables.length === 1 ? tables[0] : tables.find(({ name }) => name === table)
  if (found) return found
  const names = tables.map(({ name }) => name).join(', ')
  const problem = table === undefined ? `does not tell which ${kind} is meant` : `has no ${kind} '${table}'`
  throw failure('DS_CONTRACT_FILE', `${file} ${problem}: it has ${names}`, {
    where: file,
    hint: `Name it: ${file}#${tables[0]?.name}`,
  })
}

/** A document in the form that its format has. */
function shaped<Shape extends z.ZodType>(shape: Shape, document: unknown, file: string): z.infer<Shape> {
  const result = shape.safeParse(document)
  if (result.success) return result.data
  const problems = result.error.issues.flatMap(narrowest).map(({ path, message }) => {
    return `${path.map(String).join('.') || 'the whole'}: ${message}`
  })
  throw failure('DS_CONTRACT_FILE', `${file} is not as its format has it: ${firstFew(problems)}`, { where: file })
}

function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map(({ path }) => path.length))
}

/** Of what may be one of several, the issues of the one that fits the furthest in. */
function narrowest(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const [best = []] = issue.errors.toSorted((one, other) => depthOf(other) - depthOf(one))
  if (depthOf(best) === 0) return [issue]
  return best.flatMap((inner) => narrowest({ ...inner, path: [...issue.path, ...inner.path] }))
}

/** A contract as the text of a file. */
export interface WrittenContract {
  readonly text: string
  /** What of the contract the file does not hold. */
  readonly notes: readonly Note[]
}

/** How to write a contract. */
export interface WriteContractOptions {
  /** Default: YAML for schemas of Pandera and data contracts, JSON for the others. */
  readonly as?: 'yaml' | 'json' | undefined
  /** What TypeScript says that it was converted from. Default: `a contract`. */
  readonly origin?: string | undefined
}

/**
 * Writes a contract, or one that was read from a file, in the format of another tool, or as a TypeScript module.
 *
 * @example const { text, notes } = await writeContract(contract, 'pandera')
 */
export async function writeContract(
  given: Contract | ReadContract,
  format: ContractFormat | 'typescript',
  options: WriteContractOptions = {},
): Promise<WrittenContract> {
  const { contract, model } = 'model' in given ? given : { contract: given, model: modelOf(given) }
  if (format === 'typescript') {
    return { text: sourceOf(model, options.origin ?? 'a contract'), notes: model.notes }
  }
  // Zod writes JSON Schema by itself, and more of it than a model holds.
  const { document, notes } = format === 'json-schema' ? writeJsonSchema(contract) : WRITERS[format](model)
  const before = format === 'json-schema' ? contract.notes : model.notes
  const kind = options.as ?? (format === 'pandera' || format === 'odcs' ? 'yaml' : 'json')
  return { text: await documentText(document, kind), notes: [...before, ...notes] }
}

const WRITERS = { pandera: writePandera, 'table-schema': writeTableSchema, odcs: writeOdcs }
