// The first call in a fresh process, on a plain array of 10 or a Float32Array of 1000; the arguments are the
// library's file and `numbers` or `float32`.
import { pathToFileURL } from 'node:url'

const [file, kind] = process.argv.slice(2)
const x =
  kind === 'numbers' ? [2, 1, 0.1, 0, -1, 3, 5, 0.5, 2, 1] : Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i))
const began = performance.now()
const { softmax } = await import(pathToFileURL(file).href)
const imported = performance.now()
const y = softmax(x)
const called = performance.now()
if (!(y[0] > 0 && y[0] < 1)) throw new Error('the first call gave a wrong result')
console.log(JSON.stringify({ importMs: imported - began, callMs: called - imported }))
