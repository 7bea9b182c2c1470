/** A change of unit: what was x is a·x + b now. */
export interface UnitChange {
  /** As it ends the sentence “values look …”. */
  readonly words: string
  readonly factor: number
  readonly shift: number
}

/** Factors between units that people mistake for one another, in one direction. */
const FACTORS: readonly (readonly [number, string, string])[] = [
  [10, 'multiplied by 10', 'divided by 10'],
  [100, 'multiplied by 100 (percent for shares, or cents for a currency)', 'divided by 100 (shares for percent)'],
  [1000, 'multiplied by 1000', 'divided by 1000'],
  [10_000, 'multiplied by 10 000', 'divided by 10 000'],
  [1e6, 'multiplied by a million', 'divided by a million'],
  [1e9, 'multiplied by 10⁹', 'divided by 10⁹'],
  [1024, 'multiplied by 1024', 'divided by 1024'],
  [1024 ** 2, 'multiplied by 1024²', 'divided by 1024²'],
  [60, 'multiplied by 60 (hours to minutes, or minutes to seconds)', 'divided by 60'],
  [3600, 'multiplied by 3600 (hours to seconds)', 'divided by 3600'],
  [24, 'multiplied by 24 (days to hours)', 'divided by 24'],
  [86_400, 'multiplied by 86 400 (days to seconds)', 'divided by 86 400'],
  [2.54, 'multiplied by 2.54 (inches to centimetres)', 'divided by 2.54 (centimetres to inches)'],
  [25.4, 'multiplied by 25.4 (inches to millimetres)', 'divided by 25.4 (millimetres to inches)'],
  [0.3048, 'multiplied by 0.3048 (feet to metres)', 'divided by 0.3048 (metres to feet)'],
  [1.609344, 'multiplied by 1.609 (miles to kilometres)', 'divided by 1.609 (kilometres to miles)'],
  [1.852, 'multiplied by 1.852 (nautical miles to kilometres)', 'divided by 1.852 (kilometres to nautical miles)'],
  [0.45359237, 'multiplied by 0.4536 (pounds to kilograms)', 'divided by 0.4536 (kilograms to pounds)'],
  [3.6, 'multiplied by 3.6 (m/s to km/h)', 'divided by 3.6 (km/h to m/s)'],
  [33.8638866667, 'multiplied by 33.86 (inHg to hPa)', 'divided by 33.86 (hPa to inHg)'],
  [Math.PI / 180, 'changed from degrees to radians', 'changed from radians to degrees'],
]

/** Units that differ by more than a factor. */
const AFFINE: readonly UnitChange[] = [
  { words: 'changed from °F to °C', factor: 5 / 9, shift: -160 / 9 },
  { words: 'changed from °C to °F', factor: 9 / 5, shift: 32 },
  { words: 'changed from °C to K', factor: 1, shift: 273.15 },
  { words: 'changed from K to °C', factor: 1, shift: -273.15 },
  { words: 'changed from °F to K', factor: 5 / 9, shift: 459.67 * (5 / 9) },
  { words: 'changed from K to °F', factor: 9 / 5, shift: -459.67 },
]

/** Every {@link UnitChange} that is looked for. */
export const UNIT_CHANGES: readonly UnitChange[] = [
  ...FACTORS.flatMap(([factor, up, down]) => [
    { words: up, factor, shift: 0 },
    { words: down, factor: 1 / factor, shift: 0 },
  ]),
  ...AFFINE,
  { words: 'of the opposite sign', factor: -1, shift: 0 },
]
