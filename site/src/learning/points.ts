/** Points in the square [−1, 1]², each of one of three classes or two: what the network learns. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

export interface Points {
  /** x and y of each point, one after the other. */
  readonly places: readonly number[]
  readonly labels: readonly number[]
  readonly classes: number
}

export const dataSets = ['spiral', 'moons', 'blobs', 'xor'] as const
export type DataSet = (typeof dataSets)[number]

/** How many classes points can be painted in. */
export const classes = 3
const perClass = 100

/** The points of a data set, and those that were painted on it. */
export function pointsOf(set: DataSet, seed: number, painted: readonly number[]): Points {
  const generator = xoroshiro128plus(seed)
  const uniform = () => uniformFloat64(generator)
  // four uniform deviates look normal
  const noise = () => uniform() + uniform() + uniform() + uniform() - 2
  const places: number[] = []
  const labels: number[] = []
  const add = (x: number, y: number, label: number) => {
    // three decimals, so that the program can hold them
    places.push(Number(x.toFixed(3)), Number(y.toFixed(3)))
    labels.push(label)
  }
  for (let i = 0; i < perClass; i++) shapes[set]((i + 0.5) / perClass, noise, uniform, add)
  for (let i = 0; i + 2 < painted.length; i += 3) add(painted[i], painted[i + 1], painted[i + 2])
  return { places, labels, classes: Math.max(...labels) + 1 }
}

type Shape = (
  part: number,
  noise: () => number,
  uniform: () => number,
  add: (x: number, y: number, label: number) => void,
) => void

const shapes: Record<DataSet, Shape> = {
  spiral(part, noise, _, add) {
    for (let arm = 0; arm < 3; arm++) {
      const angle = (arm * 2 * Math.PI) / 3 + part * 4.2 + 0.16 * noise()
      const radius = 0.05 + 0.87 * part
      add(radius * Math.sin(angle), radius * Math.cos(angle), arm)
    }
  },
  moons(part, noise, _, add) {
    const angle = Math.PI * part
    const [x, y] = [Math.cos(angle), Math.sin(angle)]
    add(0.6 * x - 0.28 + 0.08 * noise(), 0.6 * y - 0.15 + 0.08 * noise(), 0)
    add(0.28 - 0.6 * x + 0.08 * noise(), 0.15 - 0.6 * y + 0.08 * noise(), 1)
  },
  blobs(_, noise, __, add) {
    const centres = [
      [-0.45, 0.4],
      [0.5, 0.35],
      [0, -0.5],
    ]
    centres.forEach(([x, y], label) => {
      add(x + 0.25 * noise(), y + 0.25 * noise(), label)
    })
  },
  xor(_, __, uniform, add) {
    for (let k = 0; k < 2; k++) {
      const [x, y] = [1.8 * uniform() - 0.9, 1.8 * uniform() - 0.9]
      add(x + 0.05 * Math.sign(x), y + 0.05 * Math.sign(y), x * y > 0 ? 0 : 1)
    }
  },
}
