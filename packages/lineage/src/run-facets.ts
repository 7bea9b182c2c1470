import { messageOf, withoutSecrets } from '@dayshift/core/ground'
import { facet, type Facet, type JobRef } from './facets.ts'

/** A parameter that a run was started with. */
export interface ExecutionParameter {
  readonly key: string
  readonly name?: string
  readonly description?: string
  /** Without secrets. */
  readonly value?: string
}

/** Run facet `executionParameters` (ExecutionParametersRunFacet 1-0-0). Values lose what looks like a secret. */
export function executionParametersFacet(parameters: readonly ExecutionParameter[]): Facet {
  return facet('1-0-0', 'ExecutionParametersRunFacet', {
    parameters: parameters.map(({ key, name, description, value }) => ({
      key,
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(value === undefined ? {} : { value: withoutSecrets(value) }),
    })),
  })
}

/**
 * Run facet `environmentVariables` (EnvironmentVariablesRunFacet 1-0-0).
 *
 * @param variables those that may be seen: the caller chooses them by name, never all of an environment
 */
export function environmentVariablesFacet(variables: Readonly<Record<string, string>>): Facet {
  const list = Object.entries(variables).map(([name, value]) => ({ name, value: withoutSecrets(value) }))
  return facet('1-0-0', 'EnvironmentVariablesRunFacet', { environmentVariables: list })
}

/** Run facet `externalQuery` (ExternalQueryRunFacet 1-0-2): the id that another system gave the query, and the system. */
export function externalQueryFacet(externalQueryId: string, source: string): Facet {
  return facet('1-0-2', 'ExternalQueryRunFacet', { externalQueryId, source: withoutSecrets(source) })
}

/** A job that another waits for, or that waits for it. */
export interface JobDependency {
  readonly job: JobRef
  readonly runId?: string
  /** `DIRECT_INVOCATION`, `IMPLICIT_DEPENDENCY` … */
  readonly dependencyType?: string
}

/** Run facet `jobDependencies` (JobDependenciesRunFacet 1-0-1): what the run waited for, and what waits for it. */
export function jobDependenciesFacet(
  upstream: readonly JobDependency[],
  downstream: readonly JobDependency[] = [],
): Facet {
  return facet('1-0-1', 'JobDependenciesRunFacet', {
    upstream: upstream.map(dependencyOf),
    downstream: downstream.map(dependencyOf),
  })
}

function dependencyOf({ job, runId, dependencyType }: JobDependency): object {
  return {
    job: { namespace: withoutSecrets(job.namespace), name: withoutSecrets(job.name) },
    ...(runId === undefined ? {} : { run: { runId } }),
    ...(dependencyType === undefined ? {} : { dependency_type: dependencyType }),
  }
}

/** What could not be found out of a run's lineage. */
export interface ExtractionError {
  /** Of how many tasks, and how many of them failed. */
  readonly totalTasks: number
  readonly failedTasks: number
  readonly errors: readonly { readonly error: unknown; readonly task?: string; readonly taskNumber?: number }[]
}

/** Run facet `extractionError` (ExtractionErrorRunFacet 1-1-2): what could not be found out, without secrets. */
export function extractionErrorFacet({ totalTasks, failedTasks, errors }: ExtractionError): Facet {
  return facet('1-1-2', 'ExtractionErrorRunFacet', {
    totalTasks,
    failedTasks,
    errors: errors.map(({ error, task, taskNumber }) => ({
      errorMessage: withoutSecrets(messageOf(error)),
      ...(task === undefined ? {} : { task }),
      ...(taskNumber === undefined ? {} : { taskNumber }),
    })),
  })
}

/** A test that a run was. */
export interface TestExecution {
  readonly name: string
  /** `pass`, `fail`, `skip`. */
  readonly status: string
  readonly severity?: string
  readonly type?: string
  readonly description?: string
  readonly expected?: string
  readonly actual?: string
}

/** Run facet `test` (TestRunFacet 1-0-1): what a run of tests came to. */
export function testFacet(tests: readonly TestExecution[]): Facet {
  const known = ['name', 'status', 'severity', 'type', 'description', 'expected', 'actual'] as const
  return facet('1-0-1', 'TestRunFacet', {
    tests: tests.map((one) =>
      Object.fromEntries(known.flatMap((key) => (one[key] === undefined ? [] : [[key, one[key]]]))),
    ),
  })
}
