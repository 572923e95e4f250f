/** A transfer: what it does is shown before it is done; nothing is saved by looking. */
import { useRef, useState } from 'preact/hooks'
import { call, useRead, type Problem, type Schema } from '../call'
import { Read } from '../parts'
import { day, named, said, t, typedDay, weekday } from '../words'

type Staff = Schema['Staff']
type Wish = { unit: string; title?: string; decision: { number: string; effective_on: string } }
type Faults = Partial<Record<'unit' | 'title' | 'number' | 'day' | 'whole', string>>

const FIELD_OF: Record<string, keyof Faults> = { '#/unit': 'unit', '#/title': 'title', '#/decision/number': 'number', '#/decision/effective_on': 'day' }

/** The service's faults beside their fields; what belongs to none stands above the buttons. */
function faultsOf(problem: Problem): Faults {
  const faults: Faults = {}
  for (const fault of problem.errors ?? []) faults[FIELD_OF[fault.pointer ?? ''] ?? 'whole'] = fault.detail
  if (problem.status === 412) return { whole: t('changed_meanwhile') }
  if (Object.keys(faults).length === 0) faults.whole = problem.status === 403 ? t('forbidden') : problem.status >= 500 || !problem.status ? t('not_saved') : problem.detail
  return faults
}

function Effect({ now, then }: { now: Staff; then: Staff }) {
  const logins = then.accounts.filter((a) => a.next_login)
  return <div class="effect" role="status">
    <h3>{t('effect')}</h3>
    <ul>
      {then.posts.map((p, i) => <li key={i} translate={false}>{p.unit.name} · {p.title ?? '—'} · {named(p.kind)}: {p.from ? day(p.from) : '—'} → {p.to ? day(p.to) : t('open')}</li>)}
      <li>{then.address === now.address ? t('address_stays', { address: now.address ?? '—' }) : t('address_changes', { address: then.address ?? '—' })}</li>
      {logins.map((a) => <li key={a.system} translate={false}>{t('login_changes', { login: a.next_login! })}</li>)}
    </ul>
  </div>
}

export function Transfer({ person, done }: { person: Staff; done: () => void }) {
  const form = useRef<HTMLFormElement>(null)
  const units = useRead<Schema['UnitPage']>('v1/units?page_size=500')
  const [faults, setFaults] = useState<Faults>({})
  const [seen, setSeen] = useState<{ wish: Wish; then: Staff } | null>(null)
  const [busy, setBusy] = useState(false)
  const [date, setDate] = useState('')

  function read(): Wish | null {
    const given = (name: string) => String(new FormData(form.current!).get(name) ?? '').trim()
    const on = typedDay(given('day'))
    const wrong: Faults = { ...(!given('unit') && { unit: t('choose_unit') }), ...(!on && { day: t('day_form') }), ...(!given('number') && { number: t('number_needed') }) }
    setFaults(wrong)
    if (!on || Object.keys(wrong).length) return null
    return { unit: given('unit'), ...(given('title') && { title: given('title') }), decision: { number: given('number'), effective_on: on } }
  }
  async function send<T>(wish: Wish, query: string): Promise<T | undefined> {
    setBusy(true)
    try {
      return await call<T>('PATCH', `v1/staff/${encodeURIComponent(person.id!)}${query}`, wish, undefined, `"${person.revision}"`)
    } catch (problem) {
      setFaults(faultsOf(problem as Problem))
    } finally {
      setBusy(false)
    }
  }
  async function look(event: Event) {
    event.preventDefault()
    setSeen(null)
    const wish = read()
    const answer = wish && await send<Schema['StaffChanges']>(wish, '?validate_only=true')
    if (wish && answer) setSeen({ wish, then: answer.staff })
  }
  async function save() {
    if (!busy && await send<Staff>(seen!.wish, '')) done()
    else setSeen(null)
  }
  const changed = () => setSeen(null)
  const fault = (name: keyof Faults) => <p class="trouble" id={`fault-${name}`}>{faults[name]}</p>

  return <Read of={units}>{(page) => <form class="transfer" ref={form} onSubmit={look} onInput={changed} noValidate autoComplete="off">
    <h2>{t('transfer')}</h2>
    <label for="unit">{t('new_unit')}</label>
    <select id="unit" name="unit" aria-describedby="fault-unit" translate={false}>
      <option value="">{t('choose_unit')}</option>
      {page.items.map((u) => <option key={u.id} value={u.id}>{'\u2003'.repeat(u.depth) + said(u.name)}</option>)}
    </select>{fault('unit')}
    <label for="title">{t('new_title')}</label>
    <input id="title" name="title" maxLength={200} aria-describedby="fault-title" />{fault('title')}
    <label for="day">{t('from_day')}</label>
    <input id="day" name="day" inputMode="numeric" placeholder="dd/mm/yyyy" aria-describedby="day-said fault-day" onInput={(event) => setDate(event.currentTarget.value)} />
    <p id="day-said" class="words">{weekday(typedDay(date))}</p>{fault('day')}
    <label for="number">{t('decision_number')}</label>
    <input id="number" name="number" maxLength={100} aria-describedby="fault-number" />{fault('number')}
    {seen && <Effect now={person} then={seen.then} />}
    <p class="trouble" role="alert">{faults.whole}</p>
    {seen ? <button type="button" class="main" disabled={busy} onClick={save}>{t('transfer_save', { name: person.full_name, day: day(seen.wish.decision.effective_on) })}</button>
      : <button class="main" disabled={busy}>{t(busy ? 'looking' : 'look_first')}</button>}
  </form>}</Read>
}
