/** A worker of the page, which finds there what the page's main thread finds. */
import { threadsReport } from './threads.ts'

threadsReport().then(
  (report) => postMessage({ report }),
  (error) => postMessage({ error: String(error) }),
)
