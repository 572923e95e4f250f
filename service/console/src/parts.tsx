/** What several rooms show. */
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Loaded, Problem } from './call'
import { count, language, moment, t } from './words'

/** A problem in a person's words: the service's own sentence, and what to do about it. */
export function Said({ problem, saving }: { problem: Problem; saving?: boolean }) {
  const [advice, setAdvice] = useState('')
  const away = problem.status >= 500 || !problem.status
  useEffect(() => {
    setAdvice('')
    if (problem.code && !away) import('../generated/advice').then((m) => setAdvice(m.advice[problem.code]?.[language] ?? ''), () => {})
  }, [problem])
  if (problem.code === 'brake_engaged') return <BrakeWords problem={problem} />
  if (away) return <>{t(problem.code === 'outcome_unknown' ? 'outcome_unknown' : saving ? 'not_saved' : 'away')}</>
  if (problem.status === 403) return <>{t('forbidden')}</>
  if (problem.status === 404 && !saving) return <>{t('not_found')}</>
  return <>{[problem.detail || problem.title, advice].filter(Boolean).map((s) => s!.replace(/\.?$/, '.')).join(' ')}</>
}

/** Why many at once were stopped, and who can let them go. */
export function BrakeWords({ problem, kept }: { problem: Problem; kept?: boolean }) {
  const brake = problem.brake
  const full = brake && [brake.ordinary, brake.locks, brake.dismissals].find((c) => c.done >= c.limit)
  return <>
    <p>{t(kept ? 'brake_would' : 'brake_stopped', { done: count((full ?? brake?.ordinary)?.done ?? 0), limit: count((full ?? brake?.ordinary)?.limit ?? 0) })}</p>
    {brake && <p translate={false}>{brake.releasers.length ? t('brake_who', { names: brake.releasers.map((r) => r.name).join(', ') }) : t('brake_nobody')}</p>}
    {full?.room_at && !kept && <p>{t('brake_room', { at: moment(full.room_at) })}</p>}
  </>
}

export function Trouble({ problem, again }: { problem: Problem; again: () => void }) {
  return <div class="trouble" role="alert"><Said problem={problem} /> <button onClick={again}>{t('again')}</button></div>
}

export function Read<T>({ of, children }: { of: Loaded<T>; children: (data: T) => ComponentChildren }) {
  if (of.problem) return <Trouble problem={of.problem} again={of.again} />
  return of.data === undefined ? <p role="status">{t('loading')}</p> : <>{children(of.data)}</>
}

/** A table that is a list of labelled lines on a phone. A cell that is null is left out there. */
export function Table({ head, rows, label, print }: { head: string[]; rows: { key: string; cells: ComponentChildren[]; mark?: string }[]; label?: string; print?: boolean }) {
  return <table aria-label={label} class={print ? 'print' : undefined}>
    <thead><tr>{head.map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
    <tbody>{rows.map((r) => <tr key={r.key} data-key={r.key} class={r.mark}>
      {r.cells.map((c, i) => i === 0 ? <th key={i} scope="row">{c}</th> : <td key={i} data-label={head[i]}>{c}</td>)}
    </tr>)}</tbody>
  </table>
}

export const Name = ({ children }: { children: ComponentChildren }) => <span translate={false}>{children}</span>

/** Copies, and says that it did; where the browser refuses, the text stands there to be marked. */
export function Copy({ text }: { text: string }) {
  const [said, say] = useState('')
  return <><button type="button" onClick={() => navigator.clipboard.writeText(text).then(() => say(t('copied')), () => say(t('copy_by_hand')))}>{t('copy')}</button> <span role="status">{said}</span></>
}
