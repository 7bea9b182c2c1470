import { existsSync, statSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { messageOf, readTextFile, systemCode } from '@dayshift/core/ground'
import { asContract, isContract, notContract, readContract, type Contract, type ReadContract } from '@dayshift/validate'
import { failure } from './codes.ts'
import { fileOf, loadExport, type ExportKind } from './modules.ts'

const CONTRACT: ExportKind<Contract | Contract['columns']> = {
  words: 'contract',
  fits: isContract,
  otherwise: notContract,
}

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
  const file = resolve(cwd, path)
  refuseOthers(path, file)
  if (!/\.(ya?ml|json)$/i.test(path)) return asContract(await loadExport(reference, cwd, CONTRACT))
  const text = await readTextFile(file).catch((error: unknown) => {
    const problem = systemCode(error) === 'ENOENT' ? `there is no file ${path}` : messageOf(error)
    throw failure('DS_MODULE', problem, { where: file, hint: 'Check the path.', cause: error })
  })
  const table = path === reference ? undefined : reference.slice(path.length + 1)
  return readContract(text, { file: path, folder: relative(cwd, dirname(file)), table })
}

/** @throws DS_MODULE for what is no contract by its name */
function refuseOthers(path: string, file: string): void {
  if (!existsSync(file)) return
  if (statSync(file).isDirectory()) {
    throw failure('DS_MODULE', `${path} is a folder, not a contract`, {
      where: file,
      hint: 'Name the contract’s file: contracts/employees.ts.',
    })
  }
  if (/\.([cm]?js|m?ts|ya?ml|json)$/i.test(path)) return
  throw failure('DS_MODULE', `${path} is no contract by its name`, {
    where: file,
    hint: `Contracts are modules (.ts, .mts, .js, .mjs), or .yaml and .json files of other tools. dayshift infer DATA writes one from data.`,
  })
}

/** The contract itself. */
export function contractIn(given: GivenContract): Contract {
  return 'contract' in given ? given.contract : given
}
