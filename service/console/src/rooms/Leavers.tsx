/** Who leaves and when, what is still to be done about it, and what waits for a second person. */
import { useState } from 'preact/hooks'
import { ActForm, type Act, type Wish } from '../act'
import { link, onThisPage, withFilters } from '../address'
import { call, session, useRead, type Schema } from '../call'
import { systemName, useSystems } from '../kept'
import { Name, PersonLink, Read, Table, usePages, whole } from '../parts'
import { count, day, named, t } from '../words'
import { Brake } from './Brake'

type Item = Schema['DepartureListItem']
type HandOver = Schema['HandOverList']['items'][number]
type Scope = Schema['Scope']

const OPEN = 'held,failed,in_progress,scheduled'

/** What is still open of departures that have begun; the error beside it is the system's. */
function Steps({ items }: { items: Item[] }) {
  const systems = useSystems()
  const open = items.flatMap((d) => d.open_steps.map((step) => ({ d, step })))
  const { shown, pager } = usePages(open)
  return <section>
    <h2>{t('open_steps')}</h2>
    {open.length === 0 ? <p>{t('no_open_steps')}</p> : <Table head={[t('name'), t('step'), t('state')]} rows={shown.map(({ d, step }) => ({ key: d.staff.id + step.system + step.step, mark: step.state === 'failed' ? 'trouble' : undefined, cells: [
      <PersonLink id={d.staff.id} name={d.staff.full_name} />, step.step === 'return_token' ? t('return_token', { system: systemName(systems, step.system), serial: step.token_serial! }) : systemName(systems, step.system), (step.step === 'return_token' ? t('token_out') : named(step.state, 'step_')) + (step.last_error ? ` — ${step.last_error}` : '')] }))} />}
    {pager}
  </section>
}

/** Whose device it is, or which of its holders leaves, tells two of them apart. */
const deviceOf = (h: HandOver) => h.token?.staff.id ?? h.staff?.id ?? ''

/** A mailbox has several holders, of whom the others stay; an account at another system has one who answers for it. */
async function handOver(h: HandOver, to: string, items: HandOver[]): Promise<Wish> {
  if (h.token) return { method: 'PUT', path: `v1/staff/${encodeURIComponent(h.token.staff.id)}/accounts/${encodeURIComponent(h.system)}/certificate`, body: { custodian: to } }
  const unit = `v1/units/${encodeURIComponent(h.unit!.id)}`
  if (h.system !== 'mailbox') return { method: 'PUT', path: `${unit}/accounts/${encodeURIComponent(h.system)}`, body: { custodian: to } }
  const { holders } = await call<Schema['UnitMailbox']>('GET', unit + '/mailbox')
  // another one who leaves later has a line of his own, and stays until it is handed over
  const stillHere = (id: string) => items.some((x) => x.unit?.id === h.unit!.id && x.system === h.system && x.staff?.id === id && !!x.effective_on && x.effective_on > session.today)
  return { method: 'PUT', path: unit + '/mailbox', body: { holders: [...holders.filter((x) => x.staff.id !== h.staff?.id && x.staff.id !== to && (!x.leaves || stillHere(x.staff.id))).map((x) => x.staff.id), to] } }
}

function HandOvers({ filters, may }: { filters: URLSearchParams; may: boolean }) {
  const list = useRead<Schema['HandOverList']>('v1/hand-overs')
  const systems = useSystems()
  const [said, say] = useState('')
  const { shown, first, pager } = usePages(list.data?.items ?? [])
  const place = (unit: string, system: string, device = '') => link('leavers', withFilters(filters, { of: unit, at: system, device }))
  const h = list.data?.items.find((x) => x.unit?.id === filters.get('of') && x.system === filters.get('at') && deviceOf(x) === (filters.get('device') ?? ''))
  const act = (h: HandOver): Act => {
    const values = { what: systemName(systems, h.system), unit: h.token ? h.token.staff.full_name : h.unit!.name }
    return {
      title: t('hand_over_title', values), words: h.system === 'mailbox' ? t('hand_over_words') : undefined,
      fields: [{ name: 'holder', label: 'new_holder', kind: 'person', required: 'choose_person', pointer: h.system === 'mailbox' ? '#/holders' : '#/custodian' }],
      wish: (v) => handOver(h, v.holder, list.data!.items), verb: () => t('hand_over'),
      done: () => { say(t('handed_over', values)); list.again(); location.replace(place('', '')) },
    }
  }
  return <section>
    <h2>{t('hand_overs')}</h2>
    {said && <p class="good" role="status">{said}</p>}
    {h && may && <ActForm key={h.unit!.id + h.system + deviceOf(h)} act={act(h)} form={`hand-over ${h.unit!.id} ${h.system} ${deviceOf(h)}`} close={place('', '')} />}
    <Read of={list}>{({ items, more }) => items.length === 0 ? <p>{t('no_hand_overs')}</p> : <>{more && <p>{t('hand_more')}</p>}<Table head={[t('unit'), t('system'), t('login_name'), t('holder'), t('why'), t('first_day_out'), t('acts')]} rows={shown.map((x, i) => ({ key: (x.unit?.id ?? first + i) + x.system + deviceOf(x), cells: [
      <Name>{x.unit?.name ?? t('elsewhere_unit')}</Name>, systemName(systems, x.system), x.token ? t('device_of', { serial: x.token.serial, name: x.token.staff.full_name }) : <Name>{x.address ?? x.login ?? '—'}</Name>, x.staff ? <PersonLink id={x.staff.id} name={x.staff.full_name} /> : '—', named(x.kind, 'hand_'), x.effective_on ? day(x.effective_on) : '—',
      x.unit && may ? <a class="no-print" href={place(x.unit.id, x.system, deviceOf(x))}>{t('hand_over')}<span class="out"> {systemName(systems, x.system)} <Name>{x.unit.name}</Name></span></a> : <span class="words">{t('not_yours')}</span>] }))} />{pager}</>}</Read>
  </section>
}

function Calendar({ items, next, filters }: { items: Item[]; next: string | null; filters: URLSearchParams }) {
  const months = [...new Set(items.map((d) => d.effective_on.slice(0, 7)))]
  return <div class="even">
    {months.map((month) => <section key={month}>
      <h3>{t('month_of', { month: `${month.slice(5)}/${month.slice(0, 4)}` })}</h3>
      <Table head={[t('first_day_out'), t('name'), t('unit'), t('reason'), t('state')]} rows={items.filter((d) => d.effective_on.startsWith(month)).map((d) => ({ key: d.staff.id, mark: d.state === 'held' || d.state === 'failed' ? 'trouble' : undefined, cells: [
        day(d.effective_on), <PersonLink id={d.staff.id} name={whole(d.staff)} />, <Name>{d.staff.unit?.name ?? t('elsewhere_unit')}</Name>, named(d.reason), named(d.state)] }))} />
    </section>)}
    {next && <p class="no-print"><a href={link('leavers', onThisPage(filters, { page_token: next }))}>{t('next_page')}</a></p>}
  </div>
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
