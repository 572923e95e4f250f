/** The list as the service gives it back: cells as they were read, with what is to be looked at in the first column. */

export function parseCsv(text: string, delimiter = ','): string[][] {
  const lines: string[][] = []
  let line: string[] = [], cell = '', quoted = false
  const end = () => { line.push(cell); cell = '' }
  for (let i = text.charCodeAt(0) === 0xfeff ? 1 : 0; i < text.length; i++) {
    const c = text[i]
    if (quoted) {
      if (c !== '"') cell += c
      else if (text[i + 1] === '"') { cell += '"'; i++ }
      else quoted = false
    } else if (c === '"') quoted = true
    else if (c === delimiter) end()
    else if (c === '\n') { end(); lines.push(line); line = [] }
    else if (c !== '\r') cell += c
  }
  if (cell || line.length) { end(); lines.push(line) }
  return lines
}

/** What was written so that a spreadsheet leaves it alone, as it was read. */
export const plain = (cell: string) => /^="(.*)"$/s.exec(cell)?.[1] ?? cell.replace(/(^|[;,\t\r\n])'(?=[=+\-@\t\r])/g, '$1')

export const toCsv = (lines: string[][]) => '\ufeff' + lines.map((line) => line.map((cell) => `"${cell.replace(/"/g, '""')}"`).join(',')).join('\r\n') + '\r\n'

/** Excel's letters as a place: A is 0. */
export const place = (letters: string) => [...letters].reduce((n, c) => n * 26 + c.charCodeAt(0) - 64, 0) - 1
