/** What each task of the page reports. */
import type { Runtime } from '../../../packages/onesum/src/index.ts'
import type { ThreadsReport } from './threads.ts'

export interface Reports {
  /** Float32 results of every call, their bytes as base64. */
  results: { runtime: Runtime; isolated: boolean; results: Record<string, string> }
  /** Hashes of reproducible results. */
  hashes: Record<string, string>
  /** An array in the kernels' memory: used in place, given back, taken again. */
  memory: {
    sameArray: boolean
    result: number[]
    copied: number[]
    pages: number
    reused: boolean
    zeroed: boolean
    refusal: string
  }
  /** Members of WebAssembly that were read, and globals that appeared. */
  touches: { atImport: string[]; added: string[]; atFirstCall: string[] }
  /** Threads of the page's main thread, or of a worker of the page. */
  threads: ThreadsReport
  readiness: { before: Runtime; after: Runtime; runtime: Runtime }
}
