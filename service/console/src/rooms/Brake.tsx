/** What was stopped, why, and its release by a second person: exactly those who were seen and ticked, in one call. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { call, session, useRead, type Problem, type Schema } from '../call'
import { systemName, useSystems } from '../kept'
import { Name, PersonLink, Read, Said, Table, Ticks, usePages, useTicks, whole } from '../parts'
import { count, day, moment, named, t } from '../words'

type Line = Schema['Brake']['lines'][number]
type Waiting = Schema['BrakeWaiting']
type Released = Schema['BrakeRelease']

/** As many as one release takes. */
const PEOPLE = 500, CHANGES = 50

const id = (w: Waiting) => w.staff?.id ?? w.change ?? ''

function What({ w }: { w: Waiting }) {
  const systems = useSystems()
  if (w.kind === 'departure') return <>{named(w.reason)}{w.effective_on && ` · ${day(w.effective_on)}`}</>
  if (w.kind === 'lock') return <>{t('lock')}: {systemName(systems, w.system ?? null)}</>
  return <>{named(w.kind, 'brake_')}{w.system && `: ${systemName(systems, w.system)}`}{w.unit && <>: <Name>{w.unit.name}</Name></>}</>
}

function Outcome({ released }: { released: Released }) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.focus(), [released])
  return <div class="effect" role="status" tabIndex={-1} ref={box}>
    <h3>{t('released', { n: count(released.released) })}</h3>
    <ul>{(released.results ?? []).map((r, i) => <li key={i}><Name>{r.staff ? whole(r.staff) : r.asked ?? ''}</Name>: {named(r.outcome, 'release_')}{r.detail && ` — ${r.detail}`}</li>)}</ul>
    {released.waiting > 0 && <p>{t('still_waiting', { n: count(released.waiting) })}</p>}
  </div>
}

/** What letting it go on brings about. */
function Then({ w }: { w: Waiting }) {
  const systems = useSystems()
  const words = w.kind === 'departure' ? (w.effective_on && w.effective_on > session.today ? t('then_locked_on', { day: day(w.effective_on) }) : t('then_locked_now'))
    : w.kind === 'lock' ? t('then_locked', { system: systemName(systems, w.system ?? null) }) : t('then_again')
  return <li><b><Name>{w.staff ? whole(w.staff) : ''}</Name></b>{w.staff?.unit && <Name> · {w.staff.unit.name}</Name>} — <What w={w} />: {words}</li>
}

function Release({ line, self, released }: { line: Line; self: string; released: (r: Released) => void }) {
  // oneself is left out by name: nobody lets his own departure go on
  const others = line.items.filter((w) => w.staff?.id !== self)
  const once = [...others.filter((w) => w.staff).slice(0, PEOPLE), ...others.filter((w) => !w.staff).slice(0, CHANGES)]
  const { shown: page, pager } = usePages(line.items)
  const ticks = useTicks(page.filter((w) => w.staff?.id !== self).map(id))
  const [problem, setProblem] = useState<Problem>()
  const [fault, setFault] = useState('')
  const [busy, setBusy] = useState(false)
  const [seen, setSeen] = useState('')
  const shown = useRef<HTMLDivElement>(null)
  const reason = useRef<HTMLInputElement>(null)
  const chosen = others.filter((w) => ticks.chosen.includes(id(w))), tooMany = chosen.filter((w) => w.staff).length > PEOPLE || chosen.filter((w) => !w.staff).length > CHANGES
  // what was looked at is what is let go on: another choice is looked at anew
  const choice = chosen.map(id).join(' '), looked = chosen.length > 0 && seen === choice
  useEffect(() => { if (looked) shown.current?.focus() }, [looked])

  async function send(event: Event) {
    event.preventDefault()
    const why = reason.current!.value.normalize('NFC').trim()
    setFault(why ? '' : t('reason_needed'))
    if (!why) return reason.current!.focus()
    if (busy || chosen.length === 0 || tooMany) return
    if (!looked) return setSeen(choice)
    setBusy(true)
    setProblem(undefined)
    const people = chosen.flatMap((w) => w.staff?.id ?? []), changes = chosen.flatMap((w) => w.staff ? [] : w.change ?? [])
    try {
      released(await call<Released>('POST', 'v1/brake-releases', { token: line.token, reason: why, ...(people.length && { people }), ...(changes.length && { changes }) }))
    } catch (caught) {
      setProblem(caught as Problem)
    }
    setBusy(false)
  }
  return <form onSubmit={send} noValidate>
    <Table head={[t('tick'), t('name'), t('unit'), t('what'), t('since')]} rows={page.map((w) => ({ key: id(w), cells: [
      w.staff?.id === self ? <span class="words">{t('yourself')}</span> : ticks.box(id(w), w.staff ? whole(w.staff) : named(w.kind, 'brake_')),
      w.staff ? <PersonLink id={w.staff.id} name={whole(w.staff)} /> : '—', <Name>{w.staff?.unit?.name ?? w.unit?.name ?? '—'}</Name>, <What w={w} />, moment(w.since)] }))} />
    {pager}
    <Ticks ticks={ticks} n={once.length} everyone={() => once.map(id)} />
    {(tooMany || once.length < others.length) && <p class={tooMany ? 'trouble' : 'words'} role={tooMany ? 'alert' : undefined}>{t('release_most', { people: count(PEOPLE), changes: count(CHANGES) })}</p>}
    <p class="row"><label for={'why' + line.token}>{t('release_reason')}</label><input id={'why' + line.token} ref={reason} maxLength={500} autoComplete="off" onInput={() => setFault('')} aria-invalid={!!fault} aria-describedby={'why-fault' + line.token} /><span class="trouble" id={'why-fault' + line.token}>{fault}</span></p>
    {problem && <p class="trouble" role="alert">{problem.code === 'brake_changed' ? t('brake_changed') : <Said problem={problem} saving />}</p>}
    {looked && <div class="effect" role="status" tabIndex={-1} ref={shown}>
      <h4>{t('release_effect')}</h4>
      <ul>{chosen.map((w) => <Then key={id(w)} w={w} />)}</ul>
      <p>{t('release_final')}</p>
    </div>}
    <p><button key={looked ? 'do' : 'look'} class={looked ? 'grave' : 'main'} aria-disabled={busy || chosen.length === 0 || tooMany}>{busy ? t('working') : looked ? t('release_n', { n: count(chosen.length) }) : t('look_first')}</button> {chosen.length === 0 && <span class="words">{t('tick_first')}</span>}</p>
  </form>
}

function Stopped({ line, self, released }: { line: Line; self: string; released: (r: Released) => void }) {
  const { done, limit } = line.ordinary
  const { shown, pager } = usePages(line.items)
  return <div class="card trouble-edge">
    <h3>{line.own ? t('your_stopped') : <>{t('stopped_of')} <Name>{line.name ?? '—'}</Name></>}</h3>
    <p>{t('stopped_words', { done: count(done), limit: count(limit), waiting: count(line.waiting), untouched: count(line.untouched) })}</p>
    {line.may_release && !line.own ? <Release line={line} self={self} released={released} /> : <>
      <Table head={[t('name'), t('unit'), t('what'), t('since')]} rows={shown.map((w, i) => ({ key: id(w) + i, cells: [w.staff ? <PersonLink id={w.staff.id} name={whole(w.staff)} /> : '—', <Name>{w.staff?.unit?.name ?? w.unit?.name ?? '—'}</Name>, <What w={w} />, moment(w.since)] }))} />
      {pager}
      {line.why_not && line.why_not !== 'own_line' && <p>{named(line.why_not, 'why_not_')}</p>}
      <p translate={false}>{line.releasers.length ? t('brake_who', { names: line.releasers.map((r) => r.name).join(', ') }) : t('brake_nobody')}</p>
    </>}
  </div>
}

export function Brake({ changed, self }: { changed: () => void; self: string }) {
  const brake = useRead<Schema['Brake']>('v1/brake')
  const [last, setLast] = useState<Released>()
  const done = (r: Released) => { setLast(r); brake.again(); changed() }
  return <section id="brake">
    <h2>{t('brake')}</h2>
    {last && <Outcome released={last} />}
    <Read of={brake}>{({ lines }) => {
      const waiting = lines.filter((l) => l.waiting > 0)
      return waiting.length === 0 ? <p>{t('nothing_waits')}</p> : <>{waiting.map((l) => <Stopped key={l.token + l.digest} line={l} self={self} released={done} />)}</>
    }}</Read>
  </section>
}
