import { ident, raw } from '@dayshift/core'
import { z } from 'zod'
import { rulesOf } from '../checks/rules.ts'
import { column, type ColumnDefinition, type ColumnOptions } from '../column.ts'
import { defineContract, type Contract, type ContractDefinition } from '../contract.ts'
import type { RowCheck } from '../table-check.ts'
import { isSaid, schemaOf, takesAnything } from './calls.ts'
import { mayBeMissing, type ColumnModel, type ContractModel } from './model.ts'
import { sqlOfRule } from './sql-rules.ts'

/** The contract that a model describes. */
export function contractOf(model: ContractModel): Contract {
  const { name, description, extra, ordered, missing, unique, references, rows, notes } = model
  const columns = Object.fromEntries(model.columns.map((one) => [one.name, definitionOf(one)]))
  const definition: ContractDefinition = {
    name,
    description,
    // Nothing to say of any column is meant so in a file.
    columns: model.columns.length === 0 ? z.object({}) : columns,
    patterns: model.patterns.map((one) => ({
      name: one.name.pattern,
      column: definitionOf(one.column),
      required: one.required,
    })),
    extra,
    ordered,
    missing,
    unique,
    references,
    rows,
    checks: allChecks(model),
    notes,
  }
  return defineContract(definition)
}

function definitionOf(model: ColumnModel): ColumnDefinition {
  return column(schemaOf(model), optionsOf(model))
}

/** The options of a column, with the names of the checks whose failures are warnings. */
export function optionsOf(model: ColumnModel): ColumnOptions {
  const warnings = model.rules.flatMap((rule) => {
    if (!rule.warns || !isSaid(model, rule)) return []
    const alone: ColumnModel = { ...model, rules: [rule], nullable: true, optional: 'no', fallback: undefined }
    return rulesOf(model.name, schemaOf(alone)).checks.filter((check) => check !== 'type')
  })
  return warnings.length === 0 ? model.options : { ...model.options, warnings }
}

/** The checks of a model's table, and those of columns that Zod has no word for. */
export function allChecks({ columns, checks }: ContractModel): ContractModel['checks'] {
  return [...columns.flatMap(sqlRules), ...checks]
}

/** What of a column's rules SQL has to say. */
function sqlRules(model: ColumnModel): RowCheck[] {
  const { severity, mostly } = model.options
  const listed = model.rules.find(({ rule }) => rule === 'one_of')
  if (!mayBeMissing(model) && takesAnything(model, listed)) {
    return [{ that: raw(`${ident(model.name).text} IS NOT NULL`), name: `${model.name}: not_null`, severity, mostly }]
  }
  return model.rules.flatMap((rule) => {
    const that = isSaid(model, rule) ? undefined : sqlOfRule(model, rule)
    if (that === undefined) return []
    return [{ that, severity: rule.warns ? 'warn' : severity, mostly }]
  })
}
