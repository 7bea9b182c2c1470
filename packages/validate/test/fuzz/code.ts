/** What stands behind a value under judgement, as far as functions here use it. */
interface Context {
  readonly addIssue: (issue: string) => void
}

/** Functions of contracts by name, since JSON has none. None of them throws, whatever it is given. */
export const CODE: Readonly<Record<string, (...args: never[]) => unknown>> = {
  // Refinements.
  hasNoA: (value: unknown) => !String(value).includes('a'),
  isNotThree: (value: unknown) => value !== 3 && value !== 3n && value !== 'abc',
  isNotMinusZero: (value: unknown) => !Object.is(value, -0),
  isEven: (value: unknown) => Number(value) % 2 === 0,
  isShort: (value: unknown) => String(value).length < 4,
  isAscii: (value: unknown) => /^[\0-\x7f]*$/.test(String(value)),
  isWeekday: (value: unknown) => !(value instanceof Date) || value.getUTCDay() % 6 !== 0,
  saysTwice: (value: unknown, context: Context) => {
    if (String(value).length > 2) context.addIssue('longer than two')
    if (String(value).length > 3) context.addIssue('longer than three')
  },
  // Transforms.
  lengthOf: (value: unknown) => String(value).length,
  toNumber: (value: unknown) => Number(value),
  toText: (value: unknown) => `${String(value)}!`,
  invert: (value: unknown) => 1 / Number(value),
  trimmed: (value: unknown) => (typeof value === 'string' ? value.trim() : value),
  emptyIsNull: (value: unknown) => (value === '' || value === '-' ? null : value),
  same: (value: unknown) => value,
  doubled: (value: unknown) => (typeof value === 'string' ? value + value : value),
  // When a check runs, and what it says.
  always: () => true,
  never: () => false,
  notLong: ({ value }: { value: unknown }) => String(value).length < 3,
  words: ({ input }: { input?: unknown }) => `not so: ${typeof input}`,
  // Of whole rows.
  firstIsSet: (row: Record<string, unknown>) => Object.values(row)[0] !== undefined,
  allDiffer: (row: Record<string, unknown>) => {
    const values = Object.values(row).map(String)
    return new Set(values).size === values.length
  },
  fewMissing: (row: Record<string, unknown>, context: Context) => {
    const missing = Object.values(row).filter((value) => value === null || value === undefined).length
    if (missing > 0) context.addIssue('one is missing')
    if (missing > 1) context.addIssue('two are missing')
  },
}
