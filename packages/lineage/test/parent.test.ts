import { expect, test } from 'vitest'
import { parentFacet } from '../src/facets.ts'
import { envOfParent, parentFromEnv } from '../src/parent.ts'
import { runId } from './sample.ts'

const other = '01936b5c-8c00-7a31-b1c2-3d4e5f607199'

test('a parent is namespace, name and run id, and a namespace may have slashes', () => {
  expect(parentFromEnv({ OPENLINEAGE_PARENT_ID: ` airflow/daily.load/${runId}\n` })).toEqual({
    runId,
    job: { namespace: 'airflow', name: 'daily.load' },
  })
  expect(parentFromEnv({ OPENLINEAGE_PARENT_ID: `spark://host:7077/job/${runId}` })?.job).toEqual({
    namespace: 'spark://host:7077',
    name: 'job',
  })
})

test('the run at the top comes with it, as the facet has it', () => {
  const env = { OPENLINEAGE_PARENT_ID: `a/b/${runId}`, OPENLINEAGE_ROOT_PARENT_ID: `c/d/${other}` }
  const parent = parentFromEnv(env)
  expect(parent?.root).toEqual({ runId: other, job: { namespace: 'c', name: 'd' } })
  expect(parentFacet(parent as NonNullable<typeof parent>)).toMatchObject({
    run: { runId },
    job: { namespace: 'a', name: 'b' },
    root: { run: { runId: other }, job: { namespace: 'c', name: 'd' } },
  })
})

test.each(['', '/', 'a/b', `a/${runId}`, `/b/${runId}`, 'a/b/7', `a/b/${runId}x`])('%j is no parent', (id) => {
  expect(parentFromEnv({ OPENLINEAGE_PARENT_ID: id, OPENLINEAGE_ROOT_PARENT_ID: `c/d/${other}` })).toBeUndefined()
})

test('a child is told its parent, and the run at the top stays the top', () => {
  const job = { namespace: 'n', name: 'j' }
  const [first, second] = [envOfParent({ runId, job }), envOfParent({ runId: other, job, parent: { runId, job } })]
  expect(parentFromEnv(first)).toEqual({ runId, job, root: { runId, job } })
  expect(parentFromEnv(second)).toEqual({ runId: other, job, root: { runId, job } })
  const third = envOfParent({ runId: other, job, parent: { runId, job, root: { runId: other, job } } })
  expect(third['OPENLINEAGE_ROOT_PARENT_ID']).toBe(`n/j/${other}`)
})
