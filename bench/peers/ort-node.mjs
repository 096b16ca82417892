import { ortContenders } from './ort.mjs'

export const columns = ['ort-node']

/** ONNX Runtime's native library, which uses the widest vectors of the machine. */
export async function load() {
  const { default: ort } = await import('onnxruntime-node')
  return {
    contenders: ortContenders(ort, 'ort-node', 'cpu'),
    versions: { 'onnxruntime-node': ort.env.versions.node },
  }
}
