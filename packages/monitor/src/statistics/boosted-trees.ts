import { xorshift } from './xorshift.ts'

/** A column in so few bins that a byte holds them: what a tree asks. */
export interface BinnedColumn {
  /** Of each row, 0 to bins − 1. */
  readonly codes: Uint8Array
  readonly bins: number
  /** Whether bins have an order: a question is then whether a row lies above one, else whether it lies in some of them. */
  readonly isOrdered: boolean
}

/** Trees whose answers add up to the logarithm of the odds. */
export interface BoostedTrees {
  readonly trees: readonly Tree[]
}

/** Nodes as in a heap: the two below a node are 2·node + 1 and 2·node + 2. */
interface Tree {
  /** The column that each inner node asks; −1 where it asks none, and all rows go to the first below. */
  readonly asked: Int32Array
  /** Of each inner node, the bins that go to the second below. */
  readonly goesOn: readonly (Uint8Array | undefined)[]
  readonly answers: Float64Array
}

const DEPTH = 4
const TREES = 100
const RATE = 0.1

/** Rows that a tree learns from at most: drawn anew for each, where there are more. */
const MOST_ROWS = 2000

/** Keeps answers of few rows small: the weight of so many rows' curvature. */
const SHRINK = 1

/** Curvature that an answer comes from at least: that of ten rows which nothing is known of. */
const LEAST = 2.5

const INNER = 2 ** DEPTH - 1
const LEAVES = 2 ** DEPTH

/** The best question of a node so far. */
interface Question {
  gain: number
  column: number
  goesOn: Uint8Array | undefined
}

/**
 * Learns to tell rows of two samples apart: gradient-boosted trees of depth 4 on the logistic loss, by histograms of bins. Both samples weigh
 * the same, whatever their sizes. The same rows give the same trees.
 *
 * 100 trees of at most 2000 rows each: O(columns), and O(rows) for what they have learnt so far.
 *
 * @param rows which of the columns' rows to learn from
 * @param isSecond of each of the columns' rows, 1 where it is of the second sample
 * @see Friedman (2002), Computational Statistics & Data Analysis 38, 367; Chen and Guestrin (2016), KDD, 785
 */
export function fitBoostedTrees(
  columns: readonly BinnedColumn[],
  rows: Int32Array,
  isSecond: Uint8Array,
): BoostedTrees {
  const own = columns.map((column) => ({ ...column, codes: codesOf(column, rows) }))
  const is = codesOf({ codes: isSecond }, rows)
  const second = is.reduce((sum, one) => sum + one, 0)
  const weights = [rows.length / (2 * (rows.length - second)), rows.length / (2 * second)] as const
  const odds = new Float64Array(rows.length)
  const draw = drawer(rows.length)
  const trees: Tree[] = []
  for (let made = 0; made < TREES; made++) {
    const some = draw()
    const gradient = new Float64Array(some.length)
    const curvature = new Float64Array(some.length)
    for (let at = 0; at < some.length; at++) {
      const row = some[at] as number
      const side = is[row] as 0 | 1
      const chance = 1 / (1 + Math.exp(-(odds[row] as number)))
      gradient[at] = weights[side] * (chance - side)
      curvature[at] = weights[side] * chance * (1 - chance)
    }
    const tree = grow(own, some, gradient, curvature)
    trees.push(tree)
    addAnswers(tree, own, odds)
  }
  return { trees }
}

/** A column's codes of some rows. */
function codesOf({ codes }: Pick<BinnedColumn, 'codes'>, rows: Int32Array): Uint8Array {
  const own = new Uint8Array(rows.length)
  for (let at = 0; at < rows.length; at++) own[at] = codes[rows[at] as number] as number
  return own
}

/** Draws places of rows, others each time. */
function drawer(rows: number): () => Int32Array {
  const order = Int32Array.from({ length: rows }, (_, at) => at)
  if (rows <= MOST_ROWS) return () => order
  const next = xorshift()
  return () => {
    for (let at = 0; at < MOST_ROWS; at++) {
      const other = at + Math.floor(next() * (rows - at))
      const kept = order[at] as number
      order[at] = order[other] as number
      order[other] = kept
    }
    return order.subarray(0, MOST_ROWS)
  }
}

/**
 * How likely rows are of the second sample, as the logarithm of the odds.
 *
 * @param rows which of the columns' rows
 */
export function scoresOf({ trees }: BoostedTrees, columns: readonly BinnedColumn[], rows: Int32Array): Float64Array {
  const own = columns.map((column) => ({ ...column, codes: codesOf(column, rows) }))
  const scores = new Float64Array(rows.length)
  for (const tree of trees) addAnswers(tree, own, scores)
  return scores
}

/** Adds what a tree answers of each row. */
function addAnswers({ asked, goesOn, answers }: Tree, columns: readonly BinnedColumn[], to: Float64Array): void {
  const codes = Array.from(asked, (column) => columns[column]?.codes)
  for (let row = 0; row < to.length; row++) {
    let node = 0
    while (node < INNER) node = 2 * node + 1 + stepOf(goesOn[node], codes[node], row)
    to[row] = (to[row] as number) + (answers[node - INNER] as number)
  }
}

/** 1 where a row goes to the second node below, 0 where to the first. */
function stepOf(goesOn: Uint8Array | undefined, codes: Uint8Array | undefined, row: number): number {
  return goesOn && codes ? (goesOn[codes[row] as number] as number) : 0
}

/** The columns that any tree asks. */
export function columnsAsked({ trees }: BoostedTrees): ReadonlySet<number> {
  return new Set(trees.flatMap(({ asked }) => [...asked].filter((column) => column >= 0)))
}

function grow(
  columns: readonly BinnedColumn[],
  rows: Int32Array,
  gradient: Float64Array,
  curvature: Float64Array,
): Tree {
  const asked = new Int32Array(INNER).fill(-1)
  const goesOn: (Uint8Array | undefined)[] = []
  const nodes = new Int32Array(rows.length)
  for (let depth = 0, first = 0; depth < DEPTH; depth++, first = 2 * first + 1) {
    const questions = Array.from({ length: 2 ** depth }, (): Question => ({ gain: 0, column: -1, goesOn: undefined }))
    for (const [place, column] of columns.entries()) {
      const sums = sumsOf(column, rows, nodes, first, questions.length, gradient, curvature)
      for (const [node, question] of questions.entries()) ask(question, place, column, sums, 2 * node * column.bins)
    }
    for (const [node, question] of questions.entries()) {
      asked[first + node] = question.column
      goesOn[first + node] = question.goesOn
    }
    goOn({ asked, goesOn }, columns, rows, nodes)
  }
  return { asked, goesOn, answers: answersOf(nodes, gradient, curvature) }
}

/** Sends each row to a node below. */
function goOn(
  { asked, goesOn }: Pick<Tree, 'asked' | 'goesOn'>,
  columns: readonly BinnedColumn[],
  rows: Int32Array,
  nodes: Int32Array,
): void {
  const codes = Array.from(asked, (column) => columns[column]?.codes)
  for (let at = 0; at < rows.length; at++) {
    const node = nodes[at] as number
    nodes[at] = 2 * node + 1 + stepOf(goesOn[node], codes[node], rows[at] as number)
  }
}

function answersOf(nodes: Int32Array, gradient: Float64Array, curvature: Float64Array): Float64Array {
  const [down, bend] = [new Float64Array(LEAVES), new Float64Array(LEAVES)]
  for (let at = 0; at < nodes.length; at++) {
    const leaf = (nodes[at] as number) - INNER
    down[leaf] = (down[leaf] as number) + (gradient[at] as number)
    bend[leaf] = (bend[leaf] as number) + (curvature[at] as number)
  }
  return down.map((sum, leaf) => (-RATE * sum) / ((bend[leaf] as number) + SHRINK))
}

/** Gradients and curvatures of rows, in turns, node by node and bin by bin. */
function sumsOf(
  { codes, bins }: BinnedColumn,
  rows: Int32Array,
  nodes: Int32Array,
  first: number,
  count: number,
  gradient: Float64Array,
  curvature: Float64Array,
): Float64Array {
  const sums = new Float64Array(2 * count * bins)
  for (let at = 0; at < rows.length; at++) {
    const cell = 2 * (((nodes[at] as number) - first) * bins + (codes[rows[at] as number] as number))
    sums[cell] = (sums[cell] as number) + (gradient[at] as number)
    sums[cell + 1] = (sums[cell + 1] as number) + (curvature[at] as number)
  }
  return sums
}

/** Asks a column in a node: what is the best of its questions, and is it better than those of other columns? */
function ask(
  question: Question,
  place: number,
  { bins, isOrdered }: BinnedColumn,
  sums: Float64Array,
  from: number,
): void {
  let [down, bend] = [0, 0]
  for (let cell = from; cell < from + 2 * bins; cell += 2) {
    down += sums[cell] as number
    bend += sums[cell + 1] as number
  }
  if (bend < 2 * LEAST) return
  const order = isOrdered ? undefined : bySlope(sums, from, bins)
  const whole = (down * down) / (bend + SHRINK)
  let [left, leftBend, best] = [0, 0, -1]
  for (let cut = 0; cut < bins - 1; cut++) {
    const cell = from + 2 * (order ? (order[cut] as number) : cut)
    left += sums[cell] as number
    leftBend += sums[cell + 1] as number
    if (leftBend < LEAST || bend - leftBend < LEAST) continue
    const right = down - left
    const gain = (left * left) / (leftBend + SHRINK) + (right * right) / (bend - leftBend + SHRINK) - whole
    if (gain <= question.gain + 1e-12) continue
    question.gain = gain
    best = cut
  }
  if (best < 0) return
  question.column = place
  question.goesOn = new Uint8Array(bins)
  for (let cut = best + 1; cut < bins; cut++) question.goesOn[order ? (order[cut] as number) : cut] = 1
}

/** Bins of values without an order: those that speak most for the second sample first. */
function bySlope(sums: Float64Array, from: number, bins: number): number[] {
  const slope = (bin: number): number =>
    (sums[from + 2 * bin] as number) / ((sums[from + 2 * bin + 1] as number) + SHRINK)
  return Array.from({ length: bins }, (_, bin) => bin).sort((a, b) => slope(a) - slope(b))
}
