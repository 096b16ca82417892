/** The live parts of the page: each is fetched when the reader comes near it, the first one at once. */
import { type ComponentType, h, render } from 'preact'
import { namedSection } from './address.ts'

export type Load = () => Promise<{ default: ComponentType }>

/** Fills the element `[data-stage=name]` of each section with its component. */
export function openStages(stages: Record<string, Load>): void {
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) open(target as HTMLElement)
    },
    { rootMargin: '100% 0px' },
  )
  const opened = new Map<Element, Promise<void>>()

  function open(element: HTMLElement): Promise<void> {
    near.unobserve(element)
    const running = opened.get(element) ?? fill(element, stages[element.dataset.stage ?? ''])
    opened.set(element, running)
    return running
  }

  const elements = [...document.querySelectorAll<HTMLElement>('[data-stage]')]
  for (const element of elements) near.observe(element)
  // A link into the page: what stands above must have its height first.
  const target = document.getElementById(namedSection() ?? '')
  if (target) {
    const above = elements.filter(
      (element) => !(target.compareDocumentPosition(element) & 4) || target.contains(element),
    )
    Promise.all(above.map(open)).then(() => target.scrollIntoView())
  }
}

async function fill(element: HTMLElement, load: Load): Promise<void> {
  try {
    const { default: component } = await load()
    element.replaceChildren()
    render(h(component, {}), element)
  } catch (error) {
    element.textContent = `This part could not be loaded (${error instanceof Error ? error.message : error}). Reload the page to try again.`
  }
  element.removeAttribute('aria-busy')
}
