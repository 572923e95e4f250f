/** A list once more, with what was mended in it. */
import { link } from '../../address'
import { send, type Schema } from '../../call'
import { parseCsv, plain, toCsv } from './csv'

type Import = Schema['Import']

/** The cells as they were read, the first row first. */
export async function cellsOf(plan: Import): Promise<string[][]> {
  const lines = parseCsv(await (await send('GET', `v1/imports/${plan.id}/file?format=csv`)).text())
  return lines.slice(1).map((line) => line.slice(1).map(plain))
}

/** The list again with what was mended, under the same options: another plan, which is looked at like the first and stands in its stead. */
export async function again(plan: Import, cells: string[][], more: { columns?: string; accept?: string[] }): Promise<void> {
  const asked = new URLSearchParams({ kind: plan.kind, replaces: plan.id, ...(plan.file.name && { name: plan.file.name }) })
  for (const [name, value] of Object.entries(plan.options as Record<string, unknown>))
    if (name !== 'sheet' && name !== 'accept' && value !== null && value !== false) asked.set(name, typeof value === 'object' ? String((value as { id?: string }).id ?? '') : String(value))
  const was = (plan.options as { accept?: string | string[] | null }).accept
  const accept = [...new Set([...(Array.isArray(was) ? was : was?.split(',') ?? []), ...(more.accept ?? [])])]
  if (accept.length) asked.set('accept', accept.join(','))
  // what stands under a heading is remembered by it; a column without one is said each time
  const columns = new Map(plan.columns.filter((c) => !c.heading && c.field).map((c) => [c.column, c.field!]))
  for (const [column, field] of (more.columns?.split(',') ?? []).map((c) => c.split(':'))) columns.set(column, field)
  if (columns.size) asked.set('columns', [...columns].map((c) => c.join(':')).join(','))
  const made: Import = await (await send('POST', 'v1/imports?' + asked, toCsv(cells), { type: 'text/csv' })).json()
  location.hash = link('list', '', made.id)
}
