import { expect, test } from 'vitest'
import { addFacets } from '../src/add-facets.ts'
import { checkEvent } from '../src/check-event.ts'
import { runEvent } from '../src/event.ts'
import { outputOf } from '../src/event-dataset.ts'
import { jobTagsFacet } from '../src/job-facets.ts'
import { environmentVariablesFacet } from '../src/run-facets.ts'
import { datasetEvent, jobEvent } from '../src/static-event.ts'
import { dataset, job, now, runId } from './sample.ts'

const added = {
  environmentVariables: { REGION: 'eu', HOST: 'a' },
  jobTags: [{ key: 'team', value: 'data', source: 'USER' }],
  runTags: [{ key: 'nightly', value: 'yes', source: 'USER' }],
  sourceCode: { repoUrl: 'https://user:hunter22@git.example/etl' },
}

const start = { eventType: 'START', eventTime: now, inputs: [], outputs: [] } as const

test('what the event says of itself stays; a tag of the same key is replaced, in the spelling of the event', () => {
  const context = {
    runId,
    job,
    jobFacets: {
      tags: jobTagsFacet([
        { key: 'Team', value: 'none' },
        { key: 'tier', value: '1' },
      ]),
    },
    runFacets: { environmentVariables: environmentVariablesFacet({ REGION: 'us' }) },
  }
  const event = addFacets(runEvent(context, start), added)
  expect(checkEvent(event)).toEqual([])
  expect(event.job.facets['tags']).toMatchObject({
    tags: [
      { key: 'tier', value: '1' },
      { key: 'Team', value: 'data', source: 'USER' },
    ],
  })
  expect(event.run.facets['environmentVariables']).toMatchObject({
    environmentVariables: [
      { name: 'REGION', value: 'us' },
      { name: 'HOST', value: 'a' },
    ],
  })
  expect(event.run.facets['tags']).toMatchObject({ tags: added.runTags })
  expect(JSON.stringify(event.job.facets['sourceCodeLocation'])).not.toContain('hunter22')
  const own = { sourceCodeLocation: { ...event.job.facets['tags'], type: 'git', url: 'https://own.example' } }
  const located = addFacets(runEvent({ runId, job, jobFacets: own as never }, start), added)
  expect(located.job.facets['sourceCodeLocation']).toMatchObject({ url: 'https://own.example' })
})

test('of events without a run jobs get tags, and datasets nothing', () => {
  const ofJob = jobEvent({ job, inputs: [], outputs: [] }, now)
  expect(addFacets(ofJob, added).job.facets).toEqual({ ...ofJob.job.facets, tags: jobTagsFacet(added.jobTags) })
  const ofDataset = datasetEvent(outputOf({ dataset }), now)
  expect(addFacets(ofDataset, added)).toEqual(ofDataset)
})
