/** Who leaves and when, what is still to be done about it, and what waits for a second person. */
import { useEffect, useState } from 'preact/hooks'
import { ActForm, type Act } from '../act'
import { link, withFilters } from '../address'
import { call, useRead, type Schema } from '../call'
import { systemName, useSystems } from '../kept'
import { Name, Read, Table } from '../parts'
import { count, day, named, t } from '../words'
import { Brake } from './Brake'

type Item = Schema['DepartureListItem']
type HandOver = Schema['HandOverList']['items'][number]
type Scope = Schema['Scope']

const OPEN = 'held,failed,in_progress,scheduled'

/** What is still open of departures that have begun; the error beside it is the system's. */
function Steps({ items }: { items: Item[] }) {
  const systems = useSystems()
  const [full, setFull] = useState<Record<string, Schema['Departure']>>({})
  const begun = items.filter((d) => d.state === 'in_progress' || d.state === 'failed').slice(0, 50)
  useEffect(() => {
    const stop = new AbortController()
    for (const d of begun) call<Schema['Departure']>('GET', `v1/staff/${encodeURIComponent(d.staff.id)}/departure`, undefined, { signal: stop.signal }).then((x) => setFull((old) => ({ ...old, [d.staff.id]: x })), () => {})
    return () => stop.abort()
  }, [begun.map((d) => d.staff.id).join(' ')])
  const open = begun.flatMap((d) => (full[d.staff.id]?.steps ?? []).filter((s) => s.state !== 'done').map((step) => ({ d, step })))
  return <section>
    <h2>{t('open_steps')}</h2>
    {open.length === 0 ? <p>{t('no_open_steps')}</p> : <Table head={[t('name'), t('step'), t('state')]} rows={open.map(({ d, step }, i) => ({ key: d.staff.id + i, mark: step.state === 'failed' ? 'trouble' : undefined, cells: [
      <a href={link('person', '', d.staff.id)} translate={false}>{d.staff.full_name}</a>, step.system === 'unit-mailbox' ? t('hand_over_needed', { login: step.login ?? '' }) : systemName(systems, step.system), named(step.state, 'step_') + (step.last_error ? ` — ${step.last_error}` : '')] }))} />}
  </section>
}

function HandOvers({ filters, may }: { filters: URLSearchParams; may: boolean }) {
  const list = useRead<Schema['HandOverList']>('v1/hand-overs')
  const [said, say] = useState('')
  const asked = filters.get('unit-of')
  const h = list.data?.items.find((x) => x.unit?.id === asked)
  const mailbox = useRead<Schema['UnitMailbox']>(h?.unit ? `v1/units/${encodeURIComponent(h.unit.id)}/mailbox` : '')
  const act = (h: HandOver): Act => ({
    title: t('hand_over_title', { unit: h.unit!.name }), words: t('hand_over_words'),
    fields: [{ name: 'holder', label: 'new_holder', kind: 'person', required: 'choose_person', pointer: '#/holders' }],
    wish: (v) => ({ method: 'PUT', path: `v1/units/${encodeURIComponent(h.unit!.id)}/mailbox`, body: { holders: [...(mailbox.data?.holders ?? []).filter((x) => !x.leaves && x.staff.id !== h.staff?.id && x.staff.id !== v.holder).map((x) => x.staff.id), v.holder] } }),
    verb: () => t('hand_over'), done: () => { say(t('handed_over', { unit: h.unit!.name })); list.again(); location.replace(link('leavers', withFilters(filters, { 'unit-of': '' }))) },
  })
  return <section>
    <h2>{t('hand_overs')}</h2>
    {said && <p class="good" role="status">{said}</p>}
    {h && mailbox.data && may && <ActForm key={asked} act={act(h)} form={'hand-over ' + asked} close={link('leavers', withFilters(filters, { 'unit-of': '' }))} />}
    <Read of={list}>{({ items }) => items.length === 0 ? <p>{t('no_hand_overs')}</p> : <Table head={[t('unit_mailbox'), t('holder'), t('why'), t('first_day_out'), t('acts')]} rows={items.map((x, i) => ({ key: (x.unit?.id ?? '') + i, cells: [
      <Name>{x.unit ? `${x.unit.name}: ${x.address ?? ''}` : t('elsewhere_unit')}</Name>, x.staff ? <a href={link('person', '', x.staff.id)} translate={false}>{x.staff.full_name}</a> : '—', named(x.kind, 'hand_'), x.effective_on ? day(x.effective_on) : '—',
      x.unit && may ? <a class="no-print" href={link('leavers', withFilters(filters, { 'unit-of': x.unit.id }))}>{t('hand_over')}<span class="out"> {x.unit.name}</span></a> : <span class="words">{t('not_yours')}</span>] }))} />}</Read>
  </section>
}

function Calendar({ items, next, filters }: { items: Item[]; next: string | null; filters: URLSearchParams }) {
  const months = [...new Set(items.map((d) => d.effective_on.slice(0, 7)))]
  return <>
    {months.map((month) => <section key={month}>
      <h3>{t('month_of', { month: `${month.slice(5)}/${month.slice(0, 4)}` })}</h3>
      <Table head={[t('first_day_out'), t('name'), t('unit'), t('reason'), t('state')]} rows={items.filter((d) => d.effective_on.startsWith(month)).map((d) => ({ key: d.staff.id, mark: d.state === 'held' || d.state === 'failed' ? 'trouble' : undefined, cells: [
        day(d.effective_on), <a href={link('person', '', d.staff.id)} translate={false}>{d.staff.full_name}</a>, <Name>{d.staff.unit?.name ?? t('elsewhere_unit')}</Name>, named(d.reason), named(d.state)] }))} />
    </section>)}
    {next && <p class="no-print"><a href={link('leavers', withFilters(filters, {}) + '&page_token=' + encodeURIComponent(next))}>{t('next_page')}</a></p>}
  </>
}

export function Leavers({ filters, may, self }: { filters: URLSearchParams; may: Scope[]; self: string }) {
  const state = filters.get('state') ?? OPEN
  const asked = new URLSearchParams({ state, page_size: '100', include_total: 'true' })
  for (const name of ['unit', 'page_token', 'effective_from', 'effective_to']) if (filters.get(name)) asked.set(name, filters.get(name)!)
  const list = useRead<Schema['DeparturePage']>('v1/departures?' + asked)
  const choice = (value: string, words: string) => <a href={link('leavers', withFilters(filters, { state: value === OPEN ? '' : value }))} aria-current={state === value ? 'true' : undefined}>{words}</a>
  return <>
    <h1>{t('leavers')}</h1>
    <Brake changed={list.again} self={self} />
    <HandOvers filters={filters} may={may.includes('accounts:write')} />
    <Read of={list}>{(page) => <>
      {state === OPEN && <Steps items={page.items} />}
      <section>
        <h2>{t('calendar')}</h2>
        <p class="choice no-print">{choice(OPEN, t('still_open'))} {choice('held', t('held'))} {choice('done', t('done'))}</p>
        <p role="status" id="found">{t('found', { n: count(page.total ?? page.items.length) })}</p>
        {page.items.length === 0 ? <p>{t('no_leavers')}</p> : <Calendar items={page.items} next={page.next_page_token} filters={filters} />}
      </section>
    </>}</Read>
  </>
}
