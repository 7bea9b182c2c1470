import { spawnSync } from 'node:child_process'
import { matchesGlob } from '../../../packages/core/src/glob.ts'
import { datasetOf } from '../../../packages/core/src/dataset.ts'
import { planSample, type SampleOptions } from '../../../packages/core/src/sampling/plan.ts'
import { withoutSecrets } from '../../../packages/core/src/secrets.ts'
import { formatDuration, parseDuration, parseFraction, parseSize } from '../../../packages/core/src/units.ts'
import { uriOf } from '../../../packages/lineage/src/uri.ts'
import { readSchedule } from '../../../packages/monitor/src/freshness/schedule.ts'
import { markdownCell, markdownCode, markdownText } from '../../../apps/cli/src/render/markdown-text.ts'
import { shellQuoted } from '../../../apps/cli/src/render/shell-quoted.ts'
import { Broken, type Target } from '../target.ts'

const MONDAY = Date.UTC(2026, 10, 30)

const cron: Target = {
  name: 'cron expression',
  cost: 4,
  texts: ['0 7 * * 1-5', '*/15 0,12 1-7 jan-mar sun', '0 0 29 2 *', '@daily', '0 0 31 2 *', '30 2 * * *'],
  words: ['*', '/', '-', ',', 'L', 'W', '#', '?', '60', '00', '@reboot', 'mon', '*/0'],
  read(bytes) {
    const schedule = readSchedule({ cron: String(bytes), zone: 'Europe/Berlin', grace: '1h' })
    const last = schedule.last(MONDAY)
    if (last !== undefined && last !== null && last > MONDAY) throw new Broken('the last deadline is to come')
  },
}

const globs: Target = {
  name: 'glob',
  texts: ['data/**/*.csv', 'a?[b-d]*', '[!a]', '**', 'x/[old]/y'],
  words: ['**/', '*', '?', '[', '!', ']', '-', '*'.repeat(40)],
  read: (bytes) => matchesGlob(`data/${'a'.repeat(60)}/b/c/${'x'.repeat(60)}.csv`, String(bytes)),
}

const units: Target = {
  name: 'units',
  texts: ['24h', '1%', '10MB', '0.5', '1e3', '90s', '2w'],
  words: ['h', 'd', '%', 'GB', '.', 'e', '-', ' ', 'Infinity'],
  read(bytes) {
    const text = String(bytes)
    const read = [parseDuration, parseFraction, parseSize].flatMap((parse) => {
      try {
        return [parse(text)]
      } catch (error) {
        if ((error as { code?: string }).code !== 'DS_UNIT') throw error
        return []
      }
    })
    if (read.some((value) => !(value >= 0))) throw new Broken(`${read.join(', ')} is no amount`)
    for (const value of read) formatDuration(value)
  },
}

const sample: Target = {
  name: 'sample',
  texts: ['{"fraction": "1%", "seed": 42}', '{"rows": 10, "stratify": "a", "minPerStratum": 2}'],
  trees: [
    { fraction: 0.1, seed: 1, key: ['a'], method: 'blocks' },
    { rows: 5, stratify: ['a', 'b'], weight: 'w', window: { column: 't', last: '30d' }, edges: true },
  ],
  words: ['"key"', '"rows"', '-1', '"window"', 'null'],
  read(bytes) {
    let options: SampleOptions
    try {
      options = JSON.parse(String(bytes)) as SampleOptions
    } catch {
      return undefined
    }
    if (typeof options !== 'object' || options === null || Array.isArray(options)) return undefined
    return planSample(options)
  },
}

const address: Target = {
  name: 'address',
  texts: [
    's3://bucket/a b?versionId=1',
    'https://me:pw@host:8443/a.csv?token=x',
    'file:///srv/a',
    'postgres://u:p@h/db',
    'C:\\a',
    'jdbc:oracle:thin:u/p@h:1521/x',
  ],
  words: ['://', '@', ':', '//', '%00', '[::1]', '?sig=', '#', 'xn--'],
  read(bytes) {
    const text = String(bytes)
    const cleaned = withoutSecrets(text)
    if (withoutSecrets(cleaned) !== cleaned) withoutSecrets(withoutSecrets(cleaned))
    uriOf(text)
    return datasetOf(text, '/srv')
  },
}

const names: Target = {
  name: 'name in Markdown and shells',
  cost: 8,
  texts: [
    'a | b',
    '<script>alert(1)</script>',
    '`code`',
    '[x](javascript:alert(1))',
    "it's $(rm -rf /)",
    '**bold** _it_',
  ],
  words: ['|', '<', '`', '[', '](', '&lt;', '$(', "'", '\n', '```'],
  read(bytes) {
    const text = String(bytes)
    const cell = markdownCell(text)
    if (/\n|(?<!\\)\|/.test(cell)) throw new Broken('a cell of a table is more than one')
    if (/(?<!\\)<[a-z!/]/i.test(markdownText(text))) throw new Broken('a name is markup')
    markdownCode(text)
    if (text.includes('\0') || text.length > 10_000) return
    const { stdout } = spawnSync('sh', ['-c', `printf %s ${shellQuoted(text)}`], { encoding: 'utf8' })
    if (stdout !== text) throw new Broken('a word for a shell is another')
  },
}

export const wordTargets = [cron, globs, units, sample, address, names]
