import { defineConfig } from 'vite'
import { offline } from './build/offline.ts'

// marks of purity that are for other bundlers
const quiet = { checks: { invalidAnnotation: false } }

export default defineConfig({
  // relative addresses: the page works from any folder of any host
  base: './',
  // the library's sources, so that what is shown is never a stale build
  resolve: { conditions: ['onesum-source', 'module', 'browser', 'development|production'] },
  build: { target: 'es2022', modulePreload: { polyfill: false }, assetsInlineLimit: 0, rolldownOptions: quiet },
  worker: { format: 'es', rolldownOptions: quiet },
  // as where shared memory is allowed; the page does without, too
  preview: {
    headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
  },
  plugins: [offline()],
})
