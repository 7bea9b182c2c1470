import { failure } from '../codes.ts'
import type { Engine } from '../engine.ts'
import { isDayshiftError } from '../errors.ts'
import { raw } from '../sql.ts'
import { typeName } from '../verbs/type-name.ts'

/**
 * Checks the types that were declared for columns, before anything is read.
 *
 * @throws DS_OPTION for one that the engine does not know
 */
export async function checkTypes(engine: Engine, types: Readonly<Record<string, string>> = {}): Promise<void> {
  for (const [column, type] of Object.entries(types)) {
    const cast = raw(`SELECT CAST(NULL AS ${typeName(type, 'types')})`)
    try {
      await engine.query(engine.dialect.describe(cast).text)
    } catch (error) {
      if (!isDayshiftError(error) || error.code !== 'DS_QUERY') throw error
      throw failure('DS_OPTION', `types: '${type}', for '${column}', is no type that the engine knows`, {
        hint: 'As BIGINT, DOUBLE, DECIMAL(18, 3), VARCHAR, DATE, TIMESTAMP, INTEGER[].',
        cause: error,
      })
    }
  }
}
