/** One thing that an adapter must do. */
export interface ConformanceTest {
  readonly name: string
  /** Rejects where the adapter does not do it. */
  readonly run: () => Promise<void>
}
