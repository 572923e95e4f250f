/** What several rooms show. */
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { link } from './address'
import { MOST, useRead, type Loaded, type Problem, type Schema } from './call'
import { count, language, moment, named, pieces, t, type Word } from './words'

/** What was sent and has no answer of the service may be done: the connection went, or a proxy answers that waited in vain. */
const unknown = (p: Problem) => p.code === 'outcome_unknown' || (!p.code && [0, 502, 504].includes(p.status ?? 0))

/** A problem in a person's words: the service's own sentence, and what to do about it. `saving`: a write was sent, or looked at only. */
export function Said({ problem, saving }: { problem: Problem; saving?: true | 'looked' }) {
  const [advice, setAdvice] = useState('')
  const away = problem.status >= 500 || !problem.status
  useEffect(() => {
    setAdvice('')
    if (problem.code && !away) import('../generated/advice').then((m) => setAdvice(m.advice[problem.code]?.[language] ?? ''), () => {})
  }, [problem])
  if (problem.code === 'brake_engaged') return <BrakeWords problem={problem} />
  if (away) return <>{t(saving === true && unknown(problem) ? 'outcome_unknown' : saving ? 'not_saved' : 'away')}</>
  if (problem.status === 403 && !saving) return <>{t('forbidden')}</>
  if (problem.status === 404 && !saving) return <>{t('not_found')}</>
  return <>{[problem.detail || problem.title, advice].filter(Boolean).map((s) => s!.replace(/\.?$/, '.')).join(' ')}</>
}

/** Why many at once were stopped, what becomes of this one, and who can let it go. `ahead`: it was looked at only. */
export function BrakeWords({ problem, ahead }: { problem: Problem; ahead?: boolean }) {
  const { brake, kept } = problem
  const full = brake && [brake.ordinary, brake.locks, brake.dismissals].find((c) => c.done >= c.limit)
  // more than half of a unit, or many by one change, are too many before the hour is full
  const why = full ? t('brake_hour', { done: count(full.done), limit: count(full.limit) }) : (problem.detail ?? '').split('. ')[0].replace(/\.?$/, '.')
  return <>
    <p>{why} {t(ahead ? kept ? 'brake_would_keep' : 'brake_would_note' : kept ? 'brake_kept' : 'brake_noted')}</p>
    {brake && <p translate={false}>{brake.releasers.length ? t('brake_who', { names: brake.releasers.map((r) => r.name).join(', ') }) : t('brake_nobody')}</p>}
    {full?.room_at && !kept && !ahead && <p>{t('brake_room', { at: moment(full.room_at) })}</p>}
  </>
}

export function Trouble({ problem, again }: { problem: Problem; again: () => void }) {
  return <div class="trouble" role="alert"><Said problem={problem} /> <button onClick={again}>{t('again')}</button></div>
}

export function Read<T>({ of, children }: { of: Loaded<T>; children: (data: T) => ComponentChildren }) {
  if (of.problem) return <Trouble problem={of.problem} again={of.again} />
  return of.data === undefined ? <p role="status">{t('loading')}</p> : <>{children(of.data)}</>
}

/** A day, or a moment, is broken between its parts only. */
const isDay = (cell: ComponentChildren) => typeof cell === 'string' && /^\d\d\/\d\d\/\d{4}/.test(cell)

/** A table that is a list of labelled lines on a phone; columns that hold only what is pressed are not printed. */
export function Table({ head, rows }: { head: string[]; rows: { key: string; cells: ComponentChildren[]; mark?: string }[] }) {
  const pressed = (h: string) => h === t('acts') || h === t('tick')
  // who it is about names the row, not the box before it
  const names = pressed(head[0]) ? 1 : 0
  const look = (c: ComponentChildren, i: number) => pressed(head[i]) ? 'no-print' : isDay(c) ? 'day' : undefined
  return <table>
    <thead><tr>{head.map((h, i) => <th key={h} scope="col" class={look('', i)}>{h}</th>)}</tr></thead>
    <tbody>{rows.map((r) => <tr key={r.key} data-key={r.key} class={r.mark}>
      {r.cells.map((c, i) => i === names ? <th key={i} scope="row" class={look(c, i)} data-label={typeof c === 'number' ? head[i] : undefined}>{c}</th> : <td key={i} data-label={head[i]} class={look(c, i)}>{c}</td>)}
    </tr>)}</tbody>
  </table>
}

/** Two of one name are told apart. */
export const whole = (p: { full_name: string | null; staff_code: string | null }) => [p.full_name, p.staff_code].filter(Boolean).join(' · ')

/** The door to somebody's page. */
export const PersonLink = ({ id, name }: { id: string; name?: string | null }) => <a href={link('person', '', id)} translate={false}>{name ?? '—'}</a>

/** Somebody of whom only the id is there; whom one may not see is said to be elsewhere. */
export function Who({ id }: { id: string }) {
  const { data: p, problem } = useRead<Schema['Staff']>('v1/staff/' + encodeURIComponent(id))
  return p ? <Name>{whole(p)} · {p.unit?.name ?? t('elsewhere_unit')}</Name> : <>{problem ? t('elsewhere_unit') : '…'}</>
}

export const Name = ({ children }: { children: ComponentChildren }) => <span translate={false}>{children}</span>

/** What is read as one and never broken where there is room: an address, a login, a state. */
export const Whole = ({ children }: { children: ComponentChildren }) => <span class="whole" translate={false}>{children}</span>
export const State = ({ word }: { word: string }) => <span class="whole">{named(word)}</span>

/** A text with names, logins or codes in it: they are what they are, in every language. */
export const Told = ({ word, ...values }: { word: Word; [name: string]: string }) => <>{pieces(word).map((piece, i) => i % 2 ? <Name key={i}>{values[piece]}</Name> : piece)}</>

/** Whom somebody may be: each a door to his page, with what tells him apart. */
export function MaybeSame({ title, heading: Heading = 'h3', who, elsewhere, decides, each }: { title?: string; heading?: 'h2' | 'h3'; who: Schema['Duplicate']['candidates']; elsewhere?: number; decides?: { name: string } | null; each?: (c: Schema['Duplicate']['candidates'][number]) => ComponentChildren }) {
  return <>
    <Heading>{title ?? t('maybe_same')}</Heading>
    {who.length > 0 && <ul>{who.map((c) => <li key={c.id}><a href={link('person', '', c.id)} target="_blank" translate={false}>{c.full_name} · {c.unit?.name ?? t('elsewhere_unit')}{c.birth_year && ` · ${c.birth_year}`} · {c.address ?? '—'}</a> ({named(c.status)}) {each?.(c)}</li>)}</ul>}
    {!!elsewhere && <p>{t('maybe_elsewhere', { n: elsewhere })} {decides ? <Told word="ask_office" unit={decides.name} /> : t('ask_above')} <a href={link('requests', 'do=transfer')}>{t('request_transfer')}</a></p>}
  </>
}

/** Rows of one table; what is longer has pages. */
const ROWS = 100

/** A long list a page at a time; what changes begins at its first page only when that page is gone. */
export function usePages<T>(items: T[]) {
  const [page, go] = useState(0)
  const last = Math.max(0, Math.ceil(items.length / ROWS) - 1), at = Math.min(page, last)
  const turn = (to: number, word: Word) => <button type="button" onClick={() => go(to)}>{t(word)}</button>
  const pager = last > 0 && <nav class="pages no-print" aria-label={t('pages')}>
    {at > 0 && <>{turn(0, 'first_page')} {turn(at - 1, 'page_before')}</>} <span>{t('rows_of', { from: count(at * ROWS + 1), to: count(Math.min(items.length, (at + 1) * ROWS)), all: count(items.length) })}</span> {at < last && turn(at + 1, 'next_page')}
  </nav>
  return { shown: items.slice(at * ROWS, (at + 1) * ROWS), first: at * ROWS, pager }
}

/** Boxes before the rows of a table: what is ticked is what happens. `page`: all that may be ticked in what is shown. */
export function useTicks(page: string[]) {
  const [ticked, tick] = useState<Set<string>>(new Set())
  const set = (ids: string[], on: boolean) => { const next = new Set(ticked); for (const id of ids) on ? next.add(id) : next.delete(id); tick(next) }
  return {
    page, chosen: [...ticked], whole: page.length > 0 && page.every((id) => ticked.has(id)), set, take: (ids: string[]) => tick(new Set(ids)),
    box: (id: string, name: string) => <label><input type="checkbox" checked={ticked.has(id)} onChange={(e) => set([id], e.currentTarget.checked)} /> <span class="out">{t('tick')} <Name>{name}</Name></span></label>,
  }
}

/** All of this page, and it says so; one link takes all `n` that match, wherever they stand. */
export function Ticks({ ticks, n, everyone }: { ticks: ReturnType<typeof useTicks>; n: number; everyone: () => string[] | Promise<string[]> }) {
  const [problem, setProblem] = useState<Problem>()
  const [busy, setBusy] = useState(false)
  async function all() {
    if (busy) return
    setBusy(true)
    setProblem(undefined)
    try { ticks.take(await everyone()) } catch (caught) { setProblem(caught as Problem) }
    setBusy(false)
  }
  return <div class="acts no-print">
    <label><input type="checkbox" checked={ticks.whole} onChange={(e) => ticks.set(ticks.page, e.currentTarget.checked)} /> {t('tick_all', { n: count(ticks.page.length) })}</label>
    {n > MOST && <span class="words">{t('take_most', { n: count(MOST) })}</span>}
    {n > ticks.page.length && n <= MOST && <button type="button" class="link" aria-disabled={busy} onClick={all}>{busy ? t('working') : t('take_all', { n: count(n) })}</button>}
    {ticks.chosen.length > 0 && <><span role="status">{t('taken', { n: count(ticks.chosen.length) })}</span> <button type="button" class="link" onClick={() => ticks.take([])}>{t('take_none')}</button></>}
    {problem && <span class="trouble" role="alert"><Said problem={problem} /></span>}
  </div>
}

/** Copies, and says that it did; where the browser refuses, the text stands there to be marked. */
export function Copy({ text }: { text: string }) {
  const [said, say] = useState('')
  return <><button type="button" onClick={() => navigator.clipboard.writeText(text).then(() => say(t('copied')), () => say(t('copy_by_hand')))}>{t('copy')}</button> <span role="status">{said}</span></>
}
