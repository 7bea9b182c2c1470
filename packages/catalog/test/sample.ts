import { fileDataset } from '@dayshift/core'
import type { CatalogEntry } from '../src/entry.ts'
import type { RegisterInput } from '../src/input.ts'

/** A registration as the tests use it; `over` replaces fields. */
export function weather(over: Partial<RegisterInput> = {}): RegisterInput {
  return {
    dataset: fileDataset('data/weather.csv', '/srv', 'csv'),
    name: 'weather',
    description: 'Hourly weather',
    schema: {
      columns: [
        { name: 'time', type: 'timestamp', nativeType: 'TIMESTAMP' },
        { name: 'temp', type: 'float', nativeType: 'DOUBLE' },
      ],
    },
    ...over,
  }
}

/** A line as the first catalogs had them. */
export function legacyLine(over: Partial<CatalogEntry> = {}): CatalogEntry {
  return {
    unique_id: '5f0c6c1e-6a0b-4f5e-9d0a-0f6f5a3f1b11',
    dataset_name: 'weather',
    description: 'Hourly weather',
    storage_path: 'data/weather.csv',
    owners: [],
    tags: {},
    revision: 1,
    ...over,
  }
}

export const stamp = { id: '11111111-1111-4111-8111-111111111111', at: '2026-11-23T08:00:00.000Z' }
