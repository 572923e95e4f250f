/** A page of the service that holds secrets, and so has no address: shown in a window of its own, to be printed from there.
 * The strict policy of this page holds in that window too; what the paper looks like goes in as rules, not as text. */
export type Paper = (html: string) => void

/** Called while the button is pressed, or the browser takes the window for an advertisement. Without a window: undefined. */
export function openPaper(): { show: Paper; close: () => void } | undefined {
  const at = open('', '_blank') as (Window & typeof globalThis) | null
  if (!at) return undefined
  return { close: () => at.close(), show: (html) => draw(at, html) }
}

function draw(at: Window & typeof globalThis, html: string) {
  const rules: string[] = [], sheet = new at.CSSStyleSheet()
  const bare = html.replace(/<style>([^]*?)<\/style>/g, (_, text) => { rules.push(text); return '' }).replace(/ style="([^"]*)"/g, ' data-look="$1"')
  const paper = new DOMParser().parseFromString(bare, 'text/html')
  sheet.replaceSync(rules.join('\n'))
  at.document.title = paper.title
  at.document.documentElement.lang = paper.documentElement.lang
  at.document.adoptedStyleSheets = [sheet]
  for (const part of paper.querySelectorAll<HTMLElement>('[data-look]')) part.style.cssText = part.dataset.look!
  at.document.body.replaceChildren(...[...paper.body.childNodes].map((node) => at.document.importNode(node, true)))
  at.print()
}
