/** Rows of the example's files. */
const ROWS = 5000

/** Minutes between readings. */
const STEP = 8

/** Every so many rows of the bad batch something is wrong. */
const WRONG = 97

/**
 * The example's data as CSV, the same every time: last month (`reference`), and three batches of this month. The good one is as
 * last month was; the bad one breaks the contract here and there; the drifted one keeps it, but its temperature lies higher.
 */
export function readings(batch: 'reference' | 'good' | 'bad' | 'drifted'): string {
  const random = generator(batch === 'reference' ? 20_261 : 20_262)
  const start = Date.UTC(2026, batch === 'reference' ? 8 : 9, 1)
  const stations = ['north', 'south', 'east', 'west']
  const lines = ['id,station,value,temperature,humidity,measured_at']
  for (let id = 1; id <= ROWS; id++) {
    const minute = (id - 1) * STEP
    const daily = Math.sin(((minute % 1440) / 1440) * 2 * Math.PI - Math.PI / 2)
    const warmer = batch === 'drifted' ? 2.5 : 0
    const value = random() < 0.02 ? '' : (40 + 12 * normal(random)).toFixed(2).replace('-', '')
    const temperature = (18 + warmer + 5 * daily + 1.8 * normal(random)).toFixed(1)
    const humidity = Math.min(100, Math.max(0, 62 - 9 * daily + 6 * normal(random))).toFixed(1)
    const time = new Date(start + minute * 60_000).toISOString()
    const cells = [id, stations[Math.floor(random() * 4)], value, temperature, humidity, time].map(String)
    lines.push((batch === 'bad' && id % WRONG === 0 ? broken(cells, id / WRONG) : cells).join(','))
  }
  return `${lines.join('\n')}\n`
}

/** A row as it should not be: a station that is none, a negative value, a humidity over 100, a time that is none. */
function broken(cells: readonly string[], turn: number): string[] {
  const [at, wrong] = [
    [1, 'nowhere'],
    [2, '-1.00'],
    [4, '140.0'],
    [5, 'yesterday'],
  ][turn % 4] as [number, string]
  return cells.map((cell, column) => (column === at ? wrong : cell))
}

/** Uniform numbers in [0, 1) from a seed: mulberry32. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A standard normal number: Box–Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
