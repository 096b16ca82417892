import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { remoteContender, startRemote } from '../src/remote.mjs'

export const columns = ['PyTorch']

const program = fileURLToPath(new URL('time_torch.py', import.meta.url))

/**
 * PyTorch on the CPU, one thread, outputs allocated beforehand (`out=`); $PYTHON names another interpreter.
 * @param {import('../run.mjs').Context} context
 */
export async function load({ folder, files }) {
  const remote = startRemote(process.env.PYTHON ?? 'python3', [program])
  const { version } = await remote.ask({ do: 'version' })
  const contenders = (/** @type {import('../src/workload.mjs').Workload} */ { operation, shape }) =>
    remoteContender(remote, {
      name: 'PyTorch',
      id: 'torch',
      result: join(folder, 'torch.bin'),
      setup: { operation, dims: shape.dims, axis: shape.axis, files: files() },
    })
  return { contenders, versions: { torch: version }, end: remote.end }
}
