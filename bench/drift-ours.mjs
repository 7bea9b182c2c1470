// Our side of bench/drift.mjs: one job in one process, whose last line is what it cost.
// node bench/drift-ours.mjs dayshift JOB REFERENCE CURRENT
import { tellCost } from './cost.mjs'

const [, job, ...files] = process.argv.slice(2)
const load = (path) => import(new URL(`../packages/${path}`, import.meta.url).href)
const result = {}

if (job === 'ks-memory') {
  const [{ open }, { ks2samp }] = [await load('core/dist/index.js'), await load('monitor/dist/statistics.js')]
  const [a, b] = await Promise.all(files.map(async (file) => (await open(file)).numbers('normal')))
  const [began, before] = [performance.now(), process.cpuUsage()]
  const { statistic, pValue } = ks2samp(a, b)
  const { user, system } = process.cpuUsage(before)
  const seconds = (performance.now() - began) / 1000
  tellCost(() => ({ seconds, cpu: (user + system) / 1e6, d: { normal: statistic }, p: { normal: pValue } }))
} else {
  tellCost(() => result)
  const [{ open }, { drift, ks }] = [await load('core/dist/index.js'), await load('monitor/dist/index.js')]
  const [reference, current] = await Promise.all(files.map((file) => open(file)))
  const { facts } = await drift(reference, current, job.startsWith('all-') ? {} : { detectors: [ks()] })
  result.rows = facts.referenceRows + facts.currentRows
  const found = facts.columns.filter(({ detector }) => detector === 'ks')
  result.d = Object.fromEntries(found.map(({ column, statistic }) => [column, statistic]))
  result.p = Object.fromEntries(found.map(({ column, pValue }) => [column, pValue]))
}
