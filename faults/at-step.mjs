// Loaded into a process before anything else, with FAULT as JSON: { "kind": "kill", "at": 7, "report": "FILE" }, as
// file-steps.mjs has it. With a report, the number of steps is written there at the end.
import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { watchSteps } from './file-steps.mjs'

const { report, ...asked } = JSON.parse(process.env.FAULT)
const fault = { ...asked, steps: 0 }
const die = () => {
  process.kill(process.pid, 'SIGKILL')
  // The signal comes at once, or very soon.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
}
if (report && isMainThread) {
  process.on('exit', () => {
    const { steps } = fault
    writeFileSync(report, String(steps))
  })
}
await watchSteps(() => fault, { now: die, waiting: die })
