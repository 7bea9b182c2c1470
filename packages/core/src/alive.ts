import { systemCode } from './errors.ts'

/** Whether a process of this machine still runs. One that this process may not see counts as alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCode(error) !== 'ESRCH'
  }
}
