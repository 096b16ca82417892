/** Says at the page's foot which kernels compute it. */
import { ready, runtime } from 'onesum'

export async function showRuntime(): Promise<void> {
  await ready()
  const place = document.querySelector('[data-runtime]')
  const { kernels, reason } = runtime()
  if (place) place.textContent = `Computed in this browser by onesum’s ${names[kernels] ?? kernels} (${reason}).`
}

const names: Record<string, string> = {
  'wasm-relaxed-simd': 'WebAssembly kernels with relaxed SIMD',
  'wasm-simd': 'WebAssembly SIMD kernels',
  js: 'JavaScript path',
}
