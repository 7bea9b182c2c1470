import { failure } from '../codes.ts'
import { withLock } from '../lock.ts'
import type { AlertRecord } from './state.ts'
import { readAlertState, writeAlertState } from './state-file.ts'

/**
 * Has nobody told that an alert fires until a time. That it is over is told all the same.
 *
 * @param key or its beginning, where no other alert has the same
 * @param until `undefined` ends it
 * @returns the alert
 * @throws DS_ALERT_UNKNOWN, and what {@link readAlertState} throws
 * @example await muteAlert('.dayshift/alerts.json', '3f2a', new Date('2026-12-01'))
 */
export function muteAlert(path: string, key: string, until: Date | undefined): Promise<AlertRecord> {
  return withLock(`${path}.lock`, async () => {
    const { state, isWhole } = await readAlertState(path)
    if (!isWhole)
      throw failure('DS_ALERT_STATE', `${path} is damaged`, {
        where: path,
        hint: 'dayshift alerts says how it is mended.',
      })
    const found = [...state].filter(([, record]) => key !== '' && record.key.startsWith(key))
    const [[place, record] = []] = found
    if (place === undefined || record === undefined || found.length > 1) {
      throw failure(
        'DS_ALERT_UNKNOWN',
        `${found.length === 0 ? 'no alert has' : `${found.length} alerts have`} the key ${key}`,
        {
          where: path,
        },
      )
    }
    const { mutedUntil: _, ...rest } = record
    const muted: AlertRecord = until === undefined ? rest : { ...rest, mutedUntil: until.toISOString() }
    await writeAlertState(path, new Map([...state, [place, muted]]))
    return muted
  })
}
