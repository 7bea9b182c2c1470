import { execFileSync } from 'node:child_process'
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { loadCommand } from '../src/commands.ts'
import { commonFlags } from '../src/flags.ts'
import { lineageGroup } from '../src/lineage/commands.ts'
import { dayshift, GIT_ENV, newFolder, program } from './cli.ts'

const folder = newFolder()
const path = join(folder, 'metadata_log.jsonl')

async function text(...words: string[]): Promise<string> {
  const { stdout, stderr } = await dayshift(folder, ['lineage', ...words])
  return stdout + stderr
}

beforeAll(async () => {
  const log = (file: string, origin: string, ...more: string[]): Promise<unknown> =>
    dayshift(folder, ['log', file, '--origin', origin, ...more])
  for (const name of ['clean', 'daily', 'report']) writeFileSync(join(folder, `${name}.csv`), 'id,price\n1,2.5\n')
  await log('clean.csv', 's3://lake/raw.csv', '--job', 'tidy')
  await log('daily.csv', 'clean.csv', '--job', 'daily')
  await log('report.csv', 'daily.csv', '--job', 'publish')
  await dayshift(folder, ['register', 'daily.csv', '--name', 'daily', '--description', 'By day'])
}, 60_000)

test('help names every command; each tells its words, flags and examples', async () => {
  const { stdout } = await dayshift(folder, ['lineage', '--help'])
  for (const [name, { summary: told }] of Object.entries(lineageGroup.commands)) {
    expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'))
    const { flags, examples, summary } = await loadCommand(`lineage ${name}`)
    expect(summary).toBe(told)
    expect(Object.keys(flags).filter((flag) => Object.hasOwn(commonFlags, flag))).toEqual([])
    for (const example of examples) expect(example).toMatch(new RegExp(`dayshift lineage ${name}`))
  }
})

test('a graph is drawn as trees, and named by path, catalog or job', async () => {
  const day = new Date().toISOString().slice(0, 10)
  expect(await text('graph', 'daily.csv')).toBe(
    [
      'daily.csv',
      'made from',
      `└ [daily]  complete ${day}`,
      '  └ clean.csv',
      `    └ [tidy]  complete ${day}`,
      '      └ s3://lake/raw.csv',
      'makes',
      `└ [publish]  complete ${day}`,
      '  └ report.csv',
      '4 datasets, 3 jobs',
      '',
    ].join('\n'),
  )
  // The catalog's name of a dataset goes before a job of that name.
  expect(await text('graph', 'daily')).toMatch(/^daily\.csv\n/)
  expect(await text('graph', 'tidy', '--upstream', '0')).toMatch(/^\[tidy\] {2}complete \S+\nmakes\n/)
  expect(await text('graph', 's3://lake/raw.csv', '--downstream', '1')).toContain('2 datasets, 1 job')
  expect(await text('graph')).toMatch(/^s3:\/\/lake\/raw\.csv\n└ \[tidy\]/)
  expect(await text('graph', 'dialy.csv')).toContain('DS_LINEAGE_UNKNOWN')
})

test('a graph is drawn for others to read', async () => {
  expect(await text('graph', 'report.csv', '--upstream', '1', '--format', 'mermaid')).toBe(
    `flowchart LR\n  n0[("${folder}/report.csv")]\n  n1["publish"]\n  n2[("${folder}/daily.csv")]\n  n2 --> n1\n  n1 --> n0\n`,
  )
  expect(await text('graph', '--format', 'dot')).toMatch(/^digraph lineage \{\n {2}rankdir=LR\n/)
  expect(await text('graph', '--format', 'csv')).toContain(`job,dayshift,tidy,dataset,file,${folder}/clean.csv\n`)
  const { stdout } = await dayshift(folder, ['lineage', 'graph', 'report.csv', '--json'])
  const { result } = JSON.parse(stdout) as { result: { nodes: { name: string; distance: number }[]; edges: unknown[] } }
  expect(result.nodes[0]).toMatchObject({ name: `${folder}/report.csv`, distance: 0 })
  expect(result.edges).toHaveLength(6)
  const refused = await dayshift(folder, ['catalog', 'list', '--format', 'mermaid'])
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('has no form as mermaid')])
  await dayshift(folder, ['lineage', 'graph', '--output', 'graph.dot', '--output', 'graph.mmd', '-q'])
  expect(readFileSync(join(folder, 'graph.dot'), 'utf8')).toMatch(/^digraph/)
  expect(readFileSync(join(folder, 'graph.mmd'), 'utf8')).toMatch(/^flowchart/)
})

test('runs are listed, the last first, and each can be shown', async () => {
  const runs = await text('runs')
  expect(runs).toMatch(/publish +complete +\S+ ms +[0-9a-f]{12} +daily\.csv → report\.csv\n/)
  expect(runs).toMatch(/3 runs\n$/)
  expect(await text('runs', '--job', 'tidy', '-n', '1')).toMatch(/\n1 run\n$/)
  expect(await text('runs', '--state', 'gone')).toContain('DS_USAGE')
  const page = await text('show', 'last')
  expect(page).toMatch(/^publish {2}complete\n {2}run {5}[0-9a-f-]{36}\n/)
  expect(page).toContain('read\n  daily.csv')
  expect(page).toMatch(/wrote\n {2}report\.csv {2}1 row {2}2 columns {2}15 B\n$/)
  const id = /run +([0-9a-f-]{36})/.exec(page)?.[1] as string
  expect(await text('show', id.slice(-12))).toBe(page)
  expect(await text('show', 'ffffffffffff')).toContain('DS_LINEAGE_UNKNOWN')
})

test('damage is told with its byte, and taken out into a quarantine', async () => {
  const offset = readFileSync(path).length
  appendFileSync(path, '{"torn\n')
  expect(await text('runs')).toContain(`byte ${offset}: the line is not JSON`)
  const { code, stdout } = await dayshift(folder, ['lineage', 'fsck'])
  expect([code, stdout]).toEqual([1, expect.stringContaining(`✖ damaged: metadata_log.jsonl, byte ${offset}`)])
  expect(await text('fsck', '--repair')).toContain(
    '1 line moved to metadata_log.jsonl.quarantine; 0 events recovered from it',
  )
  expect((await dayshift(folder, ['lineage', 'fsck'])).code).toBe(0)
})

test('a log that is not there is an error that tells how to begin', async () => {
  const { code, stderr } = await dayshift(newFolder(), ['lineage', 'graph'])
  expect([code, stderr]).toEqual([3, expect.stringContaining('Log a run first: dayshift log')])
})

test('what was read is verified against the bytes on disk, and brought back by the commands that are told', async () => {
  const project = newFolder()
  const file = join(project, 'in.csv')
  const run = (...words: string[]): ReturnType<typeof dayshift> => dayshift(project, words)
  const git = (...words: string[]): string =>
    execFileSync('git', words, { cwd: project, env: GIT_ENV, encoding: 'utf8' })
  git('init', '-q')
  writeFileSync(file, 'a\n1\n')
  writeFileSync(join(project, 'out.csv'), 'b\n1\n')
  await run('version', 'in.csv')
  await run('log', 'out.csv', '--origin', 'in.csv', '--job', 'first')
  expect((await run('lineage', 'verify')).stdout).toBe(
    '✔ same: in.csv\n1 recorded version, none differs; of 1 the log has no version (dayshift version records them)\n',
  )
  writeFileSync(file, 'a\n2\n')
  const differs = await run('lineage', 'verify', 'out.csv')
  expect([differs.code, differs.stdout]).toEqual([1, expect.stringMatching(/^✖ differs: in\.csv: md5:\S+, was md5:/)])
  await run('version', 'in.csv')
  const { code, stdout } = await run('lineage', 'reproduce', 'last')
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /^# in\.csv md5:[0-9a-f]{32}\ngit checkout [0-9a-f]{40} -- in\.csv\.dvc\ndayshift dvc checkout in\.csv\.dvc\n$/,
  )
  for (const line of stdout.trim().split('\n').slice(1)) {
    const [tool, ...words] = line.split(' ')
    await (tool === 'git' ? git(...words) : run(...words))
  }
  expect(readFileSync(file, 'utf8')).toBe('a\n1\n')
  rmSync(file)
  expect((await run('lineage', 'verify')).stdout).toMatch(/^✖ gone: in\.csv \(was md5:/)
  await run('log', 'in.csv.dvc', '--origin', 'elsewhere.csv', '--as', 'csv')
  expect((await run('lineage', 'reproduce', 'last')).stdout).toContain('# elsewhere.csv: the log has no version of it')
})

test('what an event says cannot become a command, and odd names are brought back too', async () => {
  const project = newFolder()
  const odd = '-a [1] $(touch x).csv'
  const run = (...words: string[]): ReturnType<typeof dayshift> => dayshift(project, words)
  const shell = (script: string): string =>
    execFileSync('sh', ['-c', `dayshift() { "$NODE" "$PROGRAM" "$@"; }; ${script}`], {
      cwd: project,
      env: { ...GIT_ENV, NODE: process.execPath, PROGRAM: program },
      encoding: 'utf8',
    })
  shell('git init -q')
  writeFileSync(join(project, odd), 'a\n1\n')
  writeFileSync(join(project, 'out.csv'), 'b\n1\n')
  await run('version', `./${odd}`)
  await run('log', 'out.csv', `--origin=./${odd}`)
  writeFileSync(join(project, odd), 'a\n2\n')
  await run('version', `./${odd}`)
  const told = await run('lineage', 'reproduce', 'last')
  expect(told.code).toBe(0)
  shell(told.stdout)
  expect(readFileSync(join(project, odd), 'utf8')).toBe('a\n1\n')

  const event = (await run('lineage', 'show', 'last', '--json')).stdout
  const { runId } = (JSON.parse(event) as { result: { run: { runId: string } } }).result.run
  const hostile = {
    eventType: 'COMPLETE',
    eventTime: '2100-01-01T00:00:00Z',
    run: { runId },
    job: { namespace: 'n', name: 'j\ntouch job' },
    inputs: [
      {
        namespace: 'file',
        name: '/a\ntouch name',
        facets: {
          version: {
            _producer: 'https://x.example',
            _schemaURL: 'https://x.example/s',
            datasetVersion: 'md5:1\ntouch version',
          },
        },
      },
    ],
    producer: 'https://x.example',
    schemaURL: 'https://x.example/s',
  }
  appendFileSync(join(project, 'metadata_log.jsonl'), `${JSON.stringify(hostile)}\n`)
  const { stdout } = await run('lineage', 'reproduce', 'last')
  expect(stdout).toContain('no commit recorded md5:1\\ntouch version')
  expect(stdout.split('\n').filter((line) => line.startsWith('touch'))).toEqual([])
})
