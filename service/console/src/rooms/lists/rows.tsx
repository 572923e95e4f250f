/** Rows of a plan: a page at a time, or all of one action where something is counted over them. */
import { useEffect, useState } from 'preact/hooks'
import { call, useRead, type Loaded, type Problem, type Schema } from '../../call'
import { t } from '../../words'

type Page = { items: Schema['ImportRow'][]; next: number | null }
/** Rows on one page; a longer list is paged, not scrolled through. */
const SHOWN = 100

/** Those of one action. */
export function useRows(plan: Schema['Import'], action: string) {
  const [after, go] = useState(0)
  const page = useRead<Page>(`v1/imports/${plan.id}/rows?action=${action}&page_size=${SHOWN}&after=${after}`)
  const pager = (next: number | null) => (after > 0 || next !== null) && <nav class="pages no-print" aria-label={t('pages')}>
    {after > 0 && <button type="button" onClick={() => go(0)}>{t('first_page')}</button>} {next !== null && <button type="button" onClick={() => go(next)}>{t('next_page')}</button>}
  </nav>
  return { page, pager }
}

async function everyRow(plan: Schema['Import'], action: string, signal: AbortSignal): Promise<Schema['ImportRow'][]> {
  const rows: Schema['ImportRow'][] = []
  for (let after: number | null = 0; after !== null;) {
    const page: Page = await call('GET', `v1/imports/${plan.id}/rows?action=${action}&page_size=500&after=${after}`, undefined, { signal })
    rows.push(...page.items)
    after = page.next
  }
  return rows
}

export function useAllRows(plan: Schema['Import'], action: string): Loaded<Schema['ImportRow'][]> {
  const [state, set] = useState<{ data?: Schema['ImportRow'][]; problem?: Problem; busy: boolean }>({ busy: true })
  const [round, again] = useState(0)
  useEffect(() => {
    const stop = new AbortController()
    everyRow(plan, action, stop.signal).then((data) => stop.signal.aborted || set({ data, busy: false }), (problem) => stop.signal.aborted || set({ problem, busy: false }))
    return () => stop.abort()
  }, [plan.id, action, round])
  return { ...state, again: () => { set({ busy: true }); again((n) => n + 1) } }
}
