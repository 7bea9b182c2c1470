import { tellNames } from '../column-names.ts'
import type { ColumnModel, ContractModel, ModelType } from '../model.ts'
import type { Notes } from '../notes.ts'
import { withOneList } from '../one-list.ts'
import type { DataContract, Property } from './form.ts'
import { optionRules } from './options.ts'
import { typeOfPhysical } from './physical-type.ts'
import { QualityReader } from './quality.ts'

/** Reads one table of a data contract. SQL in it is not run: it is told in the notes. */
export function readOdcs(object: DataContract['schema'][number], notes: Notes): ContractModel {
  const quality = new QualityReader(notes)
  const { properties } = object
  tellNames(
    properties.map(({ name }) => name),
    'schema',
    notes,
  )
  const columns = properties.map((property) => columnOf(property, quality, notes))
  for (const check of object.quality) quality.ofTable(check)
  for (const at of object.relationships.keys()) notes.add(`relationships.${at}`, 'a relationship has no file here')
  const stored = properties.filter(({ logicalType, physicalType }) => logicalType !== undefined && physicalType)
  if (stored.length > 0) {
    const names = stored.map(({ name }) => name)
    const some = names.length > 3 ? `${names.slice(0, 3).join(', ')}, …` : names.join(', ')
    notes.add('schema.physicalType', `how the source stores ${some} is not looked at`)
  }
  return {
    name: object.name,
    description: object.description,
    columns,
    patterns: [],
    extra: 'allow',
    ordered: false,
    unique: quality.unique,
    references: [],
    rows: quality.rows,
    checks: quality.checks,
    notes: notes.all,
  }
}

const TYPES: Readonly<Record<string, ModelType>> = {
  string: 'string',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  date: 'datetime',
  timestamp: 'datetime',
  time: 'string',
}

/** What of a column is read, or is said about it to people and machines that store it. */
const KNOWN: ReadonlySet<string> = new Set(
  (
    'id name logicalType logicalTypeOptions physicalType physicalName required unique primaryKey primaryKeyPosition ' +
    'description classification relationships quality businessName authoritativeDefinitions tags customProperties ' +
    'partitioned partitionKeyPosition encryptedName transformSourceObjects transformLogic transformDescription ' +
    'examples criticalDataElement items properties'
  ).split(' '),
)

function columnOf(property: Property, quality: QualityReader, notes: Notes): ColumnModel {
  const { name, physicalName, classification, description } = property
  const place = `schema.${name}`
  const type = typeOf(property, place, notes)
  for (const key of Object.keys(property)) {
    if (!KNOWN.has(key)) notes.add(`${place}.${key}`, 'is no word of the standard, and not looked at')
  }
  if (physicalName !== undefined && physicalName !== name) {
    notes.add(`${place}.physicalName`, `the column is looked for as ${name}, not as ${physicalName}`)
  }
  if (property.relationships.length > 0) notes.add(`${place}.relationships`, 'a relationship has no file here')
  const found = property.quality.map((check) => quality.ofColumn(check, name))
  const missing = found.flatMap((one) => one.missing ?? [])
  const isUnique = property.unique || found.some((one) => one.unique)
  const isRequired = property.required || property.primaryKey || found.some((one) => one.required)
  return {
    name,
    type,
    nullable: !isRequired,
    optional: 'no',
    rules: withOneList(
      [...optionRules(property, type, notes), ...found.flatMap((one) => one.rules ?? [])],
      place,
      notes,
    ),
    options: {
      ...(property.primaryKey ? { primaryKey: true } : {}),
      ...(isUnique ? { unique: true } : {}),
      ...(missing.length > 0 ? { missing } : {}),
      ...(description === undefined ? {} : { description }),
      ...(classification !== undefined && /pii|personal/i.test(classification) ? { pii: true } : {}),
    },
  }
}

function typeOf({ logicalType, physicalType }: Property, place: string, notes: Notes): ModelType {
  if (logicalType !== undefined) {
    const type = TYPES[logicalType]
    if (type === undefined) notes.add(`${place}.logicalType`, `the type ${logicalType} is not looked at`)
    return type ?? 'any'
  }
  if (physicalType === undefined) return 'any'
  const type = typeOfPhysical(physicalType)
  if (type === undefined) notes.add(`${place}.physicalType`, `the type ${physicalType} is not looked at`)
  return type ?? 'any'
}
