/** What happened to a person or a unit, told in sentences, the latest first; read only when it is opened. */
import { useState } from 'preact/hooks'
import { useRead, type Schema } from '../call'
import { Read } from '../parts'
import { day, t } from '../words'

/** `open`: something here needs explaining. */
export function History({ path, open = false }: { path: string; open?: boolean }) {
  const [asked, ask] = useState(open)
  const history = useRead<Schema['History']>(asked ? path : '')
  return <details class="no-print" open={open} onToggle={(e) => e.currentTarget.open && ask(true)}>
    <summary>{t('history')}</summary>
    {asked && <Read of={history}>{(h) => <>
      {h.items.length === 0 ? <p>{t('no_history')}</p> : <ul class="notes" translate={false}>{[...h.items].reverse().map((x, i) => <li key={i}>{x.text}</li>)}</ul>}
      <p class="words">{h.complete_since && t('complete_since', { at: day(h.complete_since) })} {h.missing_from.length > 0 && t('missing_from', { n: h.missing_from.length })}</p>
    </>}</Read>}
  </details>
}
