// What a process of a benchmark cost, told by itself as its last line.
import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'

/**
 * Tells at the end of this process what it cost. On exit and past the console, since the command line ends the process
 * itself and keeps standard output for its own.
 *
 * @param {() => object} result what is told besides
 */
export function tellCost(result) {
  const began = performance.now()
  process.once('exit', () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage()
    const seconds = (performance.now() - began) / 1000
    const cost = { seconds, cpu: (userCPUTime + systemCPUTime) / 1e6, peak: peakBytes(), ...result() }
    writeSync(1, `${JSON.stringify(cost)}\n`)
  })
}

/** Linux tells the peak of this program alone; elsewhere it includes the parent's at the time of the fork. */
function peakBytes() {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024
  } catch {
    return process.resourceUsage().maxRSS * 1024
  }
}

/**
 * The physical limit: every byte of the file, looked at by nobody.
 *
 * @param {string} path
 */
export function readAll(path) {
  const input = openSync(path, 'r')
  const buffer = Buffer.allocUnsafe(4 << 20)
  while (readSync(input, buffer, 0, buffer.length, null) > 0);
  closeSync(input)
}
