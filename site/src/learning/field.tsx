/** The square of points: coloured by what the network says of every place, and painted on with a pointer or with keys. */
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { className } from '../page/row.ts'
import { side } from './messages.ts'
import { change, painted, points, snapshot } from './state.ts'

const size = 480
const centre = [0, 0] as const
/** How much of the square an arrow key crosses. */
const stride = 0.05

const arrows: Record<string, [number, number]> = {
  ArrowUp: [0, stride],
  ArrowDown: [0, -stride],
  ArrowLeft: [-stride, 0],
  ArrowRight: [stride, 0],
}

export function Field({ brush }: { readonly brush: number }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [cursor, setCursor] = useState<readonly [number, number]>()
  const { value: shown } = snapshot
  const { places, labels } = points.value

  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    const theme = matchMedia('(prefers-color-scheme: dark)')
    const draw = () => {
      const colours = coloursOf(context.canvas)
      context.clearRect(0, 0, size, size)
      if (shown) drawField(context, shown.field, shown.classes, colours)
      labels.forEach((label, i) => {
        drawPoint(context, across(places[2 * i]), across(-places[2 * i + 1]), label, colours[label])
      })
      if (cursor) drawCursor(context, across(cursor[0]), across(-cursor[1]))
    }
    draw()
    theme.addEventListener('change', draw)
    return () => theme.removeEventListener('change', draw)
  }, [shown, places, labels, cursor])

  const paint = (x: number, y: number) => {
    change(() => {
      painted.value = [...painted.value, Number(x.toFixed(2)), Number(y.toFixed(2)), brush]
    })
  }
  const click = (event: MouseEvent) => {
    // keys click without a place
    if (event.detail === 0) return paint(...(cursor ?? centre))
    const box = (event.currentTarget as Element).getBoundingClientRect()
    paint(
      within(((event.clientX - box.left) / box.width) * 2 - 1),
      within(1 - ((event.clientY - box.top) / box.height) * 2),
    )
  }
  const move = (event: KeyboardEvent) => {
    const arrow = arrows[event.key]
    if (!arrow) return
    const [x, y] = cursor ?? centre
    setCursor([within(x + arrow[0]), within(y + arrow[1])])
    event.preventDefault()
  }

  return (
    <button
      type="button"
      class="field-of-points"
      aria-label={`${labels.length} points in a square, coloured by what the network says. Arrow keys move a cross, Enter paints a point of class ${className(brush)} there.`}
      onClick={click}
      onKeyDown={move}
      onFocus={(event) => event.currentTarget.matches(':focus-visible') && setCursor(cursor ?? centre)}
      onBlur={() => setCursor(undefined)}
    >
      <canvas ref={canvas} width={size} height={size} />
    </button>
  )
}

type Colour = readonly [red: number, green: number, blue: number]

/** The classes' colours in the present theme, and last the paper's. */
function coloursOf(element: HTMLElement): Colour[] {
  const probe = document.createElement('span')
  element.parentElement?.append(probe)
  const colours = ['--class-0', '--class-1', '--class-2', '--paper'].map((name): Colour => {
    probe.style.color = `var(${name})`
    const [red, green, blue] =
      getComputedStyle(probe)
        .color.match(/[\d.]+/g)
        ?.map(Number) ?? []
    return [red, green, blue]
  })
  probe.remove()
  return colours
}

/** Each place in the mixture of the colours of its probabilities, pale where the network is unsure. */
function drawField(context: CanvasRenderingContext2D, field: Float32Array, classes: number, colours: Colour[]): void {
  const image = new ImageData(side, side)
  const paper = colours[colours.length - 1]
  for (let i = 0; i < side * side; i++) {
    for (let channel = 0; channel < 3; channel++) {
      let mixed = 0
      for (let c = 0; c < classes; c++) mixed += field[i * classes + c] * colours[c][channel]
      image.data[4 * i + channel] = paper[channel] + 0.55 * (mixed - paper[channel])
    }
    image.data[4 * i + 3] = 255
  }
  const small = document.createElement('canvas')
  small.width = small.height = side
  small.getContext('2d')?.putImageData(image, 0, 0)
  context.drawImage(small, 0, 0, size, size)
}

/** A disc, a square or a triangle: classes are not told by colour alone. */
function drawPoint(context: CanvasRenderingContext2D, x: number, y: number, label: number, colour: Colour): void {
  context.beginPath()
  if (label === 0) context.arc(x, y, 4, 0, 2 * Math.PI)
  else if (label === 1) context.rect(x - 3.5, y - 3.5, 7, 7)
  else {
    context.moveTo(x, y - 5)
    context.lineTo(x + 4.5, y + 3.5)
    context.lineTo(x - 4.5, y + 3.5)
    context.closePath()
  }
  context.fillStyle = `rgb(${colour.join()})`
  context.strokeStyle = 'white'
  context.fill()
  context.stroke()
}

function drawCursor(context: CanvasRenderingContext2D, x: number, y: number): void {
  for (const [width, style] of [
    [4, 'white'],
    [2, 'black'],
  ] as const) {
    context.lineWidth = width
    context.strokeStyle = style
    context.beginPath()
    context.moveTo(x - 9, y)
    context.lineTo(x + 9, y)
    context.moveTo(x, y - 9)
    context.lineTo(x, y + 9)
    context.stroke()
  }
  context.lineWidth = 1
}

const across = (place: number) => ((place + 1) / 2) * size
const within = (place: number) => Math.min(1, Math.max(-1, place))
