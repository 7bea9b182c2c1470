import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { datasetOf, fileDataset, isAddress } from '../src/dataset.ts'
import { withoutSecrets } from '../src/secrets.ts'

/** Addresses and the identity that OpenLineage's naming rules give them (https://openlineage.io/docs/spec/naming). */
test.each([
  ['data/a.csv', 'file', '/srv/data/a.csv', 'file:///srv/data/a.csv'],
  ['/data/a b.csv', 'file', '/data/a b.csv', 'file:///data/a%20b.csv'],
  ['../a.csv', 'file', '/a.csv', 'file:///a.csv'],
  ['file:///data/a%20b.csv', 'file', '/data/a b.csv', 'file:///data/a%20b.csv'],
  ['file://localhost/data/a.csv', 'file', '/data/a.csv', 'file:///data/a.csv'],
  ['file://nas/data/a.csv', 'file://nas', '/data/a.csv', 'file://nas/data/a.csv'],
  ['file:///100%.csv', 'file', '/100%.csv', 'file:///100%25.csv'],
  ['s3://lake/raw/a.csv', 's3://lake', 'raw/a.csv', 's3://lake/raw/a.csv'],
  ['S3A://lake/raw/', 's3://lake', 'raw', 's3://lake/raw'],
  ['s3://lake', 's3://lake', '/', 's3://lake/'],
  ['s3://lake/raw/day-?.csv', 's3://lake', 'raw/day-?.csv', 's3://lake/raw/day-?.csv'],
  ['s3://lake/raw/a#1.csv', 's3://lake', 'raw/a#1.csv', 's3://lake/raw/a#1.csv'],
  ['s3://lake/a.csv?versionId=7', 's3://lake', 'a.csv', 's3://lake/a.csv'],
  ['gcs://lake/a.csv', 'gs://lake', 'a.csv', 'gs://lake/a.csv'],
  [
    'abfs://raw@acc.dfs.core.windows.net/a.csv',
    'abfss://raw@acc.dfs.core.windows.net',
    'a.csv',
    'abfss://raw@acc.dfs.core.windows.net/a.csv',
  ],
  ['hdfs://nn:8020/user/a.csv', 'hdfs://nn:8020', '/user/a.csv', 'hdfs://nn:8020/user/a.csv'],
  ['postgres://DB/shop.public.t', 'postgres://db:5432', 'shop.public.t', 'postgres://db:5432/shop.public.t'],
  [
    'postgresql://me:pw@db:6543/shop.public.t',
    'postgres://db:6543',
    'shop.public.t',
    'postgres://db:6543/shop.public.t',
  ],
  ['jdbc:mysql://db/shop.t?user=me&password=pw', 'mysql://db:3306', 'shop.t', 'mysql://db:3306/shop.t'],
  ['https://me:pw@host/a.csv?token=x#y', 'https://host', 'a.csv', 'https://host/a.csv'],
  ['https://host', 'https://host', '/', 'https://host/'],
  ['duckdb:///data/a.db', 'duckdb://', '/data/a.db', 'duckdb:///data/a.db'],
  ['mssql://db/shop.dbo.t', 'mssql://db:1433', 'shop.dbo.t', 'mssql://db:1433/shop.dbo.t'],
  [
    'jdbc:sqlserver://db:1500/shop.dbo.t;user=me;password=pw',
    'mssql://db:1500',
    'shop.dbo.t',
    'mssql://db:1500/shop.dbo.t',
  ],
  ['oracle://db/svc.shop.t', 'oracle://db:1521', 'svc.shop.t', 'oracle://db:1521/svc.shop.t'],
  ['db2://db/shop.s.t', 'db2://db:50000', 'shop.s.t', 'db2://db:50000/shop.s.t'],
  ['teradata://db/shop.t', 'teradata://db:1025', 'shop.t', 'teradata://db:1025/shop.t'],
  ['cassandra://db/ks.t', 'cassandra://db:9042', 'ks.t', 'cassandra://db:9042/ks.t'],
  ['trino://db/c.s.t', 'trino://db:8080', 'c.s.t', 'trino://db:8080/c.s.t'],
  ['kafka://broker/orders', 'kafka://broker:9092', 'orders', 'kafka://broker:9092/orders'],
  ['snowflake://org-acc/DB.S.T', 'snowflake://org-acc', 'DB.S.T', 'snowflake://org-acc/DB.S.T'],
  ['redshift://c1.eu-west-1/db.s.t', 'redshift://c1.eu-west-1:5439', 'db.s.t', 'redshift://c1.eu-west-1:5439/db.s.t'],
  [
    'awsathena://athena.us-east-1.amazonaws.com/c.d.t',
    'awsathena://athena.us-east-1.amazonaws.com',
    'c.d.t',
    'awsathena://athena.us-east-1.amazonaws.com/c.d.t',
  ],
  ['unitycatalog://dbc/c.s.t', 'unitycatalog://dbc', 'c.s.t', 'unitycatalog://dbc/c.s.t'],
  [
    'arn:aws:glue:us-east-1:123456789012:table/shop/t',
    'arn:aws:glue:us-east-1:123456789012',
    'table/shop/t',
    'arn:aws:glue:us-east-1:123456789012:table/shop/t',
  ],
  ['bigquery:My-Project.shop.t', 'bigquery', 'My-Project.shop.t', 'bigquery:My-Project.shop.t'],
  ['bigquery://My-Project.shop.t', 'bigquery', 'My-Project.shop.t', 'bigquery:My-Project.shop.t'],
  [
    'azurecosmos://acc.documents.azure.com/dbs/shop/colls/orders',
    'azurecosmos://acc.documents.azure.com/dbs/shop',
    'colls/orders',
    'azurecosmos://acc.documents.azure.com/dbs/shop/colls/orders',
  ],
  [
    'azurekusto://c.kusto.windows.net/shop/t',
    'azurekusto://c.kusto.windows.net',
    'shop/t',
    'azurekusto://c.kusto.windows.net/shop/t',
  ],
  [
    'wasbs://raw@acc.blob.core.windows.net/a.csv',
    'wasbs://raw@acc.blob.core.windows.net',
    'a.csv',
    'wasbs://raw@acc.blob.core.windows.net/a.csv',
  ],
  ['jdbc:oracle:thin:me/pw@//db:1522/shop', 'oracle://db:1522', 'shop', 'oracle://db:1522/shop'],
  ['jdbc:oracle:thin:me/p@w@db:1521:shop', 'oracle://db:1521', 'shop', 'oracle://db:1521/shop'],
  ['jdbc:oracle:oci:@db/shop', 'oracle://db:1521', 'shop', 'oracle://db:1521/shop'],
  ['jdbc:oracle:thin:me/pw@tns', 'file', '/srv/jdbc:oracle:thin:@tns', 'file:///srv/jdbc:oracle:thin:@tns'],
  ['//me:pw@db/shop', 'file', '//db/shop', 'file:///db/shop'],
  ['me:pw@db/shop', 'file', '/srv/db/shop', 'file:///srv/db/shop'],
  ['inmemory://a1', 'inmemory://a1', '/', 'inmemory://a1/'],
  ['postgres://[::1]/shop.t', 'postgres://[::1]:5432', 'shop.t', 'postgres://[::1]:5432/shop.t'],
])('%s', (address, namespace, name, uri) => {
  expect(datasetOf(address, '/srv')).toEqual({ namespace, name, uri })
})

test('a file dataset carries its format', () => {
  expect(fileDataset('a.csv', '/srv', 'csv')).toEqual({
    namespace: 'file',
    name: '/srv/a.csv',
    uri: 'file:///srv/a.csv',
    format: 'csv',
  })
})

test('no password reaches a dataset or a printed text', () => {
  // Digits before a raw slash are left out: `me:80/pw@host` cannot be told from a port and a path.
  const password = fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9:@!$&*+,;=%._~-]{0,12}$/),
    fc.stringMatching(/^[A-Za-z:][A-Za-z0-9:/?#!$&*+,;=%._~-]{0,12}$/),
  )
  fc.assert(
    fc.property(password, fc.constantFrom('postgres', 's3', 'https', 'hdfs'), (pw, scheme) => {
      const secret = 'hunter2'
      const address = `${scheme}://me:${pw}${secret}@host/a/b`
      expect(JSON.stringify(datasetOf(address, '/srv'))).not.toContain(secret)
      expect(withoutSecrets(`see ${address}.`)).not.toContain(secret)
    }),
  )
})

test.each([
  'jdbc:oracle:thin:me/hunter22@db:1521:x',
  'jdbc:oracle:thin:me/hunter22@//db/x',
  'jdbc:oracle:oci:me/hun@ter22@tns',
  'jdbc:oracle:thin:me/"hunter22"@(DESCRIPTION=(HOST=db)(PORT=1))',
  'jdbc:sqlserver://db;password=hunter22',
  'jdbc:mysql://me:hunter22@db/shop.t',
  '//me:hunter22@db/x',
  'me:hunter22@db/x',
])('no password of %s is in its dataset', (address) => {
  expect(JSON.stringify(datasetOf(address, '/srv'))).not.toMatch(/hun@?ter22|ter22/)
})

test('an identity is its own identity', () => {
  const address = fc
    .tuple(fc.constantFrom('s3a', 'gs', 'abfs', 'postgresql', 'mysql', 'hdfs', 'https'), fc.webPath(), fc.domain())
    .map(([scheme, path, host]) => `${scheme}://${host}${path}`)
  fc.assert(
    fc.property(address, (text) => {
      const dataset = datasetOf(text, '/srv')
      expect(datasetOf(dataset.uri, '/srv')).toEqual(dataset)
    }),
    { numRuns: 40 },
  )
})

test('an address has a scheme, a drive is none', () => {
  expect(['s3://b/k', 'https://h', 'file:///a'].every(isAddress)).toBe(true)
  expect(['data/a.csv', 'C:\\data', 'c://data', '/srv/s3://b', ''].some(isAddress)).toBe(false)
})
