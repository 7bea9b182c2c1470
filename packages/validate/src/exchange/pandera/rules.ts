import type { ListedValue } from '../../listed-value.ts'
import type { ModelType, Rule, RuleValue } from '../model.ts'
import { Mistake } from '../mistake.ts'
import { pythonRule } from '../python/python-rule.ts'
import { listArgument, onlyArgument, type WrittenCheck } from './checks.ts'

/** A value as the type has it: times are written as texts, in UTC; true is 1 to Python, and false 0. */
export function valueOf(value: unknown, type: ModelType): RuleValue {
  if (type === 'datetime' && typeof value === 'string') {
    const date = new Date(/([zZ]|[+-]\d{2}:?\d{2})$/.test(value) ? value : `${value.replace(' ', 'T')}Z`)
    const day = new Date(`${value}T00:00:00Z`)
    const read = Number.isNaN(date.getTime()) ? day : date
    if (!Number.isNaN(read.getTime())) return read
  }
  if (typeof value === 'boolean' && (type === 'integer' || type === 'number')) return Number(value)
  if (type === 'boolean' && (value === 0 || value === 1)) return value === 1
  return value as RuleValue
}

/** The rules that a built-in check comes to; none for a check that is not built in. */
export function rulesOfCheck(check: WrittenCheck, type: ModelType): Rule[] {
  const { args } = check
  const bound = (rule: 'min' | 'max', value: unknown, exclusive: boolean): Rule => {
    const read = valueOf(value, type)
    if (isForeign(read, type)) throw new Mistake(`${JSON.stringify(value)} is no bound of ${type}s`)
    if (typeof read === 'boolean' || read === null || read === undefined) {
      throw new TypeError(`${JSON.stringify(value)} is no bound`)
    }
    return { rule, value: read, ...(exclusive ? { exclusive } : {}) }
  }
  const text = (name: string): string => {
    const value = onlyArgument(check, name)
    if (typeof value !== 'string') throw new TypeError(`${JSON.stringify(value)} is no text`)
    return value
  }
  switch (check.name) {
    case 'equal_to':
    case 'eq':
      return [{ rule: 'one_of', values: [valueOf(onlyArgument(check, 'value'), type)] }]
    case 'greater_than':
    case 'gt':
      return [bound('min', onlyArgument(check, 'min_value'), true)]
    case 'greater_than_or_equal_to':
    case 'ge':
      return [bound('min', onlyArgument(check, 'min_value'), false)]
    case 'less_than':
    case 'lt':
      return [bound('max', onlyArgument(check, 'max_value'), true)]
    case 'less_than_or_equal_to':
    case 'le':
      return [bound('max', onlyArgument(check, 'max_value'), false)]
    case 'in_range':
    case 'between':
      return [
        bound('min', args['min_value'], args['include_min'] === false),
        bound('max', args['max_value'], args['include_max'] === false),
      ]
    case 'isin':
      return [{ rule: 'one_of', values: listArgument(check, 'allowed_values').map((value) => valueOf(value, type)) }]
    case 'str_matches':
      return [pythonRule(text('pattern'), 'match')]
    case 'str_contains':
      return [pythonRule(text('pattern'), 'search')]
    case 'str_startswith':
      return [{ rule: 'starts_with', text: text('string') }]
    case 'str_endswith':
      return [{ rule: 'ends_with', text: text('string') }]
    case 'str_length': {
      const exact = args['exact_value'] ?? args['value']
      const [min, max] = [exact ?? args['min_value'], exact ?? args['max_value']].map((limit) =>
        typeof limit === 'number' ? limit : undefined,
      )
      return [{ rule: 'length', min, max }]
    }
    default:
      return []
  }
}

/** Whether numbers, or times, are compared with what is none. */
function isForeign(value: RuleValue, type: ModelType): boolean {
  if (type === 'integer' || type === 'number') return typeof value === 'string' || value instanceof Date
  return type === 'datetime' && (typeof value === 'string' || typeof value === 'number')
}

/** The values of a list, as the type has them. What YAML has besides is none. */
export function listedValues(values: readonly unknown[], type: ModelType): ListedValue[] {
  return values
    .map((value) => valueOf(value, type))
    .filter((value) => value instanceof Date || ['string', 'number', 'bigint', 'boolean'].includes(typeof value))
}
