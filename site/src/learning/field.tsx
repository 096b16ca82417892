/** The square of points: coloured by what the network says of every place, and painted on with a pointer or with keys. */
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { className } from '../page/row.ts'
import { side } from './messages.ts'
import { change, most, painted, points, snapshot } from './state.ts'

const size = 480
const centre = [0, 0] as const
/** How much of the square an arrow key crosses, and how far apart points are that are painted in one stroke. */
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

  /** Where the stroke has painted last, while a pointer is down; and whether a click comes that ends one. */
  const stroke = useRef<readonly [number, number] | undefined>(undefined)
  const stroked = useRef(false)
  const paint = (x: number, y: number) => {
    if (painted.value.length >= 3 * most) return
    change(() => {
      painted.value = [...painted.value, Number(x.toFixed(2)), Number(y.toFixed(2)), brush]
    })
  }
  const press = (event: PointerEvent) => {
    if (!event.isPrimary || event.button !== 0) return
    const square = event.currentTarget as Element
    square.setPointerCapture(event.pointerId)
    stroke.current = placeOf(event, square)
    stroked.current = true
    paint(...stroke.current)
  }
  const drag = (event: PointerEvent) => {
    if (!stroke.current || !event.isPrimary) return
    const place = placeOf(event, event.currentTarget as Element)
    if (Math.hypot(place[0] - stroke.current[0], place[1] - stroke.current[1]) < stride) return
    stroke.current = place
    paint(...place)
  }
  const lift = () => {
    stroke.current = undefined
  }
  const click = (event: MouseEvent) => {
    if (stroked.current) stroked.current = false
    // keys click without a place, and so may what speaks for them
    else paint(...(event.detail === 0 ? (cursor ?? centre) : placeOf(event, event.currentTarget as Element)))
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
      onPointerDown={press}
      onPointerMove={drag}
      onPointerUp={lift}
      onPointerCancel={() => {
        lift()
        stroked.current = false
      }}
      onClick={click}
      onKeyDown={move}
      onFocus={(event) => event.currentTarget.matches(':focus-visible') && setCursor(cursor ?? centre)}
      onBlur={() => setCursor(undefined)}
    >
      <canvas ref={canvas} width={size} height={size} />
    </button>
  )
}

/** The place in the square that an event points to; beyond its edges, the nearest on them. */
function placeOf({ clientX, clientY }: MouseEvent, square: Element): readonly [number, number] {
  const { left, top, width, height } = square.getBoundingClientRect()
  return [within(((clientX - left) / width) * 2 - 1), within(1 - ((clientY - top) / height) * 2)]
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
