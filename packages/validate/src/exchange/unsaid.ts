import type { ContractModel } from './model.ts'
import type { Notes } from './notes.ts'

/** What only some formats have words for. */
export type Feature =
  | 'both'
  | 'coerce'
  | 'missing'
  | 'parts'
  | 'physicalType'
  | 'pii'
  | 'references'
  | 'strip'
  | 'tolerance'
  | 'warnings'

/**
 * Tells what of a contract a format has no word for, beyond what it tells itself.
 *
 * @param said the features that the format has, or that its writer tells of
 */
export function tellUnsaid(model: ContractModel, said: readonly Feature[], notes: Notes): void {
  const tell = (feature: Feature, place: string, message: string): void => {
    if (!said.includes(feature)) notes.add(place, message)
  }
  const described = [
    ...model.columns.map((column) => ({ place: `columns.${column.name}`, column })),
    ...model.patterns.map(({ name, column }) => ({ place: `patterns.${String(name.pattern)}`, column })),
  ]
  for (const { place, column } of described) {
    const { options, rules, jsonSchema } = column
    if (jsonSchema) tell('parts', place, 'a schema of several kinds is not written: any value holds there')
    if (options.coerce) tell('coerce', `${place}.coerce`, 'that texts are read as values is not written')
    if (options.missing && options.missing.length > 0)
      tell('missing', `${place}.missing`, `that ${listed(options.missing)} mean no value is not written`)
    if (options.physicalType !== undefined)
      tell('physicalType', `${place}.physicalType`, `that it is stored as ${options.physicalType} is not written`)
    if (options.pii) tell('pii', `${place}.pii`, 'that its values are not to be shown is not written')
    if (rules.some(({ warns }) => warns)) tell('warnings', `${place}.warnings`, 'its warnings are errors there')
  }
  if (model.missing && model.missing.length > 0)
    tell('missing', 'missing', `that ${listed(model.missing)} mean no value is not written`)
  if (model.extra === 'strip') tell('strip', 'extra', 'other columns are let pass there, not left out')
  for (const { columns, severity, mostly } of model.unique) {
    if (severity === 'warn' || (mostly ?? 1) < 1) {
      tell('tolerance', `unique.${columns.join('+')}`, 'no two rows may have it there')
    }
  }
  for (const { columns, both, severity, mostly } of model.references) {
    const place = `references.${columns.join('+')}`
    if (both) tell('both', place, 'that each row there is referred to is not written')
    if (severity === 'warn' || (mostly ?? 1) < 1) tell('references', place, 'every row must refer to one there')
  }
}

/** A few values, as words. */
function listed(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(', ')
}
