/** A thread of the pool in a browser: a module worker that gets its post as its first message. */
import type { Post } from './board.ts'
import { serve } from './serve.ts'

addEventListener('message', ({ data }: MessageEvent<Post>) => {
  serve(data, () => postMessage('ready'))
  postMessage('ended')
})
