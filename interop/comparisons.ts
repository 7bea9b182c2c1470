import { afterEach, expect } from 'vitest'

declare module 'vitest' {
  interface TaskMeta {
    /** How many times a test compared something: its calls of `expect`. */
    comparisons?: number
  }
}

afterEach((context) => {
  // Tests that run beside others have an expect of their own.
  const calls = [expect, context.expect].map((one) => one.getState().assertionCalls)
  context.task.meta.comparisons = Math.max(...calls)
})
