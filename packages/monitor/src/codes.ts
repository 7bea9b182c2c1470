import { coreErrors, errorsOf, type ErrorTable } from '@dayshift/core/ground'

/** The error codes of `@dayshift/monitor`; `docs/errors.md` lists them. */
export const monitorErrors = {
  DS_SAMPLE_INVALID: {
    kind: 'usage',
    meaning:
      'A statistic was asked of a sample that it is not defined for: too few values, all alike, or NaN among them.',
    hint: 'Leave missing values and NaN out, and give as many values on each side as the message says.',
  },
  DS_COUNTS_INVALID: {
    kind: 'usage',
    meaning:
      'Counts, weights or shares that a statistic cannot be made of: none, negative, NaN, of different lengths or sums.',
    hint: 'Give counts of 0 or more, finite, in tables of one shape, with a sum above 0 wherever one is divided by.',
  },
  DS_TABLE_TOO_LARGE: {
    kind: 'usage',
    meaning: 'An exact test would have to go through too many tables.',
    hint: 'Use chi2Contingency, whose approximation is good where counts are that large.',
  },
  DS_PVALUES_INVALID: {
    kind: 'usage',
    meaning: 'Something that is to be adjusted as a p-value is none: below 0, above 1 or NaN.',
    hint: 'Leave tests without a p-value out, and give numbers from 0 to 1.',
  },
  DS_STATISTIC_OPTION: {
    kind: 'usage',
    meaning: 'An option of a statistic has a value that it cannot have.',
    hint: 'Give one of the values that the message names.',
  },
  DS_DRIFT_OPTION: {
    kind: 'usage',
    meaning: 'An option of a drift comparison is outside its range.',
    hint: 'alpha lies between 0 and 1, minEffect is 0 or more, minShare above 0 and at most 1, correction is none, bonferroni, holm, bh or by.',
  },
  DS_DRIFT_COLUMN: {
    kind: 'usage',
    meaning: 'A column that was named for a drift comparison has types on the two sides that cannot be compared.',
    hint: 'Cast one side, or name other columns; none to compare all that can be.',
  },
  DS_REFERENCE_PROFILE: {
    kind: 'failed',
    meaning: 'A file is no reference profile, was written by a newer version, or does not agree with itself.',
    hint: 'Write it anew: dayshift profile DATA --save FILE.profile.json.',
  },
  DS_PROFILES_APART: {
    kind: 'usage',
    meaning: 'Reference profiles of different columns cannot be merged.',
    hint: 'Profile the same columns of the same types in every part: --columns, --type.',
  },
  DS_DETECTOR: {
    kind: 'usage',
    meaning: 'A drift detector gave something that is no result: NaN, or a p-value outside 0–1.',
    hint: 'A detector that has nothing to say of a column returns undefined.',
  },
  DS_FRESHNESS_OPTION: {
    kind: 'usage',
    meaning: 'The limits of a freshness check contradict one another, or an option has a value that it cannot have.',
    hint: 'Give warnAfter less than maxAge, now as a valid Date, and minRows as a whole number.',
  },
  DS_FRESHNESS_SCHEDULE: {
    kind: 'usage',
    meaning: 'A cron expression, a time zone or a calendar of holidays cannot be read.',
    hint: "Write cron as '0 7 * * 1-5', a zone as Europe/Berlin, and days as 2026-12-25.",
  },
  DS_FRESHNESS_STORE: {
    kind: 'failed',
    meaning: 'An object store whose objects were to be looked at did not answer, or not as expected.',
    hint: 'Check the address, the region, the keys and the network.',
  },
  DS_FRESHNESS_PACKAGE: {
    kind: 'usage',
    meaning: 'A package is needed that is not installed.',
    hint: 'Install it: npm install @aws-sdk/client-s3',
  },
  DS_FRESHNESS_TARGET: {
    kind: 'usage',
    meaning: 'There is nothing to read a time from: an address, or rows without files and without a column.',
    hint: 'Give a local path, or name a column of dates or timestamps.',
  },
} as const satisfies ErrorTable

const known = { ...coreErrors, ...monitorErrors }

/** Creates an error of this package, or one of core's where the same thing went wrong. */
export const failure: ReturnType<typeof errorsOf<typeof known>> = errorsOf(known)
