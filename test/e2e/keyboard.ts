import type { Page } from '@playwright/test'

/**
 * Goes through the page with Tab alone. Names what it never came to, and what looked the same with the focus as without:
 * nothing of either is what should come back.
 */
export async function walk(page: Page): Promise<{ unreached: string[]; unseen: string[] }> {
  await page.addStyleTag({ content: '* { transition: none !important }' })
  await page.evaluate(begin)
  for (let presses = 0; presses < 200; presses++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate(arrive)) break
  }
  return await page.evaluate(() => (window as unknown as Walking).walking.end())
}

type Walking = { walking: { arrive: () => boolean; end: () => Awaited<ReturnType<typeof walk>> } }

function arrive(): boolean {
  return (window as unknown as Walking).walking.arrive()
}

/** Runs in the page, so it brings along all that it needs. */
function begin(): void {
  class Walk {
    readonly #reached = new Set<Element>()
    readonly #unseen: string[] = []
    #last: { element: Element; look: string } | undefined

    /** Whether the way is at its end: outside of the page, or where it was before. */
    arrive(): boolean {
      if (this.#last && this.#look(this.#last.element) === this.#last.look)
        this.#unseen.push(this.#name(this.#last.element))
      this.#last = undefined
      const element = document.activeElement
      if (!element || element === document.body) return this.#reached.size > 0
      if (this.#reached.has(element)) return true
      this.#reached.add(element)
      this.#last = { element, look: this.#look(element) }
      return false
    }

    end() {
      const pressable = 'button, a[href], input, textarea, select, [tabindex="0"]'
      // What screen readers do not hear of has another way by the keyboard: Backspace, for pills.
      const spared = '[inert] *, [aria-hidden=true], [aria-hidden=true] *'
      // One of these has the place of its group in the order of Tab; arrows lead to the others.
      const grouped = '[role=tab], [role=radio], [type=radio], [role=menuitem], [role=option]'
      const unreached = [...document.querySelectorAll(pressable)]
        .filter((element) => element.checkVisibility({ visibilityProperty: true }))
        .filter((element) => !element.matches(`:disabled, ${spared}, ${grouped}`))
        .filter((element) => !this.#reached.has(element))
        .map((element) => this.#name(element))
      return { unreached, unseen: this.#unseen }
    }

    /** Of itself and of what may show the focus in its place: its surroundings, and the row that a list is at. */
    #look(element: Element): string {
      const around = element.parentElement
      const parts = [
        element,
        around,
        around?.parentElement,
        around?.parentElement?.parentElement,
        ...(element.parentElement?.children ?? []),
        ...element.querySelectorAll('[data-active]'),
      ]
      return parts
        .filter((part) => part instanceof Element)
        .map((part) => {
          const { outline, boxShadow, borderColor, backgroundColor } = getComputedStyle(part)
          return [outline, boxShadow, borderColor, backgroundColor].join()
        })
        .join('\n')
    }

    #name(element: Element): string {
      const name = element.getAttribute('aria-label') ?? element.textContent ?? ''
      return name.trim().slice(0, 40) || element.outerHTML.slice(0, 120)
    }
  }
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  Object.assign(window, { walking: new Walk() })
}
