import type { $ZodIssue } from 'zod/v4/core'

const SIGNS = { too_small: '>', too_big: '<' } as const

/**
 * The name that a report gives to the check that an issue comes from.
 *
 * @param absent whether there is no value
 */
export function checkOf(issue: $ZodIssue, absent: boolean): string {
  if (absent && issue.path.length === 0 && issue.code !== 'custom') return 'not_null'
  const place = issue.path.map((key) => (typeof key === 'number' ? '[]' : `.${String(key)}`)).join('')
  return `${place}${place === '' ? '' : ' '}${nameOf(issue)}`
}

function nameOf(issue: $ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
    case 'too_big': {
      // Beyond 2^53 − 1 a number is not whole for certain.
      if (issue.origin === 'int') return 'type'
      const limit = issue.code === 'too_small' ? issue.minimum : issue.maximum
      const sign = SIGNS[issue.code]
      if (issue.origin === 'string' || issue.origin === 'array' || issue.origin === 'set') {
        return `length ${issue.exact === true ? '=' : `${sign}=`} ${limit}`
      }
      return `${sign}${issue.inclusive === false ? '' : '='} ${issue.origin === 'date' ? timeOf(Number(limit)) : limit}`
    }
    case 'invalid_format':
      return issue.format === 'regex' ? `matches ${issue.pattern}` : `format ${issue.format}`
    case 'not_multiple_of':
      return `multiple_of ${issue.divisor}`
    default:
      return NAMES[issue.code] ?? issue.code
  }
}

function timeOf(milliseconds: number): string {
  const time = new Date(milliseconds)
  return Number.isNaN(time.getTime()) ? String(time) : time.toISOString()
}

const NAMES: Readonly<Record<string, string>> = {
  invalid_type: 'type',
  invalid_value: 'one_of',
  invalid_union: 'union',
  unrecognized_keys: 'keys',
  custom: 'refine',
}
