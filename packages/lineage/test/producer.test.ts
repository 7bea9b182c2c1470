import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PRODUCER, VERSION } from '../src/producer.ts'

test('the producer names the version of this package', () => {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(manifest) as { version: string }
  expect(VERSION).toBe(version)
  expect(PRODUCER).toBe(`urn:dayshift:lineage:${version}`)
})
