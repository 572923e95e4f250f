/** Why a figure changed since a day: its causes and, where they may be seen, the people of each. Asked for when it is opened. */
import { useRef, useState } from 'preact/hooks'
import { link } from '../address'
import { session, useRead, type Schema } from '../call'
import { Name, PersonLink, Read } from '../parts'
import { ago, count, day, decisionWords, named, percent, t, typedDay, type Word } from '../words'

type Changes = Schema['CoverageChanges']
type Part = Changes['parts'][number]
type Pair = { a: number | null; b: number | null }

/** A sign and a number, so that no colour is needed; what is not known, or does not move, is left out. */
const signed = (n: number) => (n > 0 ? '+' : '−') + count(Math.abs(n))
const moves = (word: Word, n: number | null) => n ? [`${t(word)} ${signed(n)}`] : []
const effects = ({ coverage: c, adoption: u }: Part) => [...moves('issued', c.a), ...moves('must_have', c.b), ...moves('using', u.a)].join(' · ')

/** So many are asked for at once; of more each page says it. */
const TOLD = 20

/** Why, when and by which decision somebody left. */
function Left({ id }: { id: string }) {
  const d = useRead<Schema['Departure']>(`v1/staff/${encodeURIComponent(id)}/departure`).data
  return d ? <> — {named(d.reason)}, {t('out_from', { day: day(d.effective_on) })}{d.decision && <>, {t('decision').toLowerCase()} <Name>{decisionWords(d.decision)}</Name></>}</> : null
}

function Cause({ part }: { part: Part }) {
  const people = part.people ?? 0, more = people - part.items.length
  return <li><b>{named(part.cause, 'cause_')}</b>{people > 0 && `: ${t('found', { n: count(people) })}`} <span class="words">{effects(part)}</span>
    {part.items.length > 0 && <ul>{part.items.map((p) => <li key={p.id}><PersonLink id={p.id} name={p.full_name} />{p.unit && <span translate={false}> · {p.unit.name}</span>}{part.cause === 'left' && (part.items.length <= TOLD ? <Left id={p.id} /> : <> — <a href={link('person', '', p.id)}>{t('why_left')}<span class="out"> <Name>{p.full_name}</Name></span></a></>)}</li>)}{more > 0 && <li>{t('and_more', { n: count(more) })}</li>}</ul>}
  </li>
}

const pair = ({ a, b }: Pair) => a === null || b === null || b === 0 ? t('unknown') : `${percent(a / b)} (${count(a)} / ${count(b)})`

function Told({ c }: { c: Changes }) {
  return <>
    <p>{t('issued')}: {pair(c.from.coverage)} → {pair(c.to.coverage)}<br />{t('using')}: {pair(c.from.adoption)} → {pair(c.to.adoption)}</p>
    {c.parts.length === 0 ? <p>{t('no_change')}</p> : <ul class="notes">{c.parts.map((p) => <Cause key={p.cause} part={p} />)}</ul>}
    <p class="words">{t('compared_to', { day: day(c.from.on) })}</p>
  </>
}

export function Why({ unit, system, basis, on }: { unit: string; system: string; basis: string; on: string }) {
  const [asked, ask] = useState(false)
  const [since, setSince] = useState(on)
  const changes = useRead<Changes>(asked ? `v1/coverage/changes?unit=${encodeURIComponent(unit)}&system=${encodeURIComponent(system)}&basis=${basis}&from=${since}` : '')
  const name = `since-${unit}-${system}`, box = useRef<HTMLInputElement>(null)
  const quick = (word: Word, from: string) => <button type="button" aria-pressed={since === from} onClick={() => { box.current!.value = day(from); setSince(from) }}>{t(word)}</button>
  return <details class="no-print" onToggle={(e) => e.currentTarget.open && ask(true)}>
    <summary>{t('why_changed')}</summary>
    {asked && <p class="row"><label for={name}>{t('since_day')}</label><input id={name} ref={box} inputMode="numeric" placeholder={t('day_shape')} autoComplete="off" defaultValue={day(on)} onInput={(e) => { const typed = typedDay(e.currentTarget.value); if (typed && typed < session.today) setSince(typed) }} />
      <span class="acts">{quick('last_week', ago(session.today, 7))} {quick('last_month', ago(session.today, 0, 1))} {session.today.slice(5) !== '01-01' && quick('new_year', session.today.slice(0, 4) + '-01-01')}</span></p>}
    {asked && <Read of={changes}>{(c) => <Told c={c} />}</Read>}
  </details>
}
