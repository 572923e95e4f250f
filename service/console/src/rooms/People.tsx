/** Search, with its filters in the address: a figure of the overview is such an address. */
import { useEffect, useRef } from 'preact/hooks'
import { link, withFilters } from '../address'
import { useRead, type Schema } from '../call'
import { Read } from '../parts'
import { count, named, said, t } from '../words'

const STATES = ['pending', 'active', 'on_leave', 'departing', 'departed'] as const
const PAUSE_MS = 300

type Filter = { what: string; without: string }

/** What is asked beside the words, each with the address that asks everything but it. */
function filtersOf(filters: URLSearchParams, unit: (id: string) => string, system: (id: string) => string): Filter[] {
  const out: Filter[] = []
  const stage = filters.get('stage'), unitId = filters.get('unit'), status = filters.get('status')
  if (stage) {
    const word = stage === 'missing' ? 'stage_missing' as const : stage === 'unused' ? 'stage_unused' as const : 'stage_other' as const
    out.push({ what: t(word, { system: system(filters.get('system') ?? '') }), without: withFilters(filters, { stage: '', system: '', window: '', period: '', calendar: '' }) })
  }
  if (unitId) out.push({ what: unit(unitId), without: withFilters(filters, { unit: '', recursive: '' }) })
  if (status) out.push({ what: named(status), without: withFilters(filters, { status: '' }) })
  return out
}

function Words({ filters }: { filters: URLSearchParams }) {
  const box = useRef<HTMLInputElement>(null)
  const timer = useRef(0)
  const asked = filters.get('q') ?? ''
  const own = useRef(asked)
  // what is being typed is never touched: only another address, gone to by a link or back, changes the field
  useEffect(() => { if (own.current !== asked) box.current!.value = own.current = asked }, [asked])
  useEffect(() => () => clearTimeout(timer.current), [])
  const ask = () => {
    own.current = box.current!.value.trim()
    location.replace(link('people', withFilters(filters, { q: own.current })))
  }
  const typed = (event: Event) => {
    clearTimeout(timer.current)
    if (!(event as InputEvent).isComposing) timer.current = window.setTimeout(ask, PAUSE_MS)
  }
  return <form role="search" onSubmit={(event) => { event.preventDefault(); clearTimeout(timer.current); ask() }}>
    <label for="q">{t('search')}</label>
    <input id="q" ref={box} type="search" maxLength={200} autoComplete="off" spellcheck={false} defaultValue={asked} onInput={typed} onCompositionEnd={typed} />
    <label for="status">{t('status')}</label>
    <select id="status" value={filters.get('status') ?? ''} onChange={(event) => { location.hash = link('people', withFilters(filters, { status: event.currentTarget.value })) }}>
      <option value="">{t('any_status')}</option>
      {STATES.map((state) => <option key={state} value={state}>{t(state)}</option>)}
    </select>
  </form>
}

function Table({ page, filters }: { page: Schema['StaffPage']; filters: URLSearchParams }) {
  return <>
    <table>
      <thead><tr><th>{t('name')}</th><th>{t('title')}</th><th>{t('unit')}</th><th>{t('address')}</th><th>{t('status')}</th></tr></thead>
      <tbody>{page.items.map((p) => <tr key={p.id}>
        <th scope="row" translate={false}><a href={link('person', '', p.id)}>{p.full_name}</a></th>
        <td data-label={t('title')}>{p.title ?? '—'}</td>
        <td data-label={t('unit')} translate={false}>{p.unit?.name ?? t('elsewhere_unit')}</td>
        <td data-label={t('address')} translate={false}>{p.address ?? '—'}</td>
        <td data-label={t('status')}>{named(p.status)}</td>
      </tr>)}</tbody>
    </table>
    {page.next_page_token && <p><a href={link('people', withFilters(filters, {}) + '&page_token=' + encodeURIComponent(page.next_page_token))}>{t('next_page')}</a></p>}
  </>
}

function Filters({ filters }: { filters: Filter[] }) {
  return <>{filters.map((f) => <a class="filter" key={f.what} href={link('people', f.without)} aria-label={t('remove_filter', f)}>{f.what} <span aria-hidden="true">✕</span></a>)}</>
}

export function People({ filters }: { filters: URLSearchParams }) {
  const asked = new URLSearchParams(filters)
  asked.set('include_total', 'true')
  asked.set('page_size', '50')
  const list = useRead<Schema['StaffPage']>('v1/staff?' + asked)
  const systems = useRead<Schema['SystemList']>('v1/systems')
  const unitId = filters.get('unit')
  const unit = useRead<Schema['Unit']>(unitId ? 'v1/units/' + encodeURIComponent(unitId) : 'v1/sessions/current')
  const narrowed = filtersOf(filters, () => unit.data?.name ? said(unit.data.name) : t('unit'), (id) => said(systems.data?.items.find((s) => s.id === id)?.name))
  return <>
    <h1>{t('people')}</h1>
    <Words filters={filters} />
    {narrowed.length > 0 && <p>{t('filtered')}: <Filters filters={narrowed} /></p>}
    <Read of={list}>{(page) => <>
      <p role="status" id="found">{list.busy ? t('searching') : t('found', { n: count(page.total ?? page.items.length) })}</p>
      {page.items.length > 0 ? <Table page={page} filters={filters} />
        : narrowed.length > 0 ? <p>{t('nobody_filtered')} <Filters filters={narrowed} /></p> : <p>{t('nobody')}</p>}
    </>}</Read>
  </>
}
