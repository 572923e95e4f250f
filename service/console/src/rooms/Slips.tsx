/** Who has set no password yet, and the slips with which they do: looked at, then printed, a code each. */
import { useEffect, useState } from 'preact/hooks'
import { link, onThisPage, withFilters } from '../address'
import { all, call, send, useRead, type Problem, type Schema } from '../call'
import { UnitFilter } from '../fields'
import { openPaper } from '../paper'
import { Name, PersonLink, Read, Said, State, Table, Ticks, useTicks, Whole } from '../parts'
import { choices } from '../vocabulary'
import { count, day, language, t } from '../words'

type Pending = Schema['PendingPage']['items'][number]
type Asked = { unit: string } | { staff: string[] }

/** As many as one print has. */
export const PRINTED = 500

const STAGES = ['waiting', 'reminded', 'locked'] as const

/** Who would get one, and who would not, and why. */
export function SlipsEffect({ asked, done }: { asked: Asked; done: (said: string) => void }) {
  const [seen, setSeen] = useState<Schema['Slips']>()
  const [problem, setProblem] = useState<Problem>()
  const [busy, setBusy] = useState(false)
  const look = () => { setProblem(undefined); setSeen(undefined); void call<Schema['Slips']>('POST', 'v1/slips?validate_only=true', asked).then(setSeen, setProblem) }
  useEffect(look, [])
  if (problem) return <div class="trouble" role="alert"><Said problem={problem} saving /> <button onClick={look}>{t('again')}</button> <button onClick={() => done('')}>{t('leave_form')}</button></div>
  if (!seen) return <p role="status">{t('working')}</p>
  const without = seen.items.filter((s) => s.problem), n = seen.items.length - without.length

  async function print() {
    const paper = openPaper()
    if (!paper) return done(t('window_refused'))
    setBusy(true)
    try {
      paper.show(await (await send('POST', `v1/slips?format=html&lang=${language}`, JSON.stringify(asked))).text())
      done(t('slips_made', { n: count(n) }))
    } catch (caught) {
      paper.close()
      setProblem(caught as Problem)
    }
    setBusy(false)
  }
  return <div class="effect" role="status">
    <h3>{t('effect')}</h3>
    <ul><li>{t('slips_will', { n: count(n) })}</li><li>{t('older_codes_end')}</li></ul>
    {without.length > 0 && <><p>{t('slips_without', { n: count(without.length) })}</p><ul>{without.map((s) => <li key={s.key}><Name>{s.staff?.full_name ?? s.key}</Name>: {s.problem!.detail}</li>)}</ul></>}
    <p>{n > 0 && <button class="main" aria-disabled={busy} onClick={() => !busy && void print()}>{busy ? t('working') : t('slips_print', { n: count(n) })}</button>} <button onClick={() => done('')}>{t('leave_form')}</button></p>
  </div>
}

/** `total`: with the other pages, which are read when all are taken. */
function Waiting({ items, total, unit, may, asked: query }: { items: Pending[]; total: number; unit: string; may: boolean; asked: string }) {
  const ticks = useTicks(items.map((p) => p.staff.id))
  const everyone = () => all<Pending>('v1/activations?' + query).then((list) => list.map((p) => p.staff.id))
  const n = ticks.chosen.length, ready = n > 0 && n <= PRINTED
  const [asked, ask] = useState<Asked>()
  const [told, tell] = useState('')
  return <>
    {told && <p class="good" role="status">{told}</p>}
    {asked ? <SlipsEffect asked={asked} done={(words) => { ask(undefined); tell(words) }} /> : may && <p class="acts no-print">
      <button class="main" aria-disabled={!ready} onClick={() => ready && ask({ staff: ticks.chosen })}>{t('slips_of_ticked', { n: count(n) })}</button>
      {unit && <button onClick={() => ask({ unit })}>{t('slips_of_unit')}</button>} {!ready && <span class="words">{n === 0 ? t('tick_first') : t('slips_most', { n: count(PRINTED) })}</span>}</p>}
    {may && <Ticks ticks={ticks} n={total} everyone={everyone} />}
    <Table head={[...(may ? [t('tick')] : []), t('name'), t('unit'), t('login_name'), t('issued_on'), t('last_day_for'), t('state')]} rows={items.map((p) => ({ key: p.staff.id, mark: p.stage === 'locked' ? 'trouble' : undefined, cells: [
      ...(may ? [ticks.box(p.staff.id, p.staff.full_name)] : []), <PersonLink id={p.staff.id} name={p.staff.full_name} />, <Name>{p.staff.unit?.name ?? t('elsewhere_unit')}</Name>, <Whole>{p.login ?? '—'}</Whole>,
      p.since ? day(p.since) : '—', p.last_day ? day(p.last_day) : '—', <State word={'pending_' + p.stage} />] }))} />
  </>
}

export function Slips({ filters, may }: { filters: URLSearchParams; may: boolean }) {
  const query = new URLSearchParams(), at = filters.get('page_token')
  for (const name of ['unit', 'stage']) if (filters.get(name)) query.set(name, filters.get(name)!)
  const asked = `${query}&page_size=100&include_total=true${at ? '&page_token=' + encodeURIComponent(at) : ''}`
  const list = useRead<Schema['PendingPage']>('v1/activations?' + asked)
  const unit = filters.get('unit') ?? ''
  const go = (name: string) => (value: string) => { location.hash = link('slips', withFilters(filters, { [name]: value })) }
  return <>
    <p class="no-print"><a href={link('people')}>{t('back')}</a></p>
    <h1>{t('slips')}</h1>
    <p>{t('slips_hint')}</p>
    <div class="filters no-print">
      <UnitFilter field={{ name: 'f-unit', label: 'unit', none: 'every_unit', first: unit, sums: true }} go={go('unit')} />
      <p class="row"><label for="f-stage">{t('state')}</label><select id="f-stage" value={filters.get('stage') ?? ''} onChange={(e) => go('stage')(e.currentTarget.value)}>
        <option value="">{t('any_status')}</option>{choices(STAGES, 'pending_').map(([value, words]) => <option key={value} value={value}>{words}</option>)}</select></p>
    </div>
    <Read of={list}>{(page) => page.items.length === 0 ? <p>{t('all_activated')}</p> : <>
      <p role="status" id="found">{t('found', { n: count(page.total ?? page.items.length) })}</p>
      <Waiting key={asked} items={page.items} total={page.total ?? page.items.length} unit={unit} may={may} asked={query.toString()} />
      {(at || page.next_page_token) && <p class="pages no-print">{at && <a href={link('slips', withFilters(filters, {}))}>{t('first_page')}</a>} {page.next_page_token && <a href={link('slips', onThisPage(filters, { page_token: page.next_page_token }))}>{t('next_page')}</a>}</p>}
    </>}</Read>
    {!may && <p class="words">{t('who_can', { what: t('slips_made_by') })}</p>}
  </>
}
