/** What is done about all who are ticked: looked at one by one, then done one by one; whom the brake stops is said, by name, and so is whoever is left. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { decision } from '../act'
import { call, patient, type Problem, type Schema } from '../call'
import { draft, keepDraft } from '../drafts'
import { faultsIn, Row, staffFields, typedIn, type Field, type Values } from '../fields'
import { systemName, useSystems } from '../kept'
import { BrakeWords, Name, Said } from '../parts'
import { LOCKS, choices } from '../vocabulary'
import { count, said, t } from '../words'
import { PRINTED, SlipsEffect } from './Slips'

/** `open`: the systems where there is an account to lock. */
export type Ticked = { id: string; name: string; open: string[] }
type Refused = Ticked & { problem: Problem }
/** `left`: not begun, because the brake or the service stopped it. */
type Ended = { done: number; held: Ticked[]; refused: Refused[]; last: Ticked[]; left: Ticked[]; brake?: Problem; problem?: Problem }

/** How far it is, kept as what is typed is: whoever leaves the page goes on from there. */
const UNDONE = 'lock-many', REACHED = 'lock-many reached'
type Rest = { values: Values; all: number; left: Ticked[] }
let running = false
function undone(): Rest | undefined {
  const { values, will } = draft(UNDONE)
  if (!will || running) return undefined
  const all: Ticked[] = JSON.parse(will)
  return { values: JSON.parse(values), all: all.length, left: all.slice(Number(draft(REACHED).n ?? 0)) }
}
function keep(values: Values, will: Ticked[]) {
  keepDraft(REACHED, null)
  keepDraft(UNDONE, will.length ? { values: JSON.stringify(values), will: JSON.stringify(will) } : null)
}

const away = (p: Problem) => p.status >= 500 || p.status === 401 || p.status === 429 || !p.status
const account = (who: Ticked, system: string) => `v1/staff/${encodeURIComponent(who.id)}/accounts/${encodeURIComponent(system)}`

function Names({ title, who }: { title: string; who: (Ticked & { problem?: Problem })[] }) {
  if (who.length === 0) return null
  return <details open={who.length <= 20}><summary>{title}</summary><ul>{who.map((p) => <li key={p.id}><Name>{p.name}</Name>{p.problem && <>: <Said problem={p.problem} saving /></>}</li>)}</ul></details>
}

function Progress({ at, n }: { at: number; n: number }) {
  return <div role="status"><p>{t('many_at', { at: count(at), n: count(n) })}</p><progress max={n} value={at} aria-label={t('progress')} /><p>{t('many_stay')}</p></div>
}

function Outcome({ ended, done }: { ended: Ended; done: () => void }) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.focus(), [])
  return <div class="effect" tabIndex={-1} ref={box}>
    <h2>{t('many_locked', { n: count(ended.done) })}</h2>
    {ended.brake && <BrakeWords problem={ended.brake} />}
    {ended.problem && <p class="trouble" role="alert"><Said problem={ended.problem} saving /></p>}
    <Names title={t('many_held', { n: count(ended.held.length) })} who={ended.held} />
    <Names title={t('many_refused', { n: count(ended.refused.length) })} who={ended.refused} />
    <Names title={t('many_last')} who={ended.last} />
    <Names title={t('many_left', { n: count(ended.left.length) })} who={ended.left} />
    <p><button type="button" onClick={done}>{t('many_close')}</button></p>
  </div>
}

/** A page that is closed while it runs ends it: the browser asks first, and in another room it stops. */
function useStaying(running: boolean) {
  const here = useRef(true)
  useEffect(() => () => { here.current = false }, [])
  useEffect(() => {
    if (!running) return
    const ask = (event: Event) => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [running])
  return here
}

/** The words of a lock are typed once and hold for everybody; what was looked at is what is done. `begun`: those words, of what is gone on with. */
function LockMany({ chosen, begun = {}, self, done, leave }: { chosen: Ticked[]; begun?: Values; self: string; done: () => void; leave: () => void }) {
  const systems = (useSystems() ?? []).filter((s) => !s.retired)
  const form = useRef<HTMLFormElement>(null), shown = useRef<HTMLDivElement>(null), head = useRef<HTMLHeadingElement>(null)
  const [faults, setFaults] = useState<Values>({})
  const [seen, setSeen] = useState<{ values: Values; will: Ticked[]; none: number; refused: Refused[]; last: Ticked[] }>()
  const [at, setAt] = useState<number>()
  const [problem, setProblem] = useState<Problem>()
  const [ended, end] = useState<Ended>()
  const here = useStaying(at !== undefined)
  const others = chosen.filter((p) => p.id !== self), own = chosen.filter((p) => p.id === self)
  const fields: Field[] = [{ name: 'many-system', label: 'system', kind: 'choice', required: 'choose', first: 'mailbox', options: systems.map((s) => [s.id, said(s.name)] as const) },
    { name: 'many-reason', label: 'reason', kind: 'choice', required: 'choose', options: choices(LOCKS, 'lock_') }, staffFields.number, staffFields.signed]
  useEffect(() => head.current?.focus(), [])
  useEffect(() => { if (seen) shown.current?.focus() }, [seen])
  const put = (who: Ticked, v: Values, query = '') => patient(() => call<Schema['Account']>('PUT', account(who, v['many-system']) + query, { state: 'locked', reason: v['many-reason'], ...decision(v) }))
  /** Nobody else could sign in as an administrator: whoever comes last is, of several who are ticked, the one who stays. */
  const isLast = (who: Ticked, v: Values) => put(who, v, '?validate_only=true').then((a) => !!a.warnings?.some((w) => w.code === 'last_administrator'), (p: Problem) => { if (p.code === 'brake_engaged') return false; throw p })

  async function look() {
    const values = typedIn(form.current!), wrong = faultsIn(fields, values)
    setFaults(wrong)
    setProblem(undefined)
    const bad = fields.find((f) => wrong[f.name])
    if (bad) return form.current!.querySelector<HTMLElement>('#' + bad.name)?.focus()
    const there = others.filter((p) => p.open.includes(values['many-system']))
    const found = { values, will: [] as Ticked[], none: others.length - there.length, refused: [] as Refused[], last: [] as Ticked[] }
    for (const [i, who] of there.entries()) {
      if (!here.current) return
      setAt(i)
      try {
        (await isLast(who, values) ? found.last : found.will).push(who)
      } catch (caught) {
        if (away(caught as Problem)) return setProblem(caught as Problem)
        found.refused.push({ ...who, problem: caught as Problem })
      }
    }
    setSeen(found)
  }
  async function lock({ values, will }: { values: Values; will: Ticked[] }) {
    const out: Ended = { done: 0, held: [], refused: [], last: [], left: [] }
    keep(values, will)
    for (const [i, who] of will.entries()) {
      keepDraft(REACHED, { n: String(i) })
      if (!here.current) return
      setAt(i)
      try {
        if (await isLast(who, values)) out.last.push(who)
        else { await put(who, values); out.done++ }
      } catch (caught) {
        const p = caught as Problem
        if (p.code === 'brake_engaged' && p.kept) { out.held.push(who); out.brake = p }
        else if (p.code === 'brake_engaged' || away(p)) {
          out.left = will.slice(i)
          if (p.code === 'brake_engaged') out.brake = p
          else out.problem = p
          break
        } else out.refused.push({ ...who, problem: p })
      }
    }
    if (out.left.length === 0) keep(values, [])
    end(out)
  }
  async function go(event: Event) {
    event.preventDefault()
    if (at !== undefined || (seen && seen.will.length === 0)) return
    setAt(0)
    running = !!seen
    await (seen ? lock(seen) : look())
    running = false
    setAt(undefined)
  }
  if (ended) return <Outcome ended={ended} done={done} />
  const n = seen?.will.length ?? others.length
  return <form class="act" ref={form} onSubmit={go} onInput={() => setSeen(undefined)} noValidate autoComplete="off">
    <h2 ref={head} tabIndex={-1}>{t('many_lock_title', { n: count(others.length) })}</h2>
    <Names title={t('many_own', { n: count(own.length) })} who={own} />
    {systems.length > 0 && fields.map((f) => <Row key={f.name} field={f} first={begun[f.name] ?? f.first ?? ''} fault={faults[f.name]} />)}
    {problem && <p class="trouble" role="alert"><Said problem={problem} saving="looked" /></p>}
    {at !== undefined && <Progress at={at} n={n} />}
    {seen && at === undefined && <div class="effect" role="status" tabIndex={-1} ref={shown}>
      <h3>{t('effect')}</h3>
      <ul><li>{t('many_will', { n: count(n) })} {systemName(systems, seen.values['many-system'])}. {t('lock_effect')}</li>{seen.none > 0 && <li>{t('many_none', { n: count(seen.none) })}</li>}{n > 1 && <><li>{t('many_brake')}</li><li>{t('many_stay')}</li></>}</ul>
      <Names title={t('many_last')} who={seen.last} />
      <Names title={t('many_names', { n: count(n) })} who={seen.will} />
      <Names title={t('many_refused', { n: count(seen.refused.length) })} who={seen.refused} />
    </div>}
    <p class="doing"><button key={seen ? 'do' : 'look'} class={seen ? 'grave' : 'main'} aria-disabled={at !== undefined || n === 0}>{at !== undefined ? t('working') : seen ? t('many_lock', { n: count(n) }) : t('look_first')}</button> <button type="button" onClick={leave}>{t('leave_form')}</button></p>
  </form>
}

/** What was begun and left: who is locked stays so; of the others it says who they are, and goes on with them. */
export function Undone({ self, changed }: { self: string; changed: () => void }) {
  const [on, go] = useState<Rest>()
  if (on) return <LockMany chosen={on.left} begun={on.values} self={self} done={() => { go(undefined); changed() }} leave={() => go(undefined)} />
  const rest = undone()
  return rest ? <div class="effect no-print">
    <p>{t('many_undone', { done: count(rest.all - rest.left.length), all: count(rest.all) })}</p>
    <Names title={t('many_left', { n: count(rest.left.length) })} who={rest.left} />
    <p class="acts"><button type="button" class="main" onClick={() => go(rest)}>{t('many_go_on', { n: count(rest.left.length) })}</button> <button type="button" onClick={() => { keep({}, []); changed() }}>{t('many_drop')}</button></p>
  </div> : null
}

/** `working`: whom it is about does not change meanwhile. */
export function Many({ chosen, self, working, done }: { chosen: Ticked[]; self: string; working: (on: boolean) => void; done: () => void }) {
  const [doing, go] = useState<'slips' | 'lock'>()
  const [told, tell] = useState('')
  useEffect(() => { working(!!doing); return () => working(false) }, [doing])
  const n = chosen.length, printable = n <= PRINTED
  if (n === 0) return told ? <p class="good" role="status">{told}</p> : null
  if (doing === 'slips') return <SlipsEffect asked={{ staff: chosen.map((p) => p.id) }} done={(words) => { go(undefined); tell(words) }} />
  if (doing === 'lock') return <LockMany chosen={chosen} self={self} done={done} leave={() => go(undefined)} />
  return <>
    {told && <p class="good" role="status">{told}</p>}
    <p class="acts no-print">
      <button type="button" aria-disabled={!printable} onClick={() => printable && go('slips')}>{t('slips_of_ticked', { n: count(n) })}</button>
      <button type="button" onClick={() => go('lock')}>{t('many_lock_begin', { n: count(n) })}</button>
      {!printable && <span class="words">{t('slips_most', { n: count(PRINTED) })}</span>}
    </p>
  </>
}
