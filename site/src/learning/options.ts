/** What can be set, with its names on the page. */
export const layers = [
  { name: 'none', hidden: [] },
  { name: '16', hidden: [16] },
  { name: '16 + 16', hidden: [16, 16] },
] as const

export const activations = ['relu', 'tanh', 'sigmoid', 'gelu', 'silu', 'identity'] as const
