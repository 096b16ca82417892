/** The entry of the page: its live parts, what computes them, and the copy for use without a network. */
import './style/page.css'
import { showRuntime } from './page/kernels.ts'
import { openStages } from './page/stage.ts'

openStages({
  forward: () => import('./forward/index.tsx'),
  backward: () => import('./backward/index.tsx'),
  cures: () => import('./cures/index.tsx'),
  learning: () => import('./learning/index.tsx'),
  file: () => import('./file/index.tsx'),
})
showRuntime()
if (import.meta.env.PROD && 'serviceWorker' in navigator) navigator.serviceWorker.register('./service-worker.js')
