/** A file that `init` writes. */
export interface ProjectFile {
  /** Relative to the project. */
  readonly path: string
  readonly text: string
  /** What it is, in a few words. */
  readonly what: string
  /** Whether lines that are missing are added to a file that is there. Default: it is left alone. */
  readonly isLines?: boolean
}

/** Files that every project has. */
export const GIT_FILES: readonly ProjectFile[] = [
  {
    path: '.gitattributes',
    text: [
      '# Logs are only ever appended to: git keeps the lines of both sides.',
      'data_catalog.jsonl merge=union',
      'metadata_log.jsonl merge=union',
      '.dayshift/reports.jsonl merge=union',
      '',
    ].join('\n'),
    what: 'catalog and logs merge without conflicts',
    isLines: true,
  },
  {
    path: '.gitignore',
    text: ['node_modules/', '/.dayshift/spool/', '/.dayshift/index/', ''].join('\n'),
    what: 'what belongs to this machine alone',
    isLines: true,
  },
]
