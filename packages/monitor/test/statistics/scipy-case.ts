import { adjustPValues } from '../../src/multiplicity.ts'
import { andersonKsamp } from '../../src/statistics/anderson-ksamp.ts'
import { chi2Contingency } from '../../src/statistics/chi2-contingency.ts'
import { chisquare } from '../../src/statistics/chisquare.ts'
import { cramerVonMises2samp } from '../../src/statistics/cramer-von-mises-2samp.ts'
import { ecdfGaps } from '../../src/statistics/ecdf-gaps.ts'
import { energyDistance } from '../../src/statistics/energy-distance.ts'
import { fisherExact } from '../../src/statistics/fisher-exact.ts'
import { jensenShannonDistance } from '../../src/statistics/jensen-shannon-distance.ts'
import { klDivergence } from '../../src/statistics/kl-divergence.ts'
import { ks2samp, type Ks2sampOptions } from '../../src/statistics/ks2samp.ts'
import { mannWhitneyU } from '../../src/statistics/mann-whitney-u.ts'
import type { Lambda } from '../../src/statistics/power-divergence.ts'
import { kstwoTail } from '../../src/statistics/special/kstwo-tail.ts'
import { wassersteinDistance } from '../../src/statistics/wasserstein-distance.ts'

type Shown = number | 'Infinity' | '-Infinity' | 'NaN'
type Side = 'two-sided' | 'less' | 'greater'

interface Pair {
  readonly a: readonly Shown[]
  readonly b: readonly Shown[]
}
interface Shares {
  readonly p: readonly number[]
  readonly q: readonly number[]
}
interface Test {
  readonly statistic: Shown
  readonly pvalue: Shown
  readonly warned: boolean
}
type Runs<Options, Answer> = { readonly runs: readonly (Options & { readonly answer: Answer })[] }

interface KsOptions {
  readonly alternative: Side
  readonly method: 'exact' | 'asymp' | 'auto'
  readonly nan_policy: 'propagate' | 'omit'
}
type KsAnswer = Test & { readonly statistic_location: Shown; readonly statistic_sign: Shown }

/** What `fixtures/make-statistics.py` writes: inputs, and what scipy says of them with each set of options. */
export type ScipyCase =
  | ({ readonly f: 'ks_2samp' } & Pair & Runs<KsOptions, KsAnswer>)
  | ({ readonly f: 'ks_2samp ramps'; readonly n1: number; readonly n2: number; readonly shift: number } & Runs<
      KsOptions,
      KsAnswer
    >)
  | ({ readonly f: 'kstwo'; readonly n: number; readonly d: number } & Runs<object, { readonly pvalue: Shown }>)
  | ({ readonly f: 'chi2_contingency'; readonly table: readonly (readonly number[])[] } & Runs<
      { readonly correction: boolean; readonly lambda_: Lambda },
      Test & { readonly dof: number }
    >)
  | ({
      readonly f: 'power_divergence'
      readonly observed: readonly number[]
      readonly expected: readonly number[]
    } & Runs<{ readonly ddof: number; readonly lambda_: Lambda }, Test>)
  | ({ readonly f: 'fisher_exact'; readonly table: readonly (readonly number[])[] } & Runs<
      { readonly alternative: Side },
      Test
    >)
  | ({
      readonly f: 'wasserstein_distance' | 'energy_distance'
      readonly weights_a: readonly number[] | null
      readonly weights_b: readonly number[] | null
    } & Pair &
      Runs<object, { readonly statistic: Shown }>)
  | ({ readonly f: 'jensenshannon' } & Shares & Runs<{ readonly base: number | null }, { readonly statistic: Shown }>)
  | ({ readonly f: 'entropy' } & Shares & Runs<object, { readonly statistic: Shown }>)
  | ({ readonly f: 'cramervonmises_2samp' } & Pair & Runs<{ readonly method: 'auto' | 'exact' | 'asymptotic' }, Test>)
  | ({ readonly f: 'anderson_ksamp'; readonly samples: readonly (readonly number[])[] } & Runs<
      { readonly variant: 'midrank' | 'right' },
      Test
    >)
  | ({ readonly f: 'mannwhitneyu' } & Pair &
      Runs<
        {
          readonly alternative: Side
          readonly method: 'auto' | 'exact' | 'asymptotic'
          readonly use_continuity: boolean
        },
        Test
      >)
  | ({ readonly f: 'false_discovery_control'; readonly p: readonly number[] } & Runs<
      { readonly method: 'bh' | 'by' },
      { readonly adjusted: readonly number[] }
    >)

/** One number that both say. */
export interface Held {
  /** `function part method`. */
  readonly what: string
  readonly ours: number
  readonly theirs: number
  /** What scipy's own rounding makes of it here, absolute: where it takes the difference of near numbers, and we do not. */
  readonly noise: number
}

/** What is held against scipy in a case, number by number: `function part method`. */
export function heldAgainstScipy(one: ScipyCase): Held[] {
  switch (one.f) {
    case 'ks_2samp':
      return one.runs.flatMap((run) => ksHeld(numbers(one.a), numbers(one.b), run))
    case 'ks_2samp ramps': {
      const a = Array.from({ length: one.n1 }, (_, at) => at)
      const b = Array.from({ length: one.n2 }, (_, at) => at * (one.n1 / one.n2) + one.shift)
      return one.runs.flatMap((run) => ksHeld(a, b, run))
    }
    case 'kstwo':
      return one.runs.map(({ answer }) => held('kstwo p', kstwoTail(one.n, one.d), answer.pvalue))
    case 'chi2_contingency':
      return one.runs.flatMap(({ answer, correction, lambda_ }) => {
        const found = chi2Contingency(one.table, { correction, lambda: lambda_ })
        const noise = lambda_ === 'pearson' ? 0 : sumOf(one.table.flat()) * 1e-15
        return [...test(`chi2_contingency`, found, answer, '', noise), held('dof', found.dof, answer.dof)]
      })
    case 'power_divergence':
      return one.runs.flatMap(({ answer, ddof, lambda_ }) => {
        const noise = lambda_ === 'pearson' ? 0 : sumOf(one.observed) * 1e-15
        return test(
          'power_divergence',
          chisquare(one.observed, one.expected, { ddof, lambda: lambda_ }),
          answer,
          '',
          noise,
        )
      })
    case 'fisher_exact':
      return one.runs.flatMap(({ answer, alternative }) =>
        test('fisher_exact', fisherExact(one.table, { alternative }), answer),
      )
    case 'wasserstein_distance':
    case 'energy_distance': {
      const distance = one.f === 'energy_distance' ? energyDistance : wassersteinDistance
      const weights = { weightsA: one.weights_a ?? undefined, weightsB: one.weights_b ?? undefined }
      const ours = distance(numbers(one.a), numbers(one.b), weights)
      const all = numbers([...one.a, ...one.b])
      const range = Math.max(...all) - Math.min(...all)
      const noise = 1e-15 * (one.f === 'energy_distance' ? Math.sqrt(2 * range) : range)
      return one.runs.map(({ answer }) => held(`${one.f} statistic`, ours, answer.statistic, noise))
    }
    case 'jensenshannon':
      return one.runs.map(({ answer, base }) => {
        const ours = jensenShannonDistance(one.p, one.q, { base: base ?? undefined })
        return held('jensenshannon statistic', ours, answer.statistic, 2e-16 / ours)
      })
    case 'entropy':
      return one.runs.map(({ answer }) =>
        held('entropy statistic', klDivergence(one.p, one.q), answer.statistic, 1e-15),
      )
    case 'cramervonmises_2samp':
      return one.runs.flatMap(({ answer, method }) => {
        const found = cramerVonMises2samp(numbers(one.a), numbers(one.b), { method })
        // 1 − p is what scipy sums.
        return test(`cramervonmises_2samp`, found, answer, found.method, 0, found.method === 'asymptotic' ? 4e-15 : 0)
      })
    case 'anderson_ksamp':
      return one.runs.flatMap(({ answer, variant }) => {
        const found = andersonKsamp(one.samples, { variant })
        return [
          ...test('anderson_ksamp', found, answer, '', 1e-13, 0),
          held('limited', Number(found.limited), Number(answer.warned)),
        ]
      })
    case 'mannwhitneyu':
      return one.runs.flatMap(({ answer, alternative, method, use_continuity }) => {
        const options = { alternative, method, continuity: use_continuity }
        const found = mannWhitneyU(numbers(one.a), numbers(one.b), options)
        // All values equal: scipy divides 0 by 0.
        if (answer.pvalue === 'NaN') return [held('mannwhitneyu p of equal values', found.pValue, 1)]
        return test('mannwhitneyu', found, answer, found.method)
      })
    default:
      return one.runs.flatMap(({ answer, method }) =>
        adjustPValues(one.p, method).map((p, at) => held('false_discovery_control', p, answer.adjusted[at] as number)),
      )
  }
}

type KsRun = KsOptions & { readonly answer: KsAnswer }

function ksHeld(a: number[], b: number[], { answer, alternative, method, nan_policy }: KsRun): Held[] {
  const options: Ks2sampOptions = {
    alternative,
    method: method === 'asymp' ? 'asymptotic' : method,
    nanPolicy: nan_policy,
  }
  const found = ks2samp(a, b, options)
  return [
    ...test('ks_2samp', found, answer, `${found.method}${alternative === 'two-sided' ? '' : ' one-sided'}`, 2e-16, 0),
    // Asymptotic, scipy warns of other things.
    held('ks_2samp switched', Number(found.switched), Number(answer.warned && method !== 'asymp')),
    ...placeHeld(a, b, found, answer),
  ]
}

/** scipy compares rounded gaps, so of equal ones it may name another: then the place that it names must have the same gap. */
function placeHeld(
  a: number[],
  b: number[],
  found: { readonly location: number; readonly sign: number },
  answer: KsRun['answer'],
): Held[] {
  const [location, sign] = [Number(answer.statistic_location), Number(answer.statistic_sign)]
  if (!(Object.is(found.location, location + 0) && Object.is(found.sign, sign)) && !Number.isNaN(location)) {
    const { above, below } = ecdfGaps(sorted(a), sorted(b))
    const height = (found.sign === 1 ? above : below).height
    const upTo = (values: number[]): number => values.filter((value) => value <= location).length
    return [
      held('ks_2samp gap at another place', height, sign * (upTo(a) * sorted(b).length - upTo(b) * sorted(a).length)),
    ]
  }
  return [held('ks_2samp location', found.location, location), held('ks_2samp sign', found.sign, sign)]
}

function sorted(values: number[]): Float64Array {
  return Float64Array.from(values.filter((value) => !Number.isNaN(value))).sort()
}

function test(
  name: string,
  ours: { readonly statistic: number; readonly pValue: number },
  theirs: { readonly statistic: Shown; readonly pvalue: Shown },
  method = '',
  noise = 0,
  // What the statistic's noise makes of a chi-square p: its density is at most about 1/√statistic.
  noiseOfP = noise === 0 ? 0 : noise * (1 + 1 / Math.sqrt(ours.statistic)),
): Held[] {
  return [
    held(`${name} statistic`, ours.statistic, theirs.statistic, noise),
    held(`${name} p${method && ` ${method}`}`, ours.pValue, theirs.pvalue, noiseOfP),
  ]
}

function held(what: string, ours: number, theirs: Shown, noise = 0): Held {
  return { what, ours, theirs: Number(theirs), noise }
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

function numbers(shown: readonly Shown[]): number[] {
  return shown.map(Number)
}

/** What is promised of each number, relative: the first that its name begins with. */
const PROMISES: readonly (readonly [start: string, allowed: number])[] = [
  // scipy's count of one-sided paths takes differences of large numbers, and its hypergeometric tails lose digits for counts beyond 10 000.
  ['ks_2samp p exact one-sided', 5e-12],
  ['ks_2samp p exact', 1e-12],
  ['ks_2samp p asymptotic', 1e-10],
  ['ks_2samp statistic', 1e-14],
  ['ks_2samp', 0],
  ['kstwo p', 1e-10],
  ['fisher_exact statistic', 1e-14],
  ['fisher_exact p', 1e-10],
  ['wasserstein_distance', 1e-14],
  ['energy_distance', 1e-14],
  ['jensenshannon', 1e-14],
  ['entropy', 1e-14],
  ['cramervonmises_2samp statistic', 1e-13],
  ['cramervonmises_2samp p exact', 1e-12],
  ['cramervonmises_2samp p asymptotic', 1e-10],
  ['mannwhitneyu statistic', 0],
  ['mannwhitneyu p exact', 1e-12],
  ['anderson_ksamp statistic', 1e-13],
  ['false_discovery_control', 2e-15],
  ['chi2_contingency statistic', 1e-13],
  ['power_divergence statistic', 1e-13],
  ['', 1e-10],
]

/** How far we are from scipy beyond its noise, relative; 0 for two NaN and for two numbers below the normal doubles. */
export function relativeError({ ours, theirs, noise }: Held): number {
  if (Object.is(ours, theirs) || ours === theirs) return 0
  if (Math.abs(ours) < 1e-300 && Math.abs(theirs) < 1e-300) return 0
  const error = Math.max(0, Math.abs(ours - theirs) - noise) / Math.max(Math.abs(theirs), 1e-300)
  return Number.isNaN(error) ? Infinity : error
}

/** The numbers of cases that miss what is promised, and how many of each kind were held. */
export function broken(cases: readonly ScipyCase[]): {
  wrong: object[]
  counts: Map<string, number>
  worst: Map<string, number>
} {
  const wrong: object[] = []
  const counts = new Map<string, number>()
  const worst = new Map<string, number>()
  for (const one of cases) {
    for (const number of heldAgainstScipy(one)) {
      const { what } = number
      const [, allowed] = PROMISES.find(([start]) => what.startsWith(start)) as (typeof PROMISES)[number]
      const error = relativeError(number)
      counts.set(what, (counts.get(what) ?? 0) + 1)
      worst.set(what, Math.max(worst.get(what) ?? 0, error))
      if (!(error <= allowed)) wrong.push({ ...number, error, allowed, case: JSON.stringify(one).slice(0, 300) })
    }
  }
  return { wrong, counts, worst }
}
