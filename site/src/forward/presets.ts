/** Rows worth looking at. */
export const presets: readonly { name: string; logits: readonly number[] }[] = [
  { name: 'example', logits: [2, 1, 0.1] },
  { name: 'tie', logits: [3, 3, 0] },
  { name: 'one-hot', logits: [40, 0, 0] },
  { name: 'flat', logits: [1, 1, 1, 1, 1] },
  { name: 'far apart', logits: [1000, 995, -1000] },
  { name: 'with −∞', logits: [2, 1, -Infinity] },
]
