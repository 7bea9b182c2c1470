import { expect, test } from 'vitest'
import { humanSize } from '../src/render/human-size.ts'

// Answers of DVC 3.67.1 (dvc.utils.humanize.naturalsize).
test.each([
  [0, '0'],
  [1023, '1023'],
  [1024, '1.00k'],
  [1152, '1.12k'],
  [10_235, '10.0k'],
  [102_348, '99.9k'],
  [102_400, '100k'],
  [1_023_487, '999k'],
  [1_023_488, '0.98M'],
  [2_294_215, '2.19M'],
  [5e15, '4.44P'],
])('%d bytes are %s', (bytes, told) => {
  expect(humanSize(bytes)).toBe(told)
})
