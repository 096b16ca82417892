// One call on ten elements, in loops of their own, so that nothing but the call is timed; the argument is the
// library's file.
import { pathToFileURL } from 'node:url'

const { softmax } = await import(pathToFileURL(process.argv[2]).href)
const numbers = [2, 1, 0.1, 0, -1, 3, 5, 0.5, 2, 1]
const floats = Float32Array.from(numbers)
const calls = 20_000
let sink = 0

function onNumbers() {
  const start = performance.now()
  for (let i = 0; i < calls; i++) sink += softmax(numbers)[0]
  return ((performance.now() - start) * 1e6) / calls
}

function onFloats() {
  const start = performance.now()
  for (let i = 0; i < calls; i++) sink += softmax(floats)[0]
  return ((performance.now() - start) * 1e6) / calls
}

const warm = performance.now() + 60
while (performance.now() < warm) sink += onNumbers() + onFloats()
const rounds = Array.from({ length: 15 }, () => [onNumbers(), onFloats()])
const median = (/** @type {number} */ which) => rounds.map((round) => round[which]).sort((a, b) => a - b)[7]
if (!(sink > 0)) throw new Error('the calls gave wrong results')
console.log(JSON.stringify({ numbersNs: median(0), float32Ns: median(1) }))
