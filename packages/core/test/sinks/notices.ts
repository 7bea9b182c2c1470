import type { AlertNotice } from '../../src/alerts/alert.ts'

/** News of an alert, as a test needs it. */
export function notice(more: Partial<AlertNotice> = {}): AlertNotice {
  return {
    key: '0123456789abcdef',
    project: 'airports',
    dataset: 'weather',
    kind: 'freshness',
    code: 'freshness.stale',
    severity: 'error',
    uri: 'file:///srv/weather.csv',
    message: 'the newest data is 2d old',
    event: 'fire',
    startsAt: '2026-11-23T08:00:00.000Z',
    ...more,
  }
}
