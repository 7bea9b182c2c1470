import { readFile } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { messageOf, systemCode } from '@dayshift/core'
import { asContract, isContract, readContract, type Contract, type ReadContract } from '@dayshift/validate'
import { failure } from './codes.ts'
import { fileOf, loadExport } from './modules.ts'

/** A contract as a command is given it: an export of a module, or a file in the format of another tool. */
export type GivenContract = Contract | ReadContract

/**
 * Loads a contract: `contracts/orders.ts#orders` from a module, `orders.yaml` or `package.json#orders` as data of another
 * tool, none of which is run.
 *
 * @throws DS_MODULE where there is no such file; DS_CONTRACT_FILE for data in no format that is known
 */
export async function loadContract(reference: string, cwd: string): Promise<GivenContract> {
  const path = fileOf(reference, cwd)
  if (!/\.(ya?ml|json)$/i.test(path)) return asContract(await loadExport(reference, cwd, isContract, 'contract'))
  const file = resolve(cwd, path)
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const problem = systemCode(error) === 'ENOENT' ? `there is no file ${path}` : messageOf(error)
    throw failure('DS_MODULE', problem, { where: file, hint: 'Check the path.', cause: error })
  })
  const table = path === reference ? undefined : reference.slice(path.length + 1)
  return readContract(text, { file: path, folder: relative(cwd, dirname(file)), table })
}

/** The contract itself. */
export function contractIn(given: GivenContract): Contract {
  return 'contract' in given ? given.contract : given
}
