import type { AlertNotice } from '@dayshift/core'
import { expect, expectTypeOf, test } from 'vitest'
import { defineProject, type SinkDefinition } from '../src/define-project.ts'
import { projectProblems } from '../src/project-schema.ts'
import { sinkProblems } from '../src/sinks/sink-schema.ts'
import { withVariables } from '../src/sinks/environment.ts'

function problemsOf(definition: unknown): string[] {
  return [...projectProblems(definition), ...sinkProblems(definition)]
}

const base = { name: 'p', datasets: { a: { source: 'a.csv' } } }

test('sinks and alerts that are right have no problem', () => {
  const project = defineProject({
    ...base,
    alerts: { from: 'warn', fireAfter: '2 of 3', resolveAfter: 1, calm: '12h', remindAfter: false },
    sinks: {
      team: {
        type: 'webhook',
        url: '${env:URL}',
        secret: '${env:SECRET}',
        headers: { Authorization: 'Bearer ${env:TOKEN}' },
        labels: { team: 'data' },
        kinds: ['freshness', 'drift'],
        datasets: ['bronze-*'],
        statuses: ['fail'],
        timeout: '2s',
        maxBytes: '64kB',
      },
      'am-1': { type: 'alertmanager', url: 'http://127.0.0.1:9093', holdFor: '2d' },
      own: {
        name: 'own',
        alert: async (notices) => {
          expectTypeOf(notices).toEqualTypeOf<readonly AlertNotice[]>()
        },
      },
    },
  })
  expect(problemsOf(project)).toEqual([])
})

test('all that is wrong is told at once, with its place, and without what may be secret', () => {
  const problems = problemsOf({
    ...base,
    nam: 1,
    alerts: { fireAfter: 0, calm: 'soon', remind: '1h', remindAfter: 'never' },
    sinks: {
      'a b': { type: 'webhook', url: 'http://x' },
      none: {},
      near: { type: 'webhok', url: 'http://x' },
      keys: { type: 'webhook', url: 'http://x', secrets: 'x', kinds: ['fresh'], timeout: 'x', retries: -1 },
      address: { type: 'webhook', url: 'ftp://ada:hunter2@x' },
      label: { type: 'alertmanager', url: 'http://x', labels: { 'a-b': 'hunter2' } },
      header: { type: 'webhook', url: 'http://x', headers: { 'A B': 'hunter2' } },
    },
  })
  expect(problems).toEqual([
    expect.stringMatching(/^nam: no such key/),
    'alerts.fireAfter: Too small: expected number to be >=1',
    "alerts.calm: 'soon' is not a duration: write 90s, 15m, 24h, 7d or 2w",
    "alerts.remindAfter: 'never' is not a duration: write 90s, 15m, 24h, 7d or 2w",
    expect.stringMatching(/^alerts\.remind: no such key; did you mean 'remindAfter'\?$|^alerts\.remind: no such key$/),
    'sinks.a b: a name is of letters, digits and ._-',
    "sinks.none: expected type: 'webhook' or 'alertmanager', or a sink of your own with write or alert",
    "sinks.near: expected type: 'webhook' or 'alertmanager', or a sink of your own with write or alert; did you mean 'webhook'?",
    expect.stringMatching(/^sinks\.keys\.timeout: 'x' is not a duration/),
    expect.stringMatching(/^sinks\.keys\.retries: Too small/),
    expect.stringMatching(/^sinks\.keys\.kinds\.0: Invalid option/),
    "sinks.keys.secrets: no such key; did you mean 'secret'?",
    'sinks.address.url: url is no address of http or https',
    "sinks.label.labels: 'a-b' is no name of a label: letters, digits and _ make one",
    'sinks.header.headers: "A B" is no header, or its value is none',
  ])
})

test('a dataset that the project does not have is told, with the nearest; bodies have a least size', () => {
  const hook = { type: 'webhook', url: 'http://x' }
  const datasets = { weather: { source: 'a.csv' }, sales: { source: 'b.csv' } }
  expect(
    problemsOf({
      name: 'p',
      datasets,
      sinks: {
        near: { ...hook, datasets: ['wether', 'sales', 'bronze-*'] },
        far: { ...hook, datasets: ['orders'] },
        none: { ...hook, datasets: [], maxBytes: '1kB' },
        small: { ...hook, maxBytes: '15kB' },
      },
    }),
  ).toEqual([
    expect.stringMatching(/^sinks\.none\.datasets: Too small/),
    'sinks.small.maxBytes: maxBytes is 15000; a body needs 16000 at least (16kB)',
    "sinks.near.datasets.0: the project has no dataset 'wether'; did you mean 'weather'?",
    "sinks.far.datasets.0: the project has no dataset 'orders'; it has weather, sales",
  ])
})

test.each([null, 7, []])('sinks that are no names are wrong: %o', (sinks) => {
  expect(problemsOf({ ...base, sinks })).toEqual([expect.stringMatching(/^sinks: expected names/)])
})

test('variables stand in texts at any depth; one that is not set, or empty, is an error', () => {
  const sink: SinkDefinition = {
    type: 'webhook',
    url: 'https://${env:HOST}/${env:PATH_1}',
    headers: { K: '${env:HOST}' },
  }
  const env = { HOST: 'h$1', PATH_1: 'p', EMPTY: '' }
  expect(withVariables(sink, env)).toEqual({ type: 'webhook', url: 'https://h$1/p', headers: { K: 'h$1' } })
  expect(withVariables(['$HOST', '${HOST}', '${env:}', 1, null], env)).toEqual(['$HOST', '${HOST}', '${env:}', 1, null])
  for (const name of ['EMPTY', 'OTHER']) {
    expect(() => withVariables(`\${env:${name}}`, env)).toThrow(
      expect.objectContaining({ code: 'DS_SINK_CONFIG', message: `the environment has no ${name}` }),
    )
  }
})
