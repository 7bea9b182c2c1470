import { isNumeric, type Column, type Finding } from '@dayshift/core'

/** A column that only the current data has. */
export function newColumn({ name, type }: Column): Finding {
  return {
    severity: 'info',
    code: 'drift.column_new',
    column: name,
    message: `${name} (${type}) is new: the reference does not have it`,
    hint: 'Nothing to compare it with yet; it counts once the reference has it too.',
  }
}

/** A column that only the reference has: whatever reads it breaks. */
export function missingColumn({ name, type }: Column): Finding {
  return {
    severity: 'error',
    code: 'drift.column_missing',
    column: name,
    message: `${name} (${type}) is gone: the reference has it, the current data does not`,
    hint: 'Bring the column back, or take a reference without it.',
  }
}

/** A column whose types cannot be compared: whatever reads it breaks. */
export function typeChanged(old: Column, { name, type }: Column): Finding {
  return {
    severity: 'error',
    code: 'drift.type_changed',
    column: name,
    message: `${name} was ${old.type} and is ${type} now, so it cannot be compared`,
    hint:
      isNumeric(old) && type === 'string'
        ? 'Look for text among the numbers, such as a null marker that was not declared.'
        : 'Give the reference the same type, or cast one side.',
  }
}
