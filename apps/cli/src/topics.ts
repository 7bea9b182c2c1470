/** Help on subjects that are no commands. */
export const TOPICS: Readonly<Record<string, string>> = {
  'exit-codes': `Exit codes

  0    everything held
  1    the data fell short (a check failed, stale, drifted); --fail-on says from which status on
  2    wrong usage or configuration; nothing was done
  3    it could not be carried out (missing file, broken input, engine, disk full)
  4    results are there but could not be delivered
  130  interrupted (Ctrl-C)
  143  terminated
`,
  formats: `Formats

Sources: .csv .tsv .txt .jsonl .ndjson .json (also .gz and .zst) and .parquet; a path, a glob in quotes, a folder of
files of one format, or the name of a dataset of the project.

Results: --format text (default), json or jsonl; --json is --format json. --output FILE writes them to a file too, in the
format that its name tells (.json, .jsonl, .txt). With --json, stdout holds exactly one document:

  { "dayshift": "0.1.0", "command": "drift", "status": "pass|warn|fail|error", "exitCode": 0, "durationMs": 41,
    "reports": [ { "kind", "dataset", "status", "at", "durationMs", "findings": [], "facts": {} } ],
    "error": { "code", "message", "hint", "where" } }

Durations: 90s 15m 24h 7d 2w. Fractions: 0.01 or 1%. Times are UTC, ISO 8601.
`,
  project: `The project file: dayshift.config.ts (also .mts .js .mjs), found here or in a folder above

  import { defineProject } from 'dayshift'
  import { z } from 'zod'

  export default defineProject({
    name: 'airports',
    datasets: {
      weather: {
        source: 'data/weather.csv',                    // the only key that is needed
        description: 'Hourly weather', owners: ['data@airports.example'], tags: { tier: 'gold' },
        prototype: { fraction: '1%', seed: 42, etl: (frame) => frame.dropNulls('temp') },
        contract: z.object({ temp: z.number().min(-60).max(140).nullable() }),
        version: { commit: true },
        log: { origin: 's3://lake/weather.csv' },
        freshness: { warnAfter: '12h', maxAge: '24h', column: 'time_hour' },
        drift: { reference: 'previous', columns: ['temp', 'humid'] },
      },
    },
  })

A step set to false is left out. zod, dayshift and @dayshift/* need not be installed in the project.
`,
}
