import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { withoutSecrets, withoutSecretsWithin } from '../src/secrets.ts'

test.each([
  ['postgres://me:pw@db/t and s3://k:s@lake/a', 'postgres://db/t and s3://lake/a'],
  ['"mongodb://me:p@ss@h1,h2/db"', '"mongodb://h1,h2/db"'],
  ['postgres://me:p/w@db/t', 'postgres://db/t'],
  ['https://host:8080/@name', 'https://host:8080/@name'],
  ['https://host/a@b.csv', 'https://host/a@b.csv'],
  ['abfss://raw:pw@acc/a.csv', 'abfss://raw@acc/a.csv'],
  ['https://host/a?X-Amz-Signature=abc&x=1', 'https://host/a?X-Amz-Signature=***&x=1'],
  ['https://acc.blob/a?sv=1&sig=abc%3D#top', 'https://acc.blob/a?sv=1&sig=***#top'],
  ['mail me@example.org, 50% of a://b', 'mail me@example.org, 50% of a://b'],
  ['/srv/https:/me:pw@host/a.csv', '/srv/https:/host/a.csv'],
  ['file:///srv/s3:/me:p/w@host/a.csv', 'file:///srv/s3:/host/a.csv'],
  ['C:/me@work/a.csv and a.ts:/x', 'C:/me@work/a.csv and a.ts:/x'],
])('%s', (text, shown) => {
  expect(withoutSecrets(text)).toBe(shown)
})

test('secrets in words and in plain data are hidden too', () => {
  expect(withoutSecrets('Server=db;User Id=u;Password=hidden;')).toBe('Server=db;User Id=u;Password=***;')
  expect(withoutSecrets("copy me:hidden@host:/path 'pwd = hidden'")).toBe("copy host:/path 'pwd = ***'")
  expect(withoutSecrets('12:30:45 a@b.c x:y')).toBe('12:30:45 a@b.c x:y')
  expect(withoutSecretsWithin({ a: ['s3://u:hidden@b/k', 1, null], b: { c: 'token=hidden' } })).toEqual({
    a: ['s3://b/k', 1, null],
    b: { c: 'token=***' },
  })
})

/** One a line: what holds the secret `hunter22` in some way, and what is told of it. */
test.each([
  // SQL.
  [
    "CREATE SECRET s (TYPE s3, KEY_ID 'hunter22', SECRET 'a)b''hunter22');\nSELECT 1",
    'CREATE SECRET s (***);\nSELECT 1',
  ],
  [
    "create or replace persistent secret (TYPE gcs, MAP {'x': f('hunter22')}) ;",
    'create or replace persistent secret (***) ;',
  ],
  ["CREATE SECRET x (SECRET 'hunter22", 'CREATE SECRET x (***'],
  ["SET s3_secret_access_key='hunter22'; SET s3_region='eu'", "SET s3_secret_access_key='***'; SET s3_region='eu'"],
  ["SET GLOBAL s3_session_token = 'hunter22'", "SET GLOBAL s3_session_token = '***'"],
  ["SET s3_secret_access_key TO 'hunter22'", "SET s3_secret_access_key TO '***'"],
  ["ALTER USER ada PASSWORD 'hunter''22' VALID", "ALTER USER ada PASSWORD '***' VALID"],
  ["CREATE USER ada IDENTIFIED BY 'hunter22'", "CREATE USER ada IDENTIFIED BY '***'"],
  [
    "COPY t CREDENTIALS 'aws_access_key_id=hunter22;aws_secret_access_key=hunter22'",
    "COPY t CREDENTIALS 'aws_access_key_id=***;aws_secret_access_key=***'",
  ],
  [
    "CREDENTIALS=(AWS_KEY_ID='AKIAABCDEFGHIJKLMNOP' AWS_SECRET_KEY='hunter22')",
    "CREDENTIALS=(AWS_KEY_ID='***' AWS_SECRET_KEY='***')",
  ],
  ["ENCRYPTION = (MASTER_KEY = 'hunter22')", "ENCRYPTION = (MASTER_KEY = '***')"],
  ["ATTACH 'dbname=a user=b password=hunter22 host=c'", "ATTACH 'dbname=a user=b password=*** host=c'"],
  // Addresses.
  ['jdbc:oracle:thin:ada/hunter22@db:1521:orcl', 'jdbc:oracle:thin:@db:1521:orcl'],
  ['jdbc:oracle:thin:ada/"hunter 22"@//db/orcl', 'jdbc:oracle:thin:@//db/orcl'],
  ['jdbc:sqlserver://db;user=ada;password=hunter22;x=1', 'jdbc:sqlserver://db;user=ada;password=***;x=1'],
  ['//ada:hunter22@db/shop', '//db/shop'],
  ['//ada:hun/ter22@db/shop', '//db/shop'],
  ['ada:hunter22@db/shop', 'db/shop'],
  ['1https://ada:hunter22@db/shop', '1https://db/shop'],
  ['AccountName=a;AccountKey=hunter22==;EndpointSuffix=b', 'AccountName=a;AccountKey=***;EndpointSuffix=b'],
  ['SharedAccessSignature=sv=1&sig=hunter22%3D;x=1', 'SharedAccessSignature=***&sig=***;x=1'],
  ['?sv=1&sig=hunter22&se=2', '?sv=1&sig=***&se=2'],
  ['X-Amz-Signature=hunter22&X-Amz-Date=1', 'X-Amz-Signature=***&X-Amz-Date=1'],
  ['https://acc.blob/c?AccountKey=hunter22&a=1', 'https://acc.blob/c?AccountKey=***&a=1'],
  // Messages of errors.
  ['401 for Authorization: Bearer hunter22', '401 for Authorization: Bearer ***'],
  ['sent Bearer hunter22.abc to', 'sent Bearer *** to'],
  ['{"authorization":"Basic aHVudGVyMjI6aHVudGVyMjI=","a":1}', '{"authorization":"Basic ***","a":1}'],
  ['Proxy-Authorization: hunter22', 'Proxy-Authorization: ***'],
  ['aws_secret_access_key = hunter22 in', 'aws_secret_access_key = *** in'],
  ['export AWS_SECRET_ACCESS_KEY=hunter22', 'export AWS_SECRET_ACCESS_KEY=***'],
  ['{"password": "hunter22\\"hunter22", "a": 1}', '{"password": "***", "a": 1}'],
  ["{'access_token': 'hunter22'}", "{'access_token': '***'}"],
  ['password: hunter22, user: ada', 'password: ***, user: ada'],
  ['x-api-key: hunter22', 'x-api-key: ***'],
  ['Set-Cookie: sid=hunter22; Path=/', 'Set-Cookie: ***'],
  ['clientSecret=hunter22', 'clientSecret=***'],
  ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.hunter22', '***'],
  ['ghp_hunter22hunter22hunter22 is no', '*** is no'],
  ['-----BEGIN RSA PRIVATE KEY-----\nhunter22\n-----END RSA PRIVATE KEY-----\n.', '***\n.'],
])('%s', (text, told) => {
  expect(withoutSecrets(text)).toBe(told)
  expect(withoutSecrets(told)).toBe(told)
})

/** What is like a secret, and none. */
test.each([
  'SELECT password_hash, token_count FROM users WHERE secretary = 1',
  "Unexpected token: '}' in JSON at position 7",
  'Basic authentication is not allowed; Digest authentication is.',
  'primary_key: id',
  'npm:lodash@4.17.21 and git@example.org',
  'the secret is missing; CREATE SECRET is a statement',
  'a bearer token is missing',
  'https://docs.example.org/token/password#secret',
  '// what follows is a comment',
  'CREATE TABLE secrets (secret VARCHAR)',
  '/srv/data/part=1/a.csv',
])('%s stays', (text) => {
  expect(withoutSecrets(text)).toBe(text)
})

test('law: what has lost its secrets loses nothing more', () => {
  const words =
    'password|=|: |\'|"|Bearer |//|a:b@|host/|https|://|token|?sig=|(|)|;|CREATE SECRET |x| |\n|jdbc:oracle:thin:|@|***|1'
  const piece = fc.constantFrom(...words.split('|'))
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const once = withoutSecrets(pieces.join(''))
      expect(withoutSecrets(once)).toBe(once)
    }),
    { numRuns: 3000, seed: 8 },
  )
})

test('long texts take no time to speak of', () => {
  const began = performance.now()
  for (const word of [
    'a',
    'password',
    'token=',
    "'",
    '(',
    'https:/',
    'CREATE SECRET (',
    'eyJ',
    'a:',
    '@',
    '-----BEGIN PRIVATE KEY-----',
    'jdbc:oracle:thin:',
  ]) {
    expect(withoutSecrets(word.repeat(200_000 / word.length)).length).toBeLessThan(300_000)
  }
  expect(performance.now() - began).toBeLessThan(3000)
})
