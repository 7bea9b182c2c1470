import { tellNames } from '../column-names.ts'
import type { ColumnModel, ContractModel, Optional, ReferenceModel } from '../model.ts'
import type { Notes } from '../notes.ts'
import { constraintRules } from './constraints.ts'
import { typeOf } from './field-type.ts'
import type { Field, TableSchema } from './form.ts'

/**
 * Reads a Table Schema of Frictionless Data.
 *
 * @param pathOf the file of a resource of the same data package
 */
export function readTableSchema(
  schema: TableSchema,
  notes: Notes,
  pathOf: (resource: string) => string | undefined = () => undefined,
): ContractModel {
  const { fieldsMatch, primaryKey = [], name, title, description } = schema
  const names = schema.fields.map((field) => field.name)
  tellNames(names, 'fields', notes)
  for (const key of primaryKey) if (!names.includes(key)) notes.mistake('primaryKey', `there is no field ${key}`)
  const mayLack = fieldsMatch === 'superset' || fieldsMatch === 'partial' ? 'column' : 'no'
  if (fieldsMatch === 'partial') notes.add('fieldsMatch', 'that at least one field is there is not looked at')
  return {
    name: name ?? title,
    description,
    columns: schema.fields.map((field) => columnOf(field, primaryKey, mayLack, notes)),
    patterns: [],
    extra: fieldsMatch === 'subset' || fieldsMatch === 'partial' ? 'allow' : 'forbid',
    ordered: fieldsMatch === 'exact',
    missing: markersOf(schema.missingValues, '', notes) ?? [],
    unique: schema.uniqueKeys.map((columns) => ({ columns })),
    references: schema.foreignKeys.flatMap(({ fields, reference }): ReferenceModel[] => {
      const to = reference.resource === '' ? undefined : pathOf(reference.resource)
      if (to !== undefined) return [{ columns: fields, to, on: reference.fields }]
      const whose = reference.resource === '' ? 'of a table to itself' : `to the resource ${reference.resource}`
      notes.add(`foreignKeys.${fields.join('+')}`, `a reference ${whose} has no file here`)
      return []
    }),
    checks: [],
    notes: notes.all,
  }
}

/** Cells that mean no value, besides the empty one. */
function markersOf(markers: readonly string[] | undefined, place: string, notes: Notes): string[] | undefined {
  if (markers && !markers.includes('')) {
    notes.add(`${place}missingValues`, 'an empty cell means no value here, whether or not it is listed')
  }
  return markers?.filter((marker) => marker !== '')
}

function columnOf(field: Field, primaryKey: readonly string[], optional: Optional, notes: Notes): ColumnModel {
  const { name, constraints, missingValues, title, description } = field
  const place = `fields.${name}`
  const fieldType = typeOf(field, place, notes)
  const isKey = primaryKey.includes(name)
  const missing = markersOf(missingValues, `${place}.`, notes)
  return {
    name,
    type: fieldType.type,
    nullable: constraints.required !== true && !isKey,
    optional,
    ...(fieldType.textForm ? { textForm: fieldType.textForm } : {}),
    rules: [...fieldType.rules, ...constraintRules(constraints, fieldType, `${place}.constraints`, notes)],
    options: {
      ...(isKey ? { primaryKey: true } : {}),
      ...(constraints.unique ? { unique: true } : {}),
      ...(missing ? { missing } : {}),
      ...((description ?? title) ? { description: description ?? title } : {}),
    },
  }
}
