/** Rows of a plan, a page at a time. */
import { useState } from 'preact/hooks'
import { useRead, type Schema } from '../../call'
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
