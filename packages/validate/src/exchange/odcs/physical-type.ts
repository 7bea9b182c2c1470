import type { ModelType } from '../model.ts'

/** Types of databases by what their values are. A length or precision behind them is let be. */
const PHYSICAL: readonly (readonly [name: RegExp, type: ModelType])[] = [
  [/^(tiny|small|medium|big)?int(eger)?\b/i, 'integer'],
  [/^u?int(2|4|8|16|32|64)\b|^(long|short|byte|(small|big)?serial)\b/i, 'integer'],
  [/^(decimal|numeric|number|float(32|64|4|8)?|double|real)\b/i, 'number'],
  [/^bool(ean)?\b/i, 'boolean'],
  [/^(date$|datetime|timestamp)/i, 'datetime'],
  [/^(n?(var)?char2?|n?text|string|character)\b/i, 'string'],
]

/** What the values of a column are that tells only how it is stored; nothing where that is not clear. */
export function typeOfPhysical(physicalType: string): ModelType | undefined {
  return PHYSICAL.find(([name]) => name.test(physicalType.trim()))?.[1]
}
