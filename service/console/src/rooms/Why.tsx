/** Why a figure changed since a day: its causes and, where they may be seen, the people of each. Asked for when it is opened. */
import { useState } from 'preact/hooks'
import { session, useRead, type Schema } from '../call'
import { PersonLink, Read } from '../parts'
import { count, day, named, percent, t, typedDay, type Word } from '../words'

type Changes = Schema['CoverageChanges']
type Part = Changes['parts'][number]
type Pair = { a: number | null; b: number | null }

/** A sign and a number, so that no colour is needed; what is not known, or does not move, is left out. */
const signed = (n: number) => (n > 0 ? '+' : '−') + count(Math.abs(n))
const moves = (word: Word, n: number | null) => n ? [`${t(word)} ${signed(n)}`] : []
const effects = ({ coverage: c, adoption: u }: Part) => [...moves('issued', c.a), ...moves('must_have', c.b), ...moves('using', u.a)].join(' · ')

function Cause({ part }: { part: Part }) {
  const people = part.people ?? 0, more = people - part.items.length
  return <li><b>{named(part.cause, 'cause_')}</b>{people > 0 && `: ${t('found', { n: count(people) })}`} <span class="words">{effects(part)}</span>
    {part.items.length > 0 && <ul>{part.items.map((p) => <li key={p.id}><PersonLink id={p.id} name={p.full_name} />{p.unit && <span translate={false}> · {p.unit.name}</span>}</li>)}{more > 0 && <li>{t('and_more', { n: count(more) })}</li>}</ul>}
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
  const name = `since-${unit}-${system}`
  return <details class="no-print" onToggle={(e) => e.currentTarget.open && ask(true)}>
    <summary>{t('why_changed')}</summary>
    {asked && <p class="row"><label for={name}>{t('since_day')}</label><input id={name} inputMode="numeric" placeholder={t('day_shape')} autoComplete="off" defaultValue={day(on)} onInput={(e) => { const typed = typedDay(e.currentTarget.value); if (typed && typed < session.today) setSince(typed) }} /></p>}
    {asked && <Read of={changes}>{(c) => <Told c={c} />}</Read>}
  </details>
}
