/** Which of some files is which: logits, labels, names of classes. */

export interface Chosen {
  readonly logits?: File
  readonly labels?: File
  readonly names?: File
}

export type Role = keyof Chosen

/**
 * Puts dropped files where they belong: by their names where these tell; of those left, the largest is the logits where
 * none are chosen or labels come with it, and the other the labels.
 */
export function assign(files: readonly File[], chosen: Chosen): Chosen {
  const found: { -readonly [role in Role]?: File } = {}
  const rest = files.filter((file) => {
    const role = roleOf(file.name)
    if (role) found[role] = file
    return !role
  })
  rest.sort((a, b) => b.size - a.size)
  const logitsKnown = found.logits ?? (rest.length === 1 && !found.labels && !chosen.labels ? chosen.logits : undefined)
  if (!logitsKnown && rest.length > 0) found.logits = rest.shift()
  if (!found.labels && rest.length > 0) found.labels = rest.shift()
  return { ...chosen, ...found }
}

function roleOf(name: string): Role | undefined {
  if (/logit|score/i.test(name)) return 'logits'
  if (/label|target|truth/i.test(name)) return 'labels'
  return /name|class|\.txt$/i.test(name) ? 'names' : undefined
}
