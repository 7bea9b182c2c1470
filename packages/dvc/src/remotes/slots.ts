/** Lets only so many hold something at a time. */
export interface Slots {
  /** Waits for a free slot; what it gives must be called to free it again. */
  take(): Promise<() => void>
}

/**
 * @param count so many may hold a slot at a time
 * @example
 * const free = await slots(4).take()
 */
export function slots(count: number): Slots {
  const waiting: (() => void)[] = []
  let left = count
  const free = (): void => {
    const next = waiting.shift()
    if (next) next()
    else left++
  }
  return {
    async take() {
      if (left > 0) left--
      else await new Promise<void>((resolve) => waiting.push(resolve))
      let isHeld = true
      return () => {
        if (isHeld) free()
        isHeld = false
      }
    },
  }
}
