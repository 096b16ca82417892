import { generator } from './logits.ts'

/** Logits of a model that is `scale` times too sure, with labels drawn from what it should have said. */
export function overconfidentRows(rows: number, classes: number, scale = 2, seed = 1) {
  const random = generator(seed)
  // a sum of twelve uniform numbers is nearly normal
  const normal = (): number => Array.from({ length: 12 }, random).reduce((sum, u) => sum + u, -6)
  const logits: number[] = []
  const labels: number[] = []
  for (let row = 0; row < rows; row++) {
    const truth = Array.from({ length: classes }, () => 2 * normal())
    const powers = truth.map(Math.exp)
    const total = powers.reduce((sum, power) => sum + power, 0)
    let at = random() * total
    const drawn = powers.findIndex((power) => {
      at -= power
      return at < 0
    })
    labels.push(Math.max(0, drawn))
    logits.push(...truth.map((x) => x * scale))
  }
  return { logits, labels, shape: [rows, classes] }
}
