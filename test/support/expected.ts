import ts from 'typescript'

/**
 * Compares a value with what a comment shows of it, and returns what differs, or nothing.
 *
 * Numbers agree when the value, rounded to the digits shown, is the number shown; fewer than three significant
 * digits (`3`, `0.5`) stand for that very number. Arrays and typed arrays agree element by element, objects key by
 * key; `...` or `…` at the end leaves out the rest. `Float32Array [0.5, 0.5]` also names the class, and
 * `throws RangeError` an error. Else JSON, with NaN, Infinity and undefined besides.
 */
export function difference(value: unknown, shown: string): string | undefined {
  const named = /^(\w+Array)(?:\(\d+\))? (?=\[)/.exec(shown)
  if (named && Object(value).constructor?.name !== named[1]) {
    return `expected a ${named[1]}, got a ${Object(value).constructor?.name}`
  }
  const literal = parse(named ? shown.slice(named[0].length) : shown)
  if (literal === undefined) return `"${shown}" is no value`
  return compare(value, literal, 'the value')
}

/** Whether a comment shows a value at all. */
export function isValue(shown: string): boolean {
  return parse(shown.replace(/^\w+Array(\(\d+\))? (?=\[)/, '')) !== undefined
}

function parse(shown: string): ts.Expression | undefined {
  const text = shown.replace(/,?\s*(…|\.\.\.)\s*(?=[\]}])/g, ', ...rest').replace(/([[{]), /g, '$1')
  const file = ts.createSourceFile('value.ts', `(${text})`, ts.ScriptTarget.ES2022, true)
  const [statement, ...others] = file.statements
  if (others.length > 0 || statement === undefined || !ts.isExpressionStatement(statement)) return undefined
  const { expression } = statement
  if (!ts.isParenthesizedExpression(expression) || expression.end !== text.length + 2) return undefined
  return isLiteral(expression.expression) ? expression.expression : undefined
}

const words: Record<string, unknown> = { NaN, Infinity: Number.POSITIVE_INFINITY, undefined }

function isLiteral(node: ts.Expression): boolean {
  if (ts.isArrayLiteralExpression(node))
    return node.elements.every((item) => ts.isSpreadElement(item) || isLiteral(item))
  if (ts.isObjectLiteralExpression(node)) {
    return node.properties.every(
      (property) =>
        ts.isSpreadAssignment(property) || (ts.isPropertyAssignment(property) && isLiteral(property.initializer)),
    )
  }
  if (ts.isPrefixUnaryExpression(node)) return node.operator === ts.SyntaxKind.MinusToken && isLiteral(node.operand)
  if (ts.isIdentifier(node)) return Object.hasOwn(words, node.text)
  return (
    ts.isNumericLiteral(node) || ts.isStringLiteral(node) || ts.isBigIntLiteral(node) || simpleOf(node) !== undefined
  )
}

/** true, false and null, which the parser tells by their kind alone. */
function simpleOf(node: ts.Expression): { value: boolean | null } | undefined {
  if (node.kind === ts.SyntaxKind.TrueKeyword) return { value: true }
  if (node.kind === ts.SyntaxKind.FalseKeyword) return { value: false }
  return node.kind === ts.SyntaxKind.NullKeyword ? { value: null } : undefined
}

function compare(value: unknown, shown: ts.Expression, at: string): string | undefined {
  if (ts.isArrayLiteralExpression(shown)) {
    if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return `${at} is no array: ${String(value)}`
    const elements = Array.from(value as ArrayLike<unknown>)
    const items = shown.elements.filter((item) => !ts.isSpreadElement(item))
    if (items.length === shown.elements.length && items.length !== elements.length) {
      return `${at} has length ${elements.length}, not ${items.length}`
    }
    return first(items.map((item, i) => () => compare(elements[i], item, `${at}[${i}]`)))
  }
  if (ts.isObjectLiteralExpression(shown)) {
    const entries = new Map(Object.entries(Object(value)))
    const items = shown.properties.filter(ts.isPropertyAssignment)
    if (items.length === shown.properties.length && items.length !== entries.size) {
      return `${at} has the keys ${[...entries.keys()].join(', ')}`
    }
    return first(
      items.map((item) => {
        const key = ts.isComputedPropertyName(item.name) ? '' : item.name.text
        return () => compare(entries.get(key), item.initializer, `${at}.${key}`)
      }),
    )
  }
  return compareSingle(value, shown, at)
}

function compareSingle(value: unknown, shown: ts.Expression, at: string): string | undefined {
  const negative = ts.isPrefixUnaryExpression(shown)
  const bare = negative ? shown.operand : shown
  if (ts.isNumericLiteral(bare)) {
    const digits = bare.getText(bare.getSourceFile())
    return agrees(value, digits, negative)
      ? undefined
      : `${at} is ${String(value)}, not ${negative ? '-' : ''}${digits}`
  }
  let expected: unknown = simpleOf(bare)?.value
  if (ts.isStringLiteral(bare)) expected = bare.text
  if (ts.isBigIntLiteral(bare)) expected = BigInt(bare.text.slice(0, -1)) * (negative ? -1n : 1n)
  if (ts.isIdentifier(bare)) expected = words[bare.text]
  if (negative && typeof expected === 'number') expected = -expected
  return Object.is(value, expected) ? undefined : `${at} is ${String(value)}, not ${String(expected)}`
}

function agrees(value: unknown, digits: string, negative: boolean): boolean {
  if (typeof value !== 'number') return false
  const [mantissa = '', exponent = '0'] = digits.toLowerCase().split('e')
  const fraction = mantissa.split('.')[1] ?? ''
  const significant = mantissa.replace('.', '').replace(/^0+/, '').length
  const shown = Number(digits) * (negative ? -1 : 1)
  const isRounded = fraction !== '' && significant >= 3
  // Half a unit of the last digit, and a little for the decimal itself. A number shown short is exact but for the
  // rounding of float32 and of a few operations.
  const slack = isRounded ? 0.5001 * 10 ** (Number(exponent) - fraction.length) : 1e-6 * Math.abs(shown) + 1e-12
  return Math.abs(value - shown) <= slack
}

function first(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const found = check()
    if (found !== undefined) return found
  }
  return undefined
}
