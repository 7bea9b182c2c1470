import { readFileSync } from 'node:fs'
import { defineCommand } from '../command.ts'
import { PROJECT_SCHEMA } from '../project-json.ts'

export const command = defineCommand({
  name: 'schema',
  summary: 'print the JSON Schema of project files',
  usage: '',
  description: [
    'Prints what may stand in a dayshift.config.json, with a word on each key, as JSON Schema (draft 7). Editors complete and check by',
    'it: name it in the file, as "$schema": "./node_modules/dayshift/project.schema.json", where the package is installed.',
  ],
  flags: {},
  formats: ['text', 'json'],
  examples: ['dayshift schema > dayshift.schema.json'],
  run: async () => {
    const text = readFileSync(PROJECT_SCHEMA, 'utf8')
    return Promise.resolve({ reports: [], foreign: JSON.parse(text) as unknown, text: text.trimEnd().split('\n') })
  },
})
