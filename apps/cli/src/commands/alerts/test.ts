import { pathToFileURL } from 'node:url'
import type { AlertNotice, SinkOutcome } from '@dayshift/core'
import { tellTest } from '@dayshift/core/alerts'
import { failure } from '../../codes.ts'
import { defineCommand } from '../../command.ts'
import { projectSinks } from '../../sinks/project-sinks.ts'
import { printableLines } from '../../render/words.ts'

export const command = defineCommand({
  name: 'alerts test',
  summary: 'send a test to the sinks',
  usage: '[sink…]',
  description: [
    'Sends an alert called dayshift.test to the sinks of the project, or to those named, and then that it is over; and says what came',
    'back. What is kept of real alerts stays as it is. Exit 3 where a sink did not take it.',
  ],
  flags: {},
  examples: ['dayshift alerts test', 'dayshift alerts test team'],
  formats: ['text', 'json'],
  run: async (context) => {
    const { positionals, env, signal } = context
    const project = await context.project()
    if (!project) throw failure('DS_PROJECT_NOT_FOUND', `there is no dayshift.config.ts in ${context.cwd} or above`)
    const { sinks, unready } = projectSinks(project, env)
    const names = [...sinks.map(({ name }) => name), ...unready.map(({ sink }) => sink)]
    const unknown = positionals.find((name) => !names.includes(name))
    if (unknown !== undefined || names.length === 0) {
      throw failure(
        'DS_USAGE',
        unknown === undefined ? 'the project has no sinks' : `the project has no sink '${unknown}'`,
        {
          hint:
            names.length > 0
              ? `Its sinks: ${names.join(', ')}.`
              : "Add sinks: { team: { type: 'webhook', url: '…' } }.",
        },
      )
    }
    const isAsked = (name: string): boolean => positionals.length === 0 || positionals.includes(name)
    const asked = sinks.filter(({ name }) => isAsked(name))
    const outcomes = [
      ...(await tellTest(asked, noticeOf(project.name, project.file), { signal })),
      ...unready.filter(({ sink }) => isAsked(sink)),
    ]
    const failed = outcomes.flatMap(({ sink, error }) => (error ? [sink] : []))
    return {
      reports: [],
      sinks: outcomes,
      text: outcomes.map(lineOf),
      ...(failed.length > 0 ? { error: failure('DS_ALERTS_TEST', `the test did not reach ${failed.join(', ')}`) } : {}),
    }
  },
})

function noticeOf(project: string, file: string): AlertNotice {
  return {
    key: '0000000000000000',
    project,
    dataset: 'test',
    kind: 'freshness',
    code: 'dayshift.test',
    severity: 'warn',
    uri: pathToFileURL(file).href,
    message: 'this is a test of dayshift alerts; nothing is wrong',
    event: 'fire',
    startsAt: new Date().toISOString(),
  }
}

function lineOf({ sink, error }: SinkOutcome): string {
  return error ? `✗ ${sink}: ${printableLines(error.message)}\n  ${printableLines(error.hint)}` : `✔ ${sink} took it`
}
