import { PassThrough } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { askAnswers, type Answers } from '../../src/init/wizard.ts'

const usual: Answers = {
  name: 'greenhouse',
  datasets: [
    { name: 'a', source: 'a.csv', files: 1 },
    { name: 'b', source: 'b/*.csv', files: 3 },
  ],
  infers: true,
  ci: 'github',
}

/** A terminal, as far as the questions need one, whose person presses keys, each when its question stands there. */
async function asked(keys: readonly (readonly [question: string, keys: string])[]): Promise<Answers | undefined> {
  const input = new PassThrough()
  const output = new PassThrough()
  let shown = ''
  output.setEncoding('utf8').on('data', (text: string) => (shown += text))
  const ports = {
    input: Object.assign(input, { isTTY: true, setRawMode: () => undefined }) as unknown as NodeJS.ReadStream,
    output: Object.assign(output, { isTTY: true, columns: 100, rows: 40 }) as unknown as NodeJS.WriteStream,
    signal: new AbortController().signal,
  }
  const answers = askAnswers(usual, ports)
  for (const [question, pressed] of keys) {
    while (!shown.includes(question)) await setTimeout(5)
    for (const key of pressed.split(' ')) {
      await setTimeout(5)
      input.write(KEYS[key] ?? key)
    }
  }
  return answers
}

const KEYS: Readonly<Record<string, string>> = { enter: '\r', down: '\u001B[B', space: ' ', stop: '\u0003' }

test('what stands there is taken with Enter', async () => {
  const answers = await asked([
    ['called?', 'enter'],
    ['Which data', 'enter'],
    ['contract', 'enter'],
    ['workflow', 'enter'],
  ])
  expect(answers).toEqual(usual)
})

test('a dataset is left out, contracts are refused, another service is chosen', async () => {
  const answers = await asked([
    ['called?', '2 enter'],
    ['Which data', 'down space enter'],
    ['contract', 'n'],
    ['workflow', 'down enter'],
  ])
  expect(answers).toEqual({ name: 'greenhouse2', datasets: usual.datasets.slice(0, 1), infers: false, ci: 'gitlab' })
})

test('whoever gives up gets nothing', async () => {
  expect(
    await asked([
      ['called?', 'enter'],
      ['Which data', 'stop'],
    ]),
  ).toBeUndefined()
})
