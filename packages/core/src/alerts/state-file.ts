import { readdir, rename, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { writeAtomically } from '../atomic.ts'
import { failure } from '../codes.ts'
import { messageOf, systemCode } from '../errors.ts'
import { readTextFile } from '../text-file.ts'
import { keyOf } from './alert.ts'
import type { AlertRecord, AlertState } from './state.ts'

/** What the file says of itself. */
const FORMAT = 'dayshift-alerts'
const VERSION = 1

/** The state of alerts, as it was read. */
export interface ReadState {
  readonly state: AlertState
  /** Whether all of the file could be read. Of one that is torn, `state` has what could. */
  readonly isWhole: boolean
}

/**
 * Reads the state of alerts. Of a file that is torn, or is something else, all alerts that can be read are taken. The file stays as
 * it is.
 *
 * @param path usually `.dayshift/alerts.json`; a missing one is empty
 * @throws DS_ALERT_STATE where a newer dayshift wrote it, DS_SOURCE_UNREADABLE
 * @example const { state, isWhole } = await readAlertState('.dayshift/alerts.json')
 */
export async function readAlertState(path: string): Promise<ReadState> {
  let text: string
  try {
    text = await readTextFile(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { state: new Map(), isWhole: true }
    throw failure('DS_SOURCE_UNREADABLE', `cannot read ${path}: ${messageOf(error)}`, { where: path, cause: error })
  }
  return parse(text, path)
}

/** What is put after the name of a file that was put aside. */
const ASIDE = '.damaged-'

/**
 * Puts a file of alerts aside that could not be read whole: it is kept beside itself, as it was.
 *
 * @returns where it is
 * @throws DS_WRITE
 */
export async function setAside(path: string, now: Date): Promise<string> {
  const aside = `${path}${ASIDE}${now.toISOString().replaceAll(/[:.]/g, '-')}`
  await rename(path, aside).catch((error: unknown) => {
    throw failure('DS_WRITE', `cannot put ${path} aside: ${messageOf(error)}`, { where: path, cause: error })
  })
  return aside
}

/**
 * The files of alerts that were put aside and are still there, the oldest first.
 *
 * @param path of the file that is in use
 */
export async function filesSetAside(path: string): Promise<string[]> {
  const names = await readdir(dirname(path)).catch(() => [])
  return names
    .filter((name) => name.startsWith(`${basename(path)}${ASIDE}`))
    .sort()
    .map((name) => join(dirname(path), name))
}

/**
 * Writes the state of alerts, whole or not at all.
 *
 * @throws DS_WRITE
 */
export async function writeAlertState(path: string, state: AlertState): Promise<void> {
  const alerts = [...state.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
  const text = `${JSON.stringify({ format: FORMAT, version: VERSION, alerts }, null, 1)}\n`
  await writeAtomically(path, (temporary) => writeFile(temporary, text), { refusesPipes: true })
}

function parse(text: string, path: string): ReadState {
  const state = new Map<string, AlertRecord>()
  let file: { readonly format?: unknown; readonly version?: unknown; readonly alerts?: unknown } | null
  try {
    file = JSON.parse(text) as typeof file
  } catch {
    for (const alert of objectsWithin(text)) if (isRecord(alert)) add(state, alert)
    return { state, isWhole: false }
  }
  if (file?.format !== FORMAT || !Array.isArray(file.alerts)) return { state, isWhole: false }
  if (typeof file.version !== 'number' || file.version > VERSION) {
    throw failure(
      'DS_ALERT_STATE',
      `${path} is of version ${String(file.version)}, and ${VERSION} is all that is known here`,
      {
        where: path,
        hint: 'A newer dayshift wrote it: use that one.',
      },
    )
  }
  const alerts = file.alerts as readonly unknown[]
  for (const alert of alerts) if (isRecord(alert)) add(state, alert)
  return { state, isWhole: state.size === alerts.length }
}

/**
 * Adds an alert by the key that it would get now: what an older dayshift wrote down is known again. Of two that are one by now, the second
 * keeps its place, and is over once it is looked for and not found.
 */
function add(state: Map<string, AlertRecord>, record: AlertRecord): void {
  const key = keyOf(record)
  state.set(state.has(key) ? record.key : key, record)
}

/** The objects in the list of alerts of a text that is no JSON any more: those that are whole. */
function objectsWithin(text: string): unknown[] {
  const list = new RegExp(`"format": *"${FORMAT}"[^[{]*"version": *${VERSION}[^[{]*"alerts": *\\[`).exec(text)
  if (!list) return []
  const found: unknown[] = []
  let depth = 0
  let begun = 0
  for (const { 0: token, index } of text.slice(list[0].length + list.index).matchAll(/"(?:[^"\\]|\\.)*"|[{}]/gs)) {
    const at = index + list[0].length + list.index
    if (token === '{' && depth++ === 0) begun = at
    if (token !== '}' || --depth !== 0) continue
    try {
      found.push(JSON.parse(text.slice(begun, at + 1)))
    } catch {
      // What was torn within is lost.
    }
  }
  return found
}

const TEXTS = ['key', 'dataset', 'kind', 'code', 'severity', 'uri', 'message'] as const
const TIMES = ['goodSince', 'returnedAt', 'overAt', 'mutedUntil'] as const

function isRecord(value: unknown): value is AlertRecord {
  if (typeof value !== 'object' || value === null) return false
  const record = value as Readonly<Record<string, unknown>>
  const { state, since, bad, good, told } = record
  return (
    TEXTS.every((name) => typeof record[name] === 'string') &&
    ['project', 'column', 'hint'].every((name) => record[name] === undefined || typeof record[name] === 'string') &&
    ['pending', 'firing', 'over'].includes(String(state)) &&
    isTime(since) &&
    TIMES.every((name) => record[name] === undefined || isTime(record[name])) &&
    (state !== 'over' || isTime(record['overAt'])) &&
    Number.isInteger(bad) &&
    Number.isInteger(good) &&
    typeof told === 'object' &&
    told !== null &&
    Object.values(told).every(isTold)
  )
}

function isTold(value: unknown): boolean {
  const { since, at, over } = (value ?? {}) as Readonly<Record<string, unknown>>
  return isTime(since) && isTime(at) && typeof over === 'boolean'
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value))
}
