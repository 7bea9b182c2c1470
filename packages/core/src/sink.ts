import type { AnyReport } from './report.ts'

/** Where a report goes. One adapter a file in `sinks/`. */
export interface Sink {
  readonly name: string
  write(report: AnyReport): Promise<void>
}
