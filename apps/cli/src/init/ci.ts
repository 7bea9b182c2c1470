import type { ProjectFile } from './project-file.ts'

/** Services that a workflow is written for. */
export type CiService = 'github' | 'gitlab' | 'none'

/** All of them, as `--ci` takes them. */
export const CI_SERVICES: readonly CiService[] = ['github', 'gitlab', 'none']

/** The workflow that looks at the data on each change, without recording anything. */
export function ciFiles(service: CiService): readonly ProjectFile[] {
  if (service === 'github')
    return [{ path: '.github/workflows/dayshift.yml', text: GITHUB, what: 'checks on each change' }]
  if (service === 'gitlab') return [{ path: '.gitlab-ci.yml', text: GITLAB, what: 'checks on each change' }]
  return []
}

const GITHUB = `# Looks at the data on each change. Nothing is recorded: that is done where the data is made.
name: dayshift
on:
  push:
    branches: [main]
  pull_request:
permissions:
  contents: read
jobs:
  data:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0 # versions are found by their commits
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - name: Fetch the data
        run: |
          # Data that git does not hold comes from the remote: dayshift dvc remote add -d NAME URL
          if [ -n "$(npx --yes dayshift dvc remote list)" ]; then npx --yes dayshift dvc pull; fi
      - name: Check it
        run: npx --yes dayshift run --only prototype,validate,drift --format github --output dayshift.md
      - name: Tell what was found
        if: always()
        run: if [ -f dayshift.md ]; then cat dayshift.md >> "$GITHUB_STEP_SUMMARY"; fi
`

const GITLAB = `# Looks at the data on each change. Nothing is recorded: that is done where the data is made.
dayshift:
  image: node:22
  variables:
    GIT_DEPTH: 0 # versions are found by their commits
  script:
    # Data that git does not hold comes from the remote: dayshift dvc remote add -d NAME URL
    - if [ -n "$(npx --yes dayshift dvc remote list)" ]; then npx --yes dayshift dvc pull; fi
    - npx --yes dayshift run --only prototype,validate,drift --output dayshift.xml --output dayshift.md
  artifacts:
    when: always
    paths: [dayshift.md]
    reports:
      junit: dayshift.xml
`
