// How often rules of drift alarm where nothing drifted, and how often they see what did: ours, and those of Evidently and NannyML by
// their own packages, on the same draws. The draws are the same on every run.
// node bench/calibration.mjs [--draws 1000] [--alone] [--part settings|detectors|classifier|changes|days]
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { stop, wholeNumber } from './words.mjs'

const EVIDENTLY = '0.7.21'
const NANNYML = '0.13.1'
/** Neither works with pandas 3. */
const PANDAS = 'pandas==2.3.3'
/** NannyML imports it, and does not say so. */
const STATSMODELS = 'statsmodels==0.15.0'

const { values } = parseArgs({
  options: { draws: { type: 'string' }, alone: { type: 'boolean' }, part: { type: 'string' } },
})
const DRAWS = values.draws === undefined ? 1000 : wholeNumber(values.draws, '--draws')

const dist = new URL('../packages/monitor/dist/', import.meta.url)
if (!existsSync(dist)) stop('first: npm run build')
const monitor = await import(new URL('index.js', dist).href)
const { judge } = await import(new URL('drift/judge.js', dist).href)
const { isUnusual, learnedOf } = await import(new URL('over-time/learned.js', dist).href)
const { changePointsOfMany, classifier2samp } = await import(new URL('statistics.js', dist).href)
const { cellsOfNumbers } = await import(new URL('drift/cells-of-numbers.js', dist).href)
const { categories, chiSquare, jensenShannon, ks, nullRate, psi, range, totalVariation, unitChange, wasserstein } =
  monitor

const ALPHA = 0.05
const BY_HISTORY = 'same weekday, last 4, ours, learn 2 %'
const folder = mkdtempSync(join(tmpdir(), 'dayshift-calibration-'))

// Mulberry32, by Tommy Ettinger (public domain), and Box and Muller's normal numbers from it.
function random(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
function normal(next) {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
}
function category(next, shares) {
  let left = next()
  return Math.max(
    0,
    shares.findIndex((part) => (left -= part) < 0),
  )
}

const few = [0.4, 0.3, 0.15, 0.1, 0.05]
const zipf = Array.from({ length: 50 }, (_, at) => 1 / (at + 1))
const manyShares = zipf.map((weight) => weight / zipf.reduce((a, b) => a + b))

/** Reference and current of one draw. */
const gaussian = (next) => normal(next)
const lognormal = (next) => Math.exp(2 * normal(next))
const evidently = ['wasserstein', 'jensen-shannon', 'psi', 'default']
const settings = [
  ...[30, 100, 500, 2000].map((m) => ({ name: `N(0,1), 2000 against ${m}`, n: 2000, m, of: gaussian, evidently })),
  { name: 'N(0,1), 1000 against 100', n: 1000, m: 100, of: gaussian, evidently: ['default'] },
  { name: 'lognormal σ 2, 2000 against 2000', n: 2000, m: 2000, of: lognormal, evidently },
  {
    name: 'counts 0–9 (ties), 1000 against 300',
    n: 1000,
    m: 300,
    of: (next) => Math.floor(10 * next() ** 2),
    evidently: ['default'],
  },
  ...[1000, 200, 5000].map((m) => ({
    name: `5 values, 1000 against ${m}`,
    n: 1000,
    m,
    kind: 'categories',
    of: (next) => category(next, few),
    evidently: ['chi-square'],
  })),
  {
    name: '50 values (Zipf), 2000 against 100',
    n: 2000,
    m: 100,
    kind: 'categories',
    of: (next) => category(next, manyShares),
    evidently: ['default'],
  },
  ...[10, 4].map((chunks) => ({
    name: `N(0,1), ${chunks} chunks of 500 against 1`,
    n: chunks * 500,
    m: 500,
    of: gaussian,
    nannyml: ['kolmogorov_smirnov', 'jensen_shannon'],
  })),
  {
    name: '50 columns of N(0,1), 1000 against 1000: any',
    n: 1000,
    m: 1000,
    of: gaussian,
    together: 50,
    evidently: ['default'],
  },
  {
    name: 'power: lognormal σ 2 ×1.5, 10 000 against 10 000',
    n: 10_000,
    m: 10_000,
    of: lognormal,
    to: (x) => 1.5 * x,
    power: true,
    evidently,
  },
  {
    name: 'power: N(0,1) moved by 0.5, 2000 against 100',
    n: 2000,
    m: 100,
    of: gaussian,
    to: (x) => x + 0.5,
    power: true,
    evidently,
  },
  {
    name: 'power: N(55,12) ×1000, 2000 against 30',
    n: 2000,
    m: 30,
    of: (next) => 55 + 12 * normal(next),
    to: (x) => x * 1000,
    power: true,
    evidently,
  },
]

/** Fewer draws of what is slow. */
function drawsOf({ n, m, together }) {
  if (together) return Math.max(10, Math.round(DRAWS / 5)) * together
  return n + m >= 20_000 ? Math.max(10, Math.round(DRAWS / 5)) : DRAWS
}

function* drawsIn(setting, seed) {
  const next = random(seed)
  for (let draw = 0; draw < drawsOf(setting); draw++) {
    const reference = Float64Array.from({ length: setting.n }, () => setting.of(next))
    const current = Float64Array.from({ length: setting.m }, () => (setting.to ?? ((x) => x))(setting.of(next)))
    yield { reference, current }
  }
}

function profile(side) {
  return { rows: side.length, profile: { nulls: 0, distinct: new Set(side).size } }
}

/** What a detector is given, by what it needs. */
function sidesFor(need, { reference, current }, kind, scale = 'value') {
  if (need === 'profile') return { reference: profile(reference), current: profile(current) }
  if (need === 'numbers') return { reference, current, scale }
  if (kind === 'numbers') {
    const [before, after] = cellsOfNumbers(reference, current)
    return { reference: before, current: after }
  }
  const names = [...new Set([...reference, ...current])]
  const cells = (side) => {
    const counts = new Map(names.map((name) => [name, 0]))
    for (const value of side) counts.set(value, counts.get(value) + 1)
    return { names: names.map(String), counts: [...counts.values()], rest: 0, rows: side.length }
  }
  return { reference: cells(reference), current: cells(current) }
}

/** Whether ours says drift of any of the columns. */
function alarm(columns, kind, detectors, minEffect) {
  const tested = columns.flatMap((sides, at) =>
    detectors.flatMap((detector) => {
      const outcome = detector.test(sidesFor(detector.needs ?? 'numbers', sides, kind))
      const limits = { alpha: ALPHA, minEffect: minEffect ?? detector.minEffect }
      return outcome ? [{ detector, ...limits, outcome, planned: { column: { name: `c${at}` } } }] : []
    }),
  )
  return judge(tested, 'bh').some(({ drifted }) => drifted)
}

const usual = {
  numbers: [ks(), range(), unitChange(), nullRate()],
  categories: [chiSquare(), categories(), nullRate()],
}

function oursOf(setting, seed, detectors, minEffect) {
  const { kind = 'numbers', together = 1 } = setting
  let [alarms, total, group] = [0, 0, []]
  for (const sides of drawsIn(setting, seed)) {
    group.push(sides)
    if (group.length < together) continue
    total++
    if (alarm(group, kind, detectors ?? usual[kind], minEffect)) alarms++
    group = []
  }
  return { alarms, total }
}

function install(name, requirement, ...others) {
  const place = join(tmpdir(), `dayshift-calibration-${requirement}`)
  const python = join(place, 'bin', 'python')
  if (!existsSync(join(place, 'ready'))) {
    console.error(`installing ${requirement} …`)
    execFileSync('python3', ['-m', 'venv', place])
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement, ...others])
    writeFileSync(join(place, 'ready'), '')
  }
  return (asked) => {
    const script = new URL('calibration_peers.py', import.meta.url).pathname
    const out = execFileSync(python, [script, name], {
      input: JSON.stringify(asked),
      maxBuffer: 1 << 28,
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, NML_DISABLE_USAGE_LOGGING: '1' },
    })
    return JSON.parse(String(out))
  }
}

/** Writes a setting's draws to a file, asks a peer, and removes it. */
function askPeer(ask, setting, seed, rules) {
  const file = join(folder, 'draws.f64')
  const parts = []
  for (const { reference, current } of drawsIn(setting, seed))
    parts.push(Buffer.from(reference.buffer), Buffer.from(current.buffer))
  writeFileSync(file, Buffer.concat(parts))
  const { name, n, m, kind = 'numbers', together } = setting
  const [answer] = ask([{ name, file, n, m, kind, rules, ...(together ? { together } : {}) }])
  rmSync(file)
  return together ? { any: answer.any } : answer.shares
}

/** The largest share that so many draws show in 999 of 1000 runs where the truth is alpha. */
function bound(total) {
  let [term, sum, k] = [(1 - ALPHA) ** total, 0, 0]
  if (term === 0) return ALPHA + 3.1 * Math.sqrt((ALPHA * (1 - ALPHA)) / total)
  for (; sum + term < 0.999; k++) {
    sum += term
    term *= ((total - k) * ALPHA) / ((k + 1) * (1 - ALPHA))
  }
  return k / total
}

function share(value) {
  return value.toFixed(3)
}

let broken = 0
const told = ({ alarms, total }, power) => {
  const isRight = power ? alarms / total >= 0.95 : alarms / total <= bound(total)
  if (!isRight) broken++
  return `${share(alarms / total)}${isRight ? '' : ' !'}`
}

try {
  const parts = {
    settings: tellSettings,
    detectors: tellDetectors,
    classifier: tellClassifier,
    changes: tellChanges,
    days: tellDays,
  }
  const part = values.part === undefined ? undefined : parts[values.part]
  if (values.part !== undefined && !part) stop(`--part is ${Object.keys(parts).join(', ')}`)
  for (const tell of part ? [part] : Object.values(parts)) tell()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
if (broken > 0) stop(`\n${broken} shares marked ! are not as promised`)

/** Ours and theirs in each setting. */
function tellSettings() {
  const askEvidently = values.alone ? undefined : install('evidently', `evidently==${EVIDENTLY}`, PANDAS)
  const askNannyml = values.alone ? undefined : install('nannyml', `nannyml==${NANNYML}`, PANDAS, STATSMODELS)
  console.log(
    `Shares of alarms; alpha ${ALPHA}; at most ${share(bound(DRAWS))} of ${DRAWS} draws is chance. Power is to be near 1.\n`,
  )
  console.log('| setting | draws | ours | theirs | nominal |\n| --- | ---: | ---: | --- | ---: |')
  settings.forEach((setting, at) => {
    const seed = 1000 + at
    const ours = oursOf(setting, seed)
    const theirs = []
    for (const [who, ask, rules] of [
      ['Evidently', askEvidently, setting.evidently],
      ['NannyML', askNannyml, setting.nannyml],
    ]) {
      if (!ask || !rules) continue
      const found = askPeer(ask, setting, seed, rules)
      theirs.push(
        `${who} ${Object.entries(found)
          .map(([rule, value]) => `${rule} ${share(value)}`)
          .join(', ')}`,
      )
    }
    const nominal = setting.power ? '1' : `≤ ${ALPHA}`
    console.log(
      `| ${setting.name} | ${ours.total} | **${told(ours, setting.power)}** | ${theirs.join('; ')} | ${nominal} |`,
    )
  })
}

/** Our detectors one by one. */
function tellDetectors() {
  console.log('\nEach of our detectors by itself, p alone (least effect 0), nothing drifted:\n')
  const sizes = [
    [2000, 30],
    [300, 100],
    [1000, 1000],
  ]
  console.log(
    `| detector | ${sizes.map(([n, m]) => `${n} against ${m}`).join(' | ')} |\n| --- | ${sizes.map(() => '---:').join(' | ')} |`,
  )
  const single = [
    ...[ks(), wasserstein(), range(), psi(), jensenShannon(), totalVariation()].map((detector) => ({
      detector,
      kind: 'numbers',
      of: gaussian,
    })),
    ...[chiSquare(), psi(), categories()].map((detector) => ({
      detector,
      kind: 'categories',
      of: (next) => category(next, few),
    })),
    ...[chiSquare(), psi(), categories()].map((detector) => ({
      detector,
      kind: 'categories',
      what: ', 50 values',
      of: (next) => category(next, manyShares),
    })),
  ]
  single.forEach(({ detector, kind, of, what = '' }, at) => {
    const cells = sizes.map(([n, m], size) => told(oursOf({ n, m, kind, of }, 5000 + at * 10 + size, [detector], 0)))
    console.log(`| ${detector.name} of ${kind}${what} | ${cells.join(' | ')} |`)
  })
}

/** Rows of columns, by column: of these, the first two go together so much. */
function table(next, rows, kinds, together) {
  const columns = kinds.map(() => new Float64Array(rows))
  for (let row = 0; row < rows; row++) {
    for (const [at, kind] of kinds.entries()) columns[at][row] = kind(next)
    columns[1][row] = together * columns[0][row] + Math.sqrt(1 - together ** 2) * columns[1][row]
  }
  return columns
}

const code = (next) => category(next, few)
const ties = (next) => Math.floor(4 * next())
const gaussians = (count) => Array.from({ length: count }, () => gaussian)

/** The classifier by itself: nothing drifted, and columns that go together otherwise. */
function tellClassifier() {
  console.log(
    '\nThe classifier, p by 199 permutations; power: the correlation of two columns changes, and no column by itself:\n',
  )
  console.log('| setting | draws | alarms | mean AUC | nominal |\n| --- | ---: | ---: | ---: | ---: |')
  const rows = [
    { name: '3 columns of N(0,1), 40 against 40', n: 40, m: 40, kinds: gaussians(3) },
    { name: '3 columns of N(0,1), 300 against 60', n: 300, m: 60, kinds: gaussians(3) },
    {
      name: '5 columns, numbers, codes and ties, 200 against 200',
      n: 200,
      m: 200,
      kinds: [gaussian, gaussian, code, ties, lognormal],
    },
    { name: '10 columns of N(0,1), 1000 against 1000', n: 1000, m: 1000, kinds: gaussians(10), share: 0.1 },
    {
      name: 'power: correlation 0.8 to −0.8, 200 against 200',
      n: 200,
      m: 200,
      kinds: gaussians(3),
      moved: -0.8,
      share: 0.2,
    },
    {
      name: 'power: correlation 0.8 to 0.2, 10 columns, 1000 against 1000',
      n: 1000,
      m: 1000,
      kinds: gaussians(10),
      moved: 0.2,
      share: 0.05,
    },
  ]
  for (const [at, { name, n, m, kinds, moved = 0.8, share: part = 1 }] of rows.entries()) {
    const next = random(7000 + at)
    const total = Math.max(20, Math.round(DRAWS * part))
    const unordered = kinds.flatMap((kind, place) => (kind === code ? [place] : []))
    let [alarms, area] = [0, 0]
    for (let draw = 0; draw < total; draw++) {
      const sides = [table(next, n, kinds, 0.8), table(next, m, kinds, moved)]
      const { pValue, auc } = classifier2samp(...sides, { permutations: 199, ranked: false, unordered })
      area += auc / total
      if (pValue <= ALPHA) alarms++
    }
    const power = moved !== 0.8
    console.log(
      `| ${name} | ${total} | **${told({ alarms, total }, power)}** | ${share(area)} | ${power ? 1 : `≤ ${ALPHA}`} |`,
    )
  }
}

/** Changes of level of many columns: corrected for their number, and each by itself. */
function tellChanges() {
  console.log(
    '\nSeries in which nothing changes: how often any is said to change, corrected (bh) and each by itself:\n',
  )
  console.log('| series | versions | runs | bh | each by itself |\n| --- | ---: | ---: | ---: | ---: |')
  const sizes = [
    [1, 30],
    [10, 30],
    [40, 30],
    [100, 30],
    [40, 100],
  ]
  for (const [at, [columns, versions]] of sizes.entries()) {
    const next = random(8000 + at)
    const total = Math.max(20, Math.round(DRAWS / 2))
    let [corrected, alone] = [0, 0]
    for (let run = 0; run < total; run++) {
      const all = Array.from({ length: columns }, () => Array.from({ length: versions }, () => normal(next)))
      const says = (correction) => changePointsOfMany(all, { correction }).some(({ at: places }) => places.length > 0)
      if (says('bh')) corrected++
      if (says('none')) alone++
    }
    console.log(
      `| ${columns} | ${versions} | ${total} | **${told({ alarms: corrected, total })}** | ${share(alone / total)} |`,
    )
  }
}

/** The table of days. */
function tellDays() {
  console.log(
    '\nDays of 1000 rows, weekends half a standard deviation higher, each day moved by chance (sd below), true drift of 0.3 from day 168 on:',
  )
  console.log(
    'false alarms a day before / alarms a day in the first week after. Not a promise: days are no independent draws.\n',
  )
  const effects = [0, 0.05, 0.1]
  const runs = Math.max(2, Math.round(DRAWS / 100))
  const rules = {
    'fixed 28 days, p': (past) => [past.slice(0, 28).flat(), 0],
    'fixed 28 days, ours': (past) => [past.slice(0, 28).flat(), undefined],
    'the day before, p': (past) => [past.at(-1), 0],
    'the day before, ours': (past) => [past.at(-1), undefined],
    'same weekday, last 4, p': (past) => [[7, 14, 21, 28].flatMap((back) => past.at(-back)), 0],
    'same weekday, last 4, ours': (past) => [[7, 14, 21, 28].flatMap((back) => past.at(-back)), undefined],
    'same weekday, last 4, D ≥ 0.1': (past) => [[7, 14, 21, 28].flatMap((back) => past.at(-back)), 0.1],
  }
  console.log(
    `| rule | ${effects.map((sd) => `sd ${sd}`).join(' | ')} |\n| --- | ${effects.map(() => '---:').join(' | ')} |`,
  )
  const names = [...Object.keys(rules), BY_HISTORY]
  const cells = new Map(names.map((rule) => [rule, []]))
  for (const [at, sd] of effects.entries()) {
    const next = random(9000 + at)
    const counts = new Map(names.map((rule) => [rule, { before: 0, after: 0 }]))
    for (let run = 0; run < runs; run++) {
      const past = []
      const found = []
      for (let day = 0; day < 175; day++) {
        const centre = (day % 7 >= 5 ? 0.5 : 0) + sd * normal(next) + (day >= 168 ? 0.3 : 0)
        const rows = Array.from({ length: 1000 }, () => centre + normal(next))
        for (const [rule, reference] of day < 140 ? [] : Object.entries(rules)) {
          const [baseline, least] = reference(past)
          const sides = { reference: Float64Array.from(baseline), current: Float64Array.from(rows) }
          if (alarm([sides], 'numbers', [ks()], least)) counts.get(rule)[day < 168 ? 'before' : 'after']++
        }
        if (day >= 28) {
          const [baseline] = rules['same weekday, last 4, ours'](past)
          const sides = { reference: Float64Array.from(baseline), current: Float64Array.from(rows) }
          const effect = ks().test(sides).effect
          const alarmed = alarm([sides], 'numbers', [ks()]) && isUnusual(learnedOf(found, effect, 0.02))
          if (alarmed && day >= 140) counts.get(BY_HISTORY)[day < 168 ? 'before' : 'after']++
          found.push({ effect, alarmed })
        }
        past.push(rows)
      }
    }
    for (const [rule, { before, after }] of counts)
      cells.get(rule).push(`${share(before / (runs * 28))} / ${share(after / (runs * 7))}`)
  }
  for (const [rule, shares] of cells) console.log(`| ${rule} | ${shares.join(' | ')} |`)
}
