import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { dayshiftHere, GIT_ENV, newFolder } from '../../apps/cli/test/cli.ts'

/** What must be seen nowhere; as the same in another writing it would be seen as well. */
const CANARY = 'C4NARY'
/** Values that JSON, HTML, addresses and workflow commands write in their own ways. */
const ODD = `p"a\\s<s>&w'%${CANARY}`
/** Nobody listens there. */
const CLOSED = '127.0.0.1:1'

const ENV = {
  ...GIT_ENV,
  AWS_ACCESS_KEY_ID: `AKIA${CANARY}`,
  AWS_SECRET_ACCESS_KEY: `aws${CANARY}`,
  AWS_SESSION_TOKEN: `session${CANARY}`,
  OPENLINEAGE_URL: `http://${CLOSED}`,
  OPENLINEAGE_API_KEY: `lineage${CANARY}`,
  HOOK_URL: `http://${CLOSED}/services/${CANARY}/hook?token=${CANARY}`,
  HOOK_SECRET: ODD,
  SAS_TOKEN: ODD,
  DATA_PASSWORD: ODD,
}

const cwd = newFolder()

function put(path: string, text: string): void {
  mkdirSync(dirname(join(cwd, path)), { recursive: true })
  writeFileSync(join(cwd, path), text)
}

const PLANTED: ReadonlySet<string> = new Set(['.dvc/config.local', 'dayshift.config.json'])

beforeAll(async () => {
  execFileSync('git', ['init', '--quiet'], { cwd, env: GIT_ENV })
  await dayshiftHere(cwd, ['dvc', 'init'], { env: GIT_ENV })
  put(
    '.dvc/config.local',
    [
      '[core]',
      '    remote = web',
      `['remote "web"']`,
      `    url = http://ada:${CANARY}@${CLOSED}/store?sig=${CANARY}`,
      `    password = ${CANARY}`,
      `['remote "lake"']`,
      '    url = s3://bucket/store',
      `    endpointurl = http://${CLOSED}`,
      `    access_key_id = AKIA${CANARY}`,
      `    secret_access_key = ${CANARY}`,
      `['remote "bare"']`,
      '    url = s3://bucket/store',
      `    endpointurl = http://${CLOSED}`,
      `['remote "azure"']`,
      '    url = azure://box/store',
      `    connection_string = AccountKey=${CANARY}`,
      `    sas_token = ${CANARY}`,
      '',
    ].join('\n'),
  )
  put('data/a.csv', 'id,v\n1,2\n2,3\n3,4\n')
  put('data/b.csv', 'id,v\n1,2\n')
  put('data/schema.json', JSON.stringify({ fields: [{ name: 'id', type: 'integer', constraints: { maximum: 1 } }] }))
  put(
    'dayshift.config.json',
    JSON.stringify({
      name: 'p',
      sinks: {
        team: { type: 'webhook', url: '${env:HOOK_URL}', secret: '${env:HOOK_SECRET}', retries: 0, timeout: '1s' },
        am: {
          type: 'alertmanager',
          url: `http://ada:${CANARY}@${CLOSED}`,
          headers: { Authorization: 'Bearer ${env:HOOK_SECRET}' },
          retries: 0,
          timeout: '1s',
        },
      },
      datasets: {
        a: {
          source: 'data/a.csv',
          contract: 'data/schema.json',
          log: { origin: 'https://example.org/a.csv?sv=1&sig=${env:SAS_TOKEN}', job: 'j-${env:SAS_TOKEN}' },
          freshness: { maxAge: '1ms' },
          drift: { reference: 'data/a.csv' },
        },
        b: {
          source: 'data/b.csv',
          log: { origin: 'https://example.org/${env:SAS_TOKEN}' },
          freshness: { maxAge: '1h' },
          drift: { reference: 'previous' },
        },
      },
    }),
  )
  put('named/data/schema.json', JSON.stringify({ fields: [{ name: 'id', type: 'string' }] }))
  put(`named/data/${ENV.DATA_PASSWORD}.csv`, 'id,v\n1,2\n')
  put(
    'named/dayshift.config.json',
    JSON.stringify({
      name: 'named',
      datasets: {
        c: { source: 'data/${env:DATA_PASSWORD}.csv', contract: 'data/schema.json' },
        d: { source: 'data/none-${env:DATA_PASSWORD}.csv', contract: 'data/schema.json' },
      },
    }),
  )
})

const SIGNED = `http://ada:${CANARY}@${CLOSED}/x.csv?X-Amz-Credential=${CANARY}&X-Amz-Signature=${CANARY}&sig=${CANARY}`

const COMMANDS: readonly (readonly string[])[] = [
  ['run', 'a', 'b', '--output', 'run.html', '--output', 'run.json', '--output', 'run.xml', '--output', 'run.md'],
  ['run', 'a', 'b', '-v', '--only', 'validate,register,log,freshness'],
  ['run', 'a', 'b', '--json'],
  ['run', 'a', 'b', '--format', 'github'],
  ['run', '--dry-run'],
  ['report'],
  ['history', '--json'],
  ['history', '--output', 'history.html'],
  ['log', 'b', '--json'],
  ['alerts', 'list'],
  ['alerts', 'test', 'team'],
  ['alerts', 'test', 'am', '--json'],
  ['catalog', 'show', 'b', '--json'],
  ['catalog', 'export'],
  ['lineage', 'runs', '--json'],
  ['lineage', 'graph', '--format', 'mermaid'],
  ['lineage', 'graph', '--format', 'dot'],
  ['lineage', 'send'],
  ['log', 'data/a.csv', '--origin', SIGNED],
  ['log', SIGNED, '--origin', SIGNED, '--json'],
  ['register', SIGNED, '--name', 'n', '--description', `token=${CANARY}`, '--link', SIGNED],
  ['register', 'data/a.csv', '--name', 'n', '--description', `token=${CANARY}`, '--link', SIGNED],
  ['freshness', SIGNED, '--max-age', '1h'],
  ['profile', SIGNED, '--json'],
  ['doctor'],
  ['doctor', '--json'],
  ['dvc', 'remote', 'list'],
  ['dvc', 'remote', 'list', '--json'],
  ['dvc', 'add', 'data/a.csv'],
  ['dvc', 'push'],
  ['dvc', 'push', '-r', 'lake', '--json', '--debug'],
  ['dvc', 'push', '-r', 'bare'],
  ['dvc', 'push', '-r', 'azure'],
  ['dvc', 'pull', '--debug'],
  ['dvc', 'fetch', '-r', 'lake'],
  ['dvc', 'status', '--cloud'],
  ['dvc', 'gc', '-w', '--cloud', '--force'],
  ['dvc', 'list-url', SIGNED],
  ['dvc', 'get-url', SIGNED],
  ['dvc', 'import-url', SIGNED],
  ['dvc', 'get', `http://ada:${CANARY}@${CLOSED}/r.git`, 'x'],
  ['dvc', 'import', `http://ada:${CANARY}@${CLOSED}/r.git`, 'x'],
  ['dvc', 'list', `http://ada:${CANARY}@${CLOSED}/r.git`],
  ['dvc', 'remote', 'add', 'new', `http://ada:${CANARY}@${CLOSED}/x`],
  ['dvc', 'remote', 'modify', 'web', 'password', CANARY],
  ['dvc', 'whereis', 'data/a.csv', '-r', 'web'],
]

/** What is asked of data whose very path holds a secret. */
const OF_NAMED: readonly (readonly string[])[] = [
  ['validate', 'd', '--json', '--debug'],
  ['validate', 'd', '--format', 'github'],
  ['validate', 'c', '--output', 'validate.html', '--output', 'validate.xml', '--output', 'validate.md'],
  ['validate', 'c', '--json'],
  ['validate', 'c', '--format', 'github'],
  ['profile', 'c', '--output', 'profile.html', '--json'],
]

test.each([
  ...COMMANDS.map((words) => [words.join(' ').replaceAll(CANARY, '…'), '.', words] as const),
  ...OF_NAMED.map((words) => [words.join(' '), 'named', words] as const),
])('no secret is told by %s', async (_, folder, words) => {
  const { stdout, stderr } = await dayshiftHere(join(cwd, folder), words, { env: ENV })
  const told = (stdout + stderr).split('\n').filter((line) => line.includes(CANARY))
  expect(told).toEqual([])
})

test('nor does it stand in any file that was written', () => {
  const files = readdirSync(cwd, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(cwd.length + 1))
    // History and alerts know data by its path.
    .filter((path) => !PLANTED.has(path) && !path.startsWith('named/.dayshift/'))
  expect(files.length).toBeGreaterThan(10)
  const holding = files.flatMap((path) => {
    const text = readFileSync(join(cwd, path), 'utf8')
    const at = text.indexOf(CANARY)
    return at < 0 ? [] : [`${path}: ${text.slice(Math.max(0, at - 120), at + 20)}`]
  })
  expect(holding).toEqual([])
})
