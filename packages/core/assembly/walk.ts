// AssemblyScript: the walk over the bytes of a text table, 64 at a time. `node scripts/assembly.mjs` compiles it to
// src/text/walk-program.ts; src/text/walk.ts says what it is for.

const LF: u8 = 0x0a
const CR: u8 = 0x0d
const SPACE: u8 = 0x20
const MINUS: u8 = 0x2d
const POINT: u8 = 0x2e
const ZERO: u8 = 0x30

/** What a walk cannot tell. As `PROBLEMS` in walk.ts. */
const MIXED_ENDS: i32 = 1
const OTHER_COUNT: i32 = 2
const STRANGE: i32 = 3

// How records are parted.
export let quote: u8 = 0x22
export let delimiter: u8 = 0x2c
export let columns: i32 = 0
/** Where each column's kind of cell stands, a byte each: as `KINDS` in walk.ts. */
export let kinds: usize = 0
/** Where each column's form stands, as cell-form.ts writes them; 0 where cells have none to have. */
export let forms: usize = 0
/** Room for the forms of a record's empty cells, 4 bytes each. */
export let empties: usize = 0

/** Columns of which runs of whole numbers are told, and where the run that each is in stands: see `RUN`. */
export let keyed: i32 = 0
export let open: usize = 0
/** Where runs are put that have ended: five doubles each, [column, first, last, row, rows]. */
export let runs: usize = 0
export let runsEnd: usize = 0
export let runsFull: usize = 0

// Which records are told: those whose rank is not above the highest.
export let picking: bool = false
export let firstKey: u32 = 0
export let secondKey: u32 = 0
export let highest: u32 = 0

// Where what was found is put, four numbers of 32 bits each: [start, end, rank, row] of a record, [column, start, end, row] of
// a cell, with bits beside its column that say what it has not: the kind, the form.
export let picks: usize = 0
export let picksEnd: usize = 0
export let picksFull: usize = 0
export let odds: usize = 0
export let oddsEnd: usize = 0
export let oddsFull: usize = 0

// What was found.
export let problem: i32 = 0
/** −1: not known yet, 0: LF, 1: CRLF. */
export let crlf: i32 = -1
/** Whether a record had a line end in quotes. */
export let breaks: bool = false
/** Whether there were empty lines. */
export let blanks: bool = false
/** Whether spaces stood before a quote that opens. */
export let spaced: bool = false
let row: u64 = 0

/** Bytes of what was found. */
const FOUND: usize = 16
const NOT_THE_KIND: u32 = 1 << 30
const NOT_THE_FORM: u32 = 1 << 31

export function rows(): f64 {
  return <f64>row
}

export function startRows(before: f64): void {
  row = <u64>before
}

// Where the walk stands with quotes, at the start of a block.
let inside: bool = false
let justClosed: bool = false
let afterCr: u64 = 0

function restart(): void {
  inside = false
  justClosed = false
  afterCr = 0
  picksEnd = picks
  oddsEnd = odds
  runsEnd = runs
  forgetNumbers()
}

// A run that is open, and the number that the record at hand has: as in cell-form.ts.
const RUN: usize = 56
const RUN_FIRST: usize = 8
const RUN_LAST: usize = 16
const RUN_ROW: usize = 24
const RUN_ROWS: usize = 32
const RUN_STEP: usize = 40
const RUN_NUMBER: usize = 48
/** Bytes of it that are told. */
const RUN_TOLD: usize = 40

@inline
function forgetNumbers(): void {
  for (let at = open, left = keyed; left > 0; left--, at += RUN) store<f64>(at, f64.NaN, RUN_NUMBER)
}

/** Takes the numbers of a record that is complete: a run goes on from row to row while they ascend by the same. */
@inline
function takeNumbers(): void {
  for (let at = open, left = keyed; left > 0; left--, at += RUN) {
    const number = load<f64>(at, RUN_NUMBER)
    if (number != number) continue
    store<f64>(at, f64.NaN, RUN_NUMBER)
    const rows = load<f64>(at, RUN_ROWS)
    const step = number - load<f64>(at, RUN_LAST)
    if (rows > 0 && step > 0 && load<f64>(at, RUN_ROW) + rows == <f64>row) {
      if (rows == 1 || step == load<f64>(at, RUN_STEP)) {
        store<f64>(at, step, RUN_STEP)
        store<f64>(at, number, RUN_LAST)
        store<f64>(at, rows + 1, RUN_ROWS)
        continue
      }
    }
    if (rows > 0) {
      memory.copy(runsEnd, at, RUN_TOLD)
      runsEnd += RUN_TOLD
    }
    store<f64>(at, number, RUN_FIRST)
    store<f64>(at, number, RUN_LAST)
    store<f64>(at, <f64>row, RUN_ROW)
    store<f64>(at, 1, RUN_ROWS)
  }
}

/** The places of a byte among 64. */
@inline
function placesOf(byte: v128, a: v128, b: v128, c: v128, d: v128): u64 {
  return (
    <u64>(<u32>i8x16.bitmask(i8x16.eq(a, byte))) |
    ((<u64>(<u32>i8x16.bitmask(i8x16.eq(b, byte)))) << 16) |
    ((<u64>(<u32>i8x16.bitmask(i8x16.eq(c, byte)))) << 32) |
    ((<u64>(<u32>i8x16.bitmask(i8x16.eq(d, byte)))) << 48)
  )
}

/** Whether a byte is among 64: sooner told than its places. */
@inline
function isAmong(byte: v128, a: v128, b: v128, c: v128, d: v128): bool {
  return v128.any_true(
    v128.or(
      v128.or(i8x16.eq(a, byte), i8x16.eq(b, byte)),
      v128.or(i8x16.eq(c, byte), i8x16.eq(d, byte)),
    ),
  )
}

/** From each odd bit up to the next even one, that one left out. */
@inline
function between(bits: u64): u64 {
  let x = bits
  x ^= x << 1
  x ^= x << 2
  x ^= x << 4
  x ^= x << 8
  x ^= x << 16
  return x ^ (x << 32)
}

/**
 * The bytes of a block that lie within quotes. Where each quote that opens stands at the start of a cell or behind one
 * that closed, quotes open and close in turn; else they are looked at one by one.
 *
 * @param quotes their places
 * @param ends places of delimiters and line ends
 * @param start of the record that the block begins with
 */
function quoted(at: usize, quotes: u64, ends: u64, start: usize): u64 {
  if (quotes == 0 && !inside) {
    justClosed = false
    return 0
  }
  const region = between(quotes) ^ (inside ? ~(<u64>0) : 0)
  const opening = quotes & region
  const before = load<u8>(at - 1)
  const mayOpen: u64 = at <= start || before == delimiter || before == LF || justClosed ? 1 : 0
  if ((opening & ~(((ends | quotes) << 1) | mayOpen)) != 0) return quotedOneByOne(at, start)
  inside = region >> 63 != 0
  justClosed = (quotes & ~region) >> 63 != 0
  return region
}

function quotedOneByOne(at: usize, recordStart: usize): u64 {
  let region: u64 = 0
  let open = inside
  let closed = justClosed
  let before = at - 1
  while (before >= recordStart && load<u8>(before) == SPACE) before--
  let may = !closed && (before < recordStart || load<u8>(before) == delimiter)
  for (let place = 0; place < 64; place++) {
    const byte = load<u8>(at + place)
    if (byte == quote) {
      if (open) {
        open = false
        closed = true
        may = false
        continue
      }
      open = may || closed
      if (open && !closed && at + place > recordStart && load<u8>(at + place - 1) == SPACE) spaced = true
      may = false
      closed = false
    } else if (!open) {
      closed = false
      if (byte == delimiter || byte == LF) may = true
      else if (byte != SPACE) may = false
    }
    if (open) region |= (<u64>1) << place
  }
  inside = open
  justClosed = closed
  return region
}

/** MurmurHash3's finalizer twice, each behind a key: as `rankOf` in sampling/rank.ts. */
@inline
function rankOf(number: u64): u32 {
  return mix(mix(<u32>number ^ firstKey) ^ (secondKey + <u32>(number >> 32) * 0x9e3779b1))
}

@inline
function mix(value: u32): u32 {
  let x = value
  x = (x ^ (x >>> 16)) * 0x85ebca6b
  x = (x ^ (x >>> 13)) * 0xc2b2ae35
  return x ^ (x >>> 16)
}

/** Counts a record, and tells it where it is picked. */
@inline
function count(start: usize, end: usize): void {
  row++
  if (!picking) return
  const rank = rankOf(row)
  if (rank > highest) return
  store<u32>(picksEnd, <u32>start)
  store<u32>(picksEnd, <u32>end, 4)
  store<u32>(picksEnd, rank, 8)
  store<u32>(picksEnd, <u32>row, 12)
  picksEnd += FOUND
}

/** @returns whether a line ends as those before it */
@inline
function endsAlike(cr: bool): bool {
  if (crlf < 0) crlf = cr ? 1 : 0
  return crlf == (cr ? 1 : 0)
}

/**
 * Walks the records within bytes, behind which 64 more may be read. Empty lines are no records. What stands within a record
 * is not judged: as many cells as it may have, text behind a quote.
 *
 * @returns where the first record begins that is not complete, or that the picks have no more room for
 */
export function walkRecords(from: usize, to: usize): usize {
  const quotes = i8x16.splat(quote)
  const lines = i8x16.splat(LF)
  const delimiters = i8x16.splat(delimiter)
  let start = from
  restart()
  for (let at = from; at < to; at += 64) {
    const a = v128.load(at)
    const b = v128.load(at, 16)
    const c = v128.load(at, 32)
    const d = v128.load(at, 48)
    let ends = placesOf(lines, a, b, c, d)
    if (inside || isAmong(quotes, a, b, c, d)) {
      const marks = placesOf(quotes, a, b, c, d)
      const region = quoted(at, marks, ends | placesOf(delimiters, a, b, c, d), start)
      if ((ends & region) != 0) breaks = true
      ends &= ~region
    } else justClosed = false
    while (ends != 0) {
      const end = at + <usize>ctz(ends)
      ends &= ends - 1
      if (end >= to) return start
      const cr = end > start && load<u8>(end - 1) == CR
      if (end - start > <usize>cr) {
        if (!endsAlike(cr)) {
          problem = MIXED_ENDS
          return start
        }
        count(start, end + 1)
      }
      start = end + 1
      if (picksEnd >= picksFull) return start
    }
  }
  return start
}

/**
 * Does the same, and looks at each cell: those are told that do not surely have the kind, or the form, of their column. Gives up where
 * a record has other than so many cells, or something else that a parser should judge.
 */
export function walkCells(from: usize, to: usize): usize {
  const quotes = i8x16.splat(quote)
  const lines = i8x16.splat(LF)
  const delimiters = i8x16.splat(delimiter)
  const returns = i8x16.splat(CR)
  const last = columns - 1
  let start = from
  let cell = from
  let column = 0
  let emptiesEnd = empties
  restart()
  let oddsBefore = oddsEnd
  for (let at = from; at < to; at += 64) {
    const a = v128.load(at)
    const b = v128.load(at, 16)
    const c = v128.load(at, 32)
    const d = v128.load(at, 48)
    const newlines = placesOf(lines, a, b, c, d)
    const marks: u64 = isAmong(quotes, a, b, c, d) ? placesOf(quotes, a, b, c, d) : 0
    let carriages: u64 = isAmong(returns, a, b, c, d) ? placesOf(returns, a, b, c, d) : 0
    let ends = newlines | placesOf(delimiters, a, b, c, d)
    if (marks != 0 || carriages != 0 || inside || justClosed || afterCr != 0) {
      const known = to - at < 64 ? ((<u64>1) << (to - at)) - 1 : ~(<u64>0)
      const wasClosed: u64 = justClosed ? 1 : 0
      const region = quoted(at, marks, ends, start)
      const closing = marks & ~region
      if ((newlines & region) != 0) breaks = true
      ends &= ~region
      carriages &= ~region
      // Behind a quote that closes a cell ends, and behind a carriage return a line.
      const behindQuote = (closing << 1) | wasClosed
      const behindCr = (carriages << 1) | afterCr
      if (((behindQuote & ~(ends | marks | carriages)) | (behindCr & ~newlines)) & known) problem = STRANGE
      afterCr = carriages >> 63
    }
    if (problem != 0) return start
    while (ends != 0) {
      const place = ctz(ends)
      const end = at + <usize>place
      ends &= ends - 1
      if (end >= to) {
        // The record is walked again when all of it is there.
        oddsEnd = oddsBefore
        return start
      }
      const isEnd = ((newlines >> place) & 1) != 0
      const cr = isEnd && end > start && load<u8>(end - 1) == CR
      const stop = end - <usize>cr
      if (isEnd && !endsAlike(cr)) {
        problem = MIXED_ENDS
        return start
      }
      if (isEnd && stop == start) {
        blanks = true
        start = cell = end + 1
        continue
      }
      if (isEnd != (column == last)) {
        problem = OTHER_COUNT
        return start
      }
      if (stop != cell) {
        const kind = load<u8>(kinds + column)
        let odd: u32 = kind != 0 && !fits(kind, cell, stop) ? NOT_THE_KIND : 0
        if (forms != 0 && !isFormed(forms + <usize>column * FORM, cell, stop)) odd |= NOT_THE_FORM
        if (odd != 0) tellCell(odd | <u32>column, cell, stop)
      } else if (forms != 0) {
        const form = forms + <usize>column * FORM
        if (load<u8>(form, TELLS_EMPTY) != 0) tellCell(NOT_THE_FORM | <u32>column, cell, stop)
        else {
          store<u32>(emptiesEnd, <u32>form)
          emptiesEnd += 4
        }
      }
      column++
      cell = end + 1
      if (!isEnd) continue
      count(start, end + 1)
      if (keyed > 0) takeNumbers()
      while (emptiesEnd > empties) {
        emptiesEnd -= 4
        const form: usize = load<u32>(emptiesEnd)
        store<u32>(form, load<u32>(form, EMPTY) + 1, EMPTY)
      }
      oddsBefore = oddsEnd
      start = end + 1
      column = 0
      if (picksEnd >= picksFull || oddsEnd >= oddsFull || runsEnd >= runsFull) return start
    }
  }
  oddsEnd = oddsBefore
  return start
}

/** Tells a cell of the record that is walked. */
@inline
function tellCell(what: u32, cell: usize, stop: usize): void {
  store<u32>(oddsEnd, what)
  store<u32>(oddsEnd, <u32>cell, 4)
  store<u32>(oddsEnd, <u32>stop, 8)
  store<u32>(oddsEnd, <u32>(row + 1), 12)
  oddsEnd += FOUND
}

/** Whether a cell surely has a kind; where it does not, somebody else must look at it. Cells are not empty. */
@inline
function fits(kind: u8, at: usize, end: usize): bool {
  switch (kind) {
    case 1:
      return isWhole(at, end)
    case 2:
      return isNumber(at, end)
    case 3:
      return end - at == 10 && isDate(at)
    case 4:
      return isInstant(at, end)
    case 5:
      return isZoned(at, end)
    case 6:
      return isClock(at, end)
    case 7:
      return isBoolean(at, end)
    case 8:
      return isNoMarker(at)
    default:
      return false
  }
}

// What is written of a form, and where: as in cell-form.ts.
const FORM: usize = 64
const UNSEEN: u8 = 4
const KIND: usize = 1
const INTEGER: usize = 2
const TELLS_EMPTY: usize = 3
const CLASSES: usize = 4
const TABLE: usize = 8
const START: usize = 12
const ACCEPTING: usize = 16
const EMPTY: usize = 20
const MIN: usize = 24
const MAX: usize = 32
const LEAST: usize = 40
const MOST: usize = 48
const LONGEST: usize = 56
/** In the place of what numbers do not have. */
const UNORDERED: usize = 4
/** The run that is open, where runs are told. */
const OPEN: usize = 8
/** The row of the largest number, its lower 32 bits. */
const MOST_ROW: usize = 60

/** Whether a cell surely has a form, quotes around it taken off. Cells are not empty. */
@inline
function isFormed(form: usize, cell: usize, stop: usize): bool {
  if (load<u8>(form) == UNSEEN) return true
  let at = cell
  let end = stop
  if (load<u8>(at) == quote) {
    at++
    end--
    if (end <= at || load<u8>(end) != quote) return false
  }
  if (end - at > <usize>load<u32>(form, LONGEST)) return false
  switch (load<u8>(form)) {
    case 1:
      return isAccepted(form, at, end)
    case 2:
      return isBetween(form, at, end)
    case 3:
      return fits(load<u8>(form, KIND), at, end)
    default:
      return true
  }
}

/** Runs a text through an automaton, whose states are the places of their rows in the table. */
@inline
function isAccepted(form: usize, at: usize, end: usize): bool {
  const classes: usize = load<u32>(form, CLASSES)
  const table: usize = load<u32>(form, TABLE)
  let state: usize = load<u32>(form, START)
  for (let place = at; place < end; place++) {
    const kind: usize = load<u8>(classes + <usize>load<u8>(place))
    state = load<u16>(table + state + (kind << 1))
  }
  return <u32>state >= load<u32>(form, ACCEPTING)
}

/** 10 ** 0 to 10 ** 15, which are exact. */
const POWERS: usize = memory.data<f64>([1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15])

/** Up to 18 digits, or 15 with a point: numbers that come out rounded as they should be. */
@inline
function isBetween(form: usize, at: usize, end: usize): bool {
  const begin = at + <usize>(load<u8>(at) == MINUS)
  if (end - begin - 1 > 17) return false
  let digits: u64 = 0
  let point: usize = 0
  for (let place = begin; place < end; place++) {
    const digit = load<u8>(place) - ZERO
    if (digit <= 9) digits = digits * 10 + digit
    else if (digit == POINT - ZERO && point == 0) point = place
    else return false
  }
  let value = <f64>digits
  if (point != 0) {
    if (end - begin > 16 || end - begin == 1) return false
    value /= load<f64>(POWERS + ((end - point - 1) << 3))
  }
  if (begin != at) value = -value
  if (!(value >= load<f64>(form, MIN) && value <= load<f64>(form, MAX))) return false
  if (load<u8>(form, INTEGER) != 0) {
    if (value != trunc(value)) return false
    const whole = <i64>value
    if (whole < load<i64>(form, LEAST)) store<i64>(form, whole, LEAST)
    const most = load<i64>(form, MOST)
    const number = <u32>(row + 1)
    if (whole > most) {
      store<i64>(form, whole, MOST)
      store<u32>(form, number, MOST_ROW)
    } else if (whole < most || load<u32>(form, MOST_ROW) != number) store<u8>(form, 1, UNORDERED)
    const run: usize = load<u32>(form, OPEN)
    // A whole number has no sign where it is 0.
    if (run != 0) store<f64>(run, <f64>whole, RUN_NUMBER)
  }
  return true
}

/** The places of digits among 16 bytes. */
@inline
function digits(at: usize): u32 {
  return <u32>i8x16.bitmask(i8x16.lt_u(i8x16.sub(v128.load(at), i8x16.splat(ZERO)), i8x16.splat(10)))
}

@inline
function areDigits(at: usize, length: u32): bool {
  const all: u32 = ((<u32>1) << length) - 1
  return (digits(at) & all) == all
}

/** Up to 18 digits, without zeros before them. */
@inline
function isWhole(at: usize, end: usize): bool {
  const signed = load<u8>(at) == MINUS
  const begin = at + <usize>signed
  const length = <u32>(end - begin)
  if (length - 1 > 17) return false
  if (load<u8>(begin) == ZERO) return length == 1 && !signed
  return length <= 16 ? areDigits(begin, length) : areDigits(begin, 16) && areDigits(begin + 16, length - 16)
}

/** Up to 31 digits and points: of points one at most, with one digit to 15 before it. */
@inline
function isNumber(at: usize, end: usize): bool {
  const begin = at + <usize>(load<u8>(at) == MINUS)
  const length = <u32>(end - begin)
  if (length - 1 > 30) return false
  const found = length <= 16 ? digits(begin) : digits(begin) | (digits(begin + 16) << 16)
  const all: u32 = ((<u32>1) << length) - 1
  const others = ~found & all
  const whole = others == 0 ? length : ctz(others)
  if (whole - 1 > 14 || (whole > 1 && load<u8>(begin) == ZERO)) return false
  return others == 0 || ((others & (others - 1)) == 0 && load<u8>(begin + whole) == POINT)
}

/** `2024-02-29`: a day that was, of the years from 1 to 9999. Eight bytes at once; a digit less its zero is below 10. */
@inline
function isDate(at: usize): bool {
  const front = load<u64>(at) ^ 0x2d30302d30303030
  const back = load<u16>(at, 8) ^ 0x3030
  if (((front + 0x7f76767f76767676) | front) & 0x8080808080808080) return false
  if (((<u32>back + 0x7676) | <u32>back) & 0x8080) return false
  const month = (<u32>(front >> 40) & 0xff) * 10 + (<u32>(front >> 48) & 0xff)
  const day = (<u32>back & 0xff) * 10 + (<u32>back >> 8)
  if (<u32>front == 0 || month - 1 > 11 || day - 1 > 30) return false
  if (day <= 28) return true
  if (month == 2) return day == 29 && isLeap(<u32>front)
  return day <= 30 || ((0x15aa >> month) & 1) != 0
}

/** @param digits of a year, a byte each */
function isLeap(digits: u32): bool {
  const century = (digits & 0xff) * 10 + ((digits >> 8) & 0xff)
  const year = ((digits >> 16) & 0xff) * 10 + (digits >> 24)
  return ((year == 0 ? century : year) & 3) == 0
}

/** `23:59:59`, also with up to six digits behind a point. */
@inline
function isClock(at: usize, end: usize): bool {
  const length = <u32>(end - at)
  if (length < 8 || length > 15) return false
  const front = load<u64>(at) ^ 0x30303a30303a3030
  if (((front + 0x76767f76767f7676) | front) & 0x8080808080808080) return false
  const hours = (<u32>front & 0xff) * 10 + (<u32>(front >> 8) & 0xff)
  if (hours > 23 || (<u32>(front >> 24) & 0xff) > 5 || (<u32>(front >> 48) & 0xff) > 5) return false
  return length == 8 || (length > 9 && load<u8>(at, 8) == POINT && areDigits(at + 9, length - 9))
}

/** A day, or a day and a time. */
@inline
function isInstant(at: usize, end: usize): bool {
  const length = end - at
  if (length == 10) return isDate(at)
  if (length < 19) return false
  const gap = load<u8>(at, 10)
  return (gap == SPACE || gap == 0x54) && isDate(at) && isClock(at + 11, end)
}

/** A day and a time with seconds, `Z` or `+01:00` behind it, or nothing. */
function isZoned(at: usize, end: usize): bool {
  if (load<u8>(end - 1) == 0x5a) return end - at >= 20 && isInstant(at, end - 1)
  if (end - at < 25 || load<u8>(end - 3) != 0x3a) return isInstant(at, end)
  const zone = end - 6
  const sign = load<u8>(zone)
  if (sign != MINUS && sign != 0x2b) return isInstant(at, end)
  // Up to 13:59, and in whole hours of two digits.
  const tens = load<u8>(zone, 1) - ZERO
  const ones = load<u8>(zone, 2) - ZERO
  const minutes = load<u8>(zone, 4) - ZERO
  const zoned = (tens == 0 && ones <= 9) || (tens == 1 && ones <= 3)
  return zoned && minutes <= 5 && <u8>(load<u8>(zone, 5) - ZERO) <= 9 && isInstant(at, zone)
}

/** `true` or `false`, in small letters. */
function isBoolean(at: usize, end: usize): bool {
  if (load<u32>(at) == 0x65757274) return end - at == 4
  return end - at == 5 && load<u32>(at) == 0x736c6166 && load<u8>(at, 4) == 0x65
}

/** Neither `NA` nor `null` nor their like, nor anything in quotes. */
function isNoMarker(at: usize): bool {
  const first = load<u8>(at)
  return first != 0x4e && first != 0x6e && first != quote
}
