import type { ContractModel } from './model.ts'
import type { Notes } from './notes.ts'

/** What only some formats have words for. */
export type Feature = 'coerce' | 'missing' | 'physicalType' | 'pii' | 'strip' | 'tolerance' | 'warnings'

/**
 * Tells what of a contract a format has no word for, beyond what it tells itself.
 *
 * @param said the features that the format has, or that its writer tells of
 */
export function tellUnsaid(model: ContractModel, said: readonly Feature[], notes: Notes): void {
  const tell = (feature: Feature, place: string, message: string): void => {
    if (!said.includes(feature)) notes.add(place, message)
  }
  for (const { name, options, rules } of model.columns) {
    const place = `columns.${name}`
    if (options.coerce) tell('coerce', `${place}.coerce`, 'that texts are read as values is not written')
    if (options.missing && options.missing.length > 0) tell('missing', `${place}.missing`, 'markers are not written')
    if (options.physicalType !== undefined) tell('physicalType', `${place}.physicalType`, 'is not written')
    if (options.pii) tell('pii', `${place}.pii`, 'that its values are not to be shown is not written')
    if (rules.some(({ warns }) => warns)) tell('warnings', `${place}.warnings`, 'its warnings are errors there')
  }
  if (model.missing && model.missing.length > 0) tell('missing', 'missing', 'markers are not written')
  if (model.extra === 'strip') tell('strip', 'extra', 'other columns are let pass there, not left out')
  for (const { columns, severity, mostly } of model.unique) {
    if (severity === 'warn' || (mostly ?? 1) < 1) {
      tell('tolerance', `unique.${columns.join('+')}`, 'no two rows may have it there')
    }
  }
}
