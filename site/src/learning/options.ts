/** What can be set, with its names on the page. */
export const layers = [
  { name: 'none', hidden: [] },
  { name: 'one of 16', hidden: [16] },
  { name: 'two of 16', hidden: [16, 16] },
] as const

export const activations = ['relu', 'tanh', 'sigmoid', 'gelu', 'silu', 'identity'] as const
