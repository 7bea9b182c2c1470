// The rows that benchmarks read: 8 columns, the same bytes on every machine, as CSV and as Parquet made of it.
// node bench/rows.mjs ROWS [--folder FOLDER] [--quoted] [--bad PERCENT]
import { createHash } from 'node:crypto'
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const HEADER = 'id,email,country,amount,quantity,ordered,updated,note\n'
// NA is Namibia: a word, not a missing value.
const COUNTRIES = ['DE', 'FR', 'US', 'GB', 'IT', 'ES', 'NL', 'PL', 'NA', 'SE']
const FIRST_DAY = Date.UTC(2020, 8, 13)
const DAYS = 1730
const DAY = 86_400_000
/** Days that an update may come after the order. */
const DELAY = 30
const EMPTY_NOTES = 0.05
const QUOTED_NOTES = 0.01

/** What a bad row has one of, besides a few of `AGAIN`. All else in it is as it was. */
const BREAKS = [
  'id below 1',
  'email without @',
  'unknown country',
  'amount below 0',
  'amount above 10 000',
  'no quantity',
  'updated before ordered',
  'note begins otherwise',
]
/** One of so many bad rows has the id of the row before instead. */
const AGAIN = 1000

const BUFFER = 4 << 20
/** More than any line has. */
const LINE = 256

/** Where the benchmarks' files are, unless told otherwise. */
export const FOLDER = join(tmpdir(), 'dayshift-bench')

/**
 * The files of so many rows, and their sizes where they are there, complete, and made by this very file.
 *
 * @param {number} rows
 * @param {{ folder?: string, quoted?: boolean, bad?: number }} options `bad`: percent of the rows that have a bad cell
 */
export function rowFiles(rows, { folder = FOLDER, quoted = false, bad = 0 } = {}) {
  const stem = join(folder, `rows-${rows}${quoted ? '-quoted' : ''}${bad > 0 ? `-bad${bad}` : ''}`)
  const files = { csv: `${stem}.csv`, parquet: `${stem}.parquet`, made: `${stem}.json` }
  try {
    const made = JSON.parse(readFileSync(files.made, 'utf8'))
    const whole =
      made.generator === generator() &&
      statSync(files.csv).size === made.csv &&
      statSync(files.parquet).size === made.parquet
    return whole ? { ...files, bytes: { csv: made.csv, parquet: made.parquet } } : files
  } catch {
    return files
  }
}

/** Makes the files of so many rows, where they are not there yet. */
async function makeRows(rows, options) {
  const files = rowFiles(rows, options)
  if (files.bytes) return files
  mkdirSync(options.folder, { recursive: true })
  rmSync(files.made, { force: true })
  const part = `${files.csv}.part`
  writeCsv(rows, part, options)
  renameSync(part, files.csv)
  const { open } = await import(new URL('../packages/core/dist/index.js', import.meta.url).href)
  await (await open(files.csv)).write(files.parquet)
  const made = { generator: generator(), csv: statSync(files.csv).size, parquet: statSync(files.parquet).size }
  writeFileSync(files.made, `${JSON.stringify(made)}\n`)
  return rowFiles(rows, options)
}

/** Tells files of another version of this generator. */
function generator() {
  return createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .digest('hex')
    .slice(0, 16)
}

function writeCsv(rows, path, { quoted, bad }) {
  const file = openSync(path, 'w')
  const buffer = Buffer.allocUnsafe(BUFFER)
  const countries = COUNTRIES.map(text)
  const days = Array.from({ length: DAYS + DELAY }, (_, day) =>
    text(new Date(FIRST_DAY + day * DAY).toISOString().slice(0, 10)),
  )
  const user = text('user')
  const host = text('@example.com,')
  const hostAlone = text('.example.com,')
  const unknown = text('XX')
  const noteOpens = text('"n')
  const noteEnds = [', call first"', ' says ""soon"""', '\nsecond line"'].map(text)
  let at = buffer.write(HEADER, 'latin1')

  const below = numbersBelow(123_456_789)
  // Of its own, so that all that is not bad stays as it is.
  const belowToo = numbersBelow(987_654_321)
  const put = (bytes) => {
    for (let from = 0; from < bytes.length; from++) buffer[at++] = bytes[from]
  }
  const byte = (code) => {
    buffer[at++] = code
  }
  const number = (value) => {
    let digits = 1
    for (let power = 10; power <= value; power *= 10) digits++
    let rest = value
    for (let place = at + digits - 1; place >= at; place--) {
      const next = Math.floor(rest / 10)
      buffer[place] = 48 + rest - next * 10
      rest = next
    }
    at += digits
  }
  const pair = (value) => {
    buffer[at++] = 48 + Math.floor(value / 10)
    buffer[at++] = 48 + (value % 10)
  }

  for (let id = 1; id <= rows; id++) {
    const isBad = bad > 0 && belowToo(100) < bad
    const again = isBad && belowToo(AGAIN) === 0
    const breaks = isBad && !again ? BREAKS[belowToo(BREAKS.length)] : undefined
    if (breaks === 'id below 1') byte(45)
    number(again && id > 1 ? id - 1 : id)
    byte(44)
    put(user)
    number(below(1_000_000))
    put(breaks === 'email without @' ? hostAlone : host)
    const country = below(COUNTRIES.length)
    put(breaks === 'unknown country' ? unknown : countries[country])
    byte(44)
    const cents = below(100_000)
    if (breaks === 'amount below 0') byte(45)
    number(Math.floor(cents / 100) + (breaks === 'amount above 10 000' ? 10_001 : 0))
    byte(46)
    pair(cents % 100)
    byte(44)
    const quantity = below(20)
    if (breaks !== 'no quantity') number(quantity)
    byte(44)
    const ordered = below(DAYS)
    put(days[breaks === 'updated before ordered' ? ordered + DELAY : ordered])
    byte(44)
    put(days[ordered + below(DELAY)])
    byte(32)
    const second = below(86_400)
    pair(Math.floor(second / 3600))
    byte(58)
    pair(Math.floor(second / 60) % 60)
    byte(58)
    pair(second % 60)
    byte(44)
    const kind = below(1_000_000) / 1_000_000
    const note = below(100_000)
    if (breaks === 'note begins otherwise') {
      byte(120)
      number(note)
    } else if (quoted && kind > 1 - QUOTED_NOTES) {
      put(noteOpens)
      number(note)
      put(noteEnds[note % noteEnds.length])
    } else if (kind >= EMPTY_NOTES) {
      byte(110)
      number(note)
    }
    byte(10)
    if (at > BUFFER - LINE) {
      writeSync(file, buffer, 0, at)
      at = 0
    }
  }
  writeSync(file, buffer, 0, at)
  closeSync(file)
}

/** Marsaglia's xorshift32. */
function numbersBelow(seed) {
  let state = seed
  return (limit) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return Math.floor(((state >>> 0) / 2 ** 32) * limit)
  }
}

function text(words) {
  return new Uint8Array(Buffer.from(words, 'latin1'))
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`
}

if (process.argv[1] === import.meta.filename) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      folder: { type: 'string', default: FOLDER },
      quoted: { type: 'boolean', default: false },
      bad: { type: 'string', default: '0' },
    },
  })
  const rows = Number(positionals[0])
  if (!Number.isSafeInteger(rows) || rows < 1) throw new Error('say how many rows: node bench/rows.mjs 10000000')
  const began = performance.now()
  const { csv, parquet, bytes } = await makeRows(rows, {
    ...values,
    folder: resolve(values.folder),
    bad: Number(values.bad),
  })
  console.log(`${csv}  ${megabytes(bytes.csv)}\n${parquet}  ${megabytes(bytes.parquet)}`)
  console.log(`ready in ${((performance.now() - began) / 1000).toFixed(1)} s`)
}
