import { ortContenders } from './ort.mjs'

export const columns = ['ort-web']

/** ONNX Runtime in WebAssembly; its `wasm` provider takes the user's arrays only, and copies them. */
export async function load() {
  const ort = await import('onnxruntime-web')
  ort.env.wasm.numThreads = 1
  return {
    contenders: ortContenders(ort, 'ort-web', 'wasm'),
    versions: { 'onnxruntime-web': ort.env.versions.web },
  }
}
