/** What several rooms show. */
import type { ComponentChildren } from 'preact'
import type { Loaded, Problem } from './call'
import { t } from './words'

export function Trouble({ problem, again }: { problem: Problem; again: () => void }) {
  const text = problem.status === 403 ? t('forbidden') : problem.status === 404 ? t('not_found') : problem.status >= 500 || !problem.status ? t('away') : problem.detail
  return <p class="trouble" role="alert">{text} <button onClick={again}>{t('again')}</button></p>
}

export function Read<T>({ of, children }: { of: Loaded<T>; children: (data: T) => ComponentChildren }) {
  if (of.problem) return <Trouble problem={of.problem} again={of.again} />
  return of.data === undefined ? <p role="status">{t('loading')}</p> : <>{children(of.data)}</>
}
