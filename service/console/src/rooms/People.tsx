/** Search, with its filters in the address: a figure of the overview is such an address. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { arrival, link, onThisPage, withFilters } from '../address'
import { all, call, save, useRead, type Schema } from '../call'
import { UnitFilter } from '../fields'
import { isBelow, knownIn, systemName, useSystems, useUnits, type System, type Unit } from '../kept'
import { Name, PersonLink, Read, State, Table, Ticks, useTicks, whole, Whole } from '../parts'
import { count, language, named, said, t, type Word } from '../words'
import { CATEGORIES, choices } from '../vocabulary'
import { Many, Undone, type Ticked } from './Many'
import { Pasted, pastedKeys } from './Pasted'

const STATES = ['pending', 'active', 'on_leave', 'departing', 'departed'] as const
const PAUSE_MS = 300

type Filter = { what: string; without: string }

/** What is asked beside the words, each with the address that asks everything but it. */
function filtersOf(filters: URLSearchParams, unit: (id: string) => string, system: (id: string) => string): Filter[] {
  const out: Filter[] = []
  const add = (what: string, ...names: string[]) => out.push({ what, without: withFilters(filters, Object.fromEntries(names.map((n) => [n, '']))) })
  const stage = filters.get('stage'), unitId = filters.get('unit'), status = filters.get('status'), category = filters.get('category')
  if (stage) add(t(`stage_${stage}` in STAGES ? `stage_${stage}` as Word : 'stage_other', { system: system(filters.get('system') ?? '') }), 'stage', 'system', 'window', 'period', 'calendar')
  if (unitId) add(unit(unitId) + (filters.get('recursive') === 'false' ? ` (${t('own').toLowerCase()})` : ''), 'unit', 'recursive')
  if (status) add(status.split(',').map((s) => named(s)).join(', '), 'status')
  if (category) add(category.split(',').map((s) => named(s)).join(', '), 'category')
  if (filters.get('has')) add(t('has_system', { system: system(filters.get('has')!) }), 'has')
  if (filters.get('missing')) add(t('stage_missing', { system: system(filters.get('missing')!) }), 'missing')
  return out
}
const STAGES = { stage_missing: 1, stage_unused: 1, stage_locked: 1, stage_never_used: 1, stage_not_activated: 1, stage_issued: 1 }

function Words({ filters, typing }: { filters: URLSearchParams; typing: (on: boolean) => void }) {
  const box = useRef<HTMLInputElement>(null)
  const timer = useRef(0)
  const asked = filters.get('q') ?? ''
  const own = useRef(asked)
  const [first] = useState(asked)
  // what is being typed is never touched: only another address, gone to by a link or back, changes the field
  useEffect(() => { if (own.current !== asked) box.current!.value = own.current = asked }, [asked])
  useEffect(() => {
    if (arrival.search) box.current!.focus()
    arrival.search = false
    return () => clearTimeout(timer.current)
  }, [])
  const ask = () => {
    own.current = box.current!.value.normalize('NFC').trim()
    if (own.current === asked) typing(false)
    location.replace(link('people', withFilters(filters, { q: own.current })))
  }
  const typed = () => {
    clearTimeout(timer.current)
    typing(true)
    timer.current = window.setTimeout(ask, PAUSE_MS)
  }
  /** A column out of a spreadsheet becomes a list in its order. */
  const pasted = (event: ClipboardEvent) => {
    const keys = pastedKeys(event.clipboardData?.getData('text/plain') ?? '')
    if (keys.length < 2) return
    event.preventDefault()
    location.hash = link('people', new URLSearchParams({ list: keys.join(',') }).toString())
  }
  return <form role="search" onSubmit={(event) => { event.preventDefault(); clearTimeout(timer.current); ask() }}>
    <label for="q">{t('search')}</label>
    <input id="q" ref={box} enterKeyHint="search" maxLength={200} autoComplete="off" spellcheck={false} defaultValue={first} onInput={typed} onPaste={pasted} aria-describedby="q-hint" />
    <p id="q-hint" class="words">{t('paste_hint')}</p>
  </form>
}

function More({ filters, systems, units }: { filters: URLSearchParams; systems: System[]; units: Unit[] }) {
  const go = (changed: Record<string, string>) => { location.hash = link('people', withFilters(filters, changed)) }
  const unit = filters.get('unit') ?? ''
  const choose = (name: string, label: Word, any: string, options: (readonly [string, string])[]) => <p>
    <label for={'f-' + name}>{t(label)}</label>
    <select id={'f-' + name} value={filters.get(name) ?? ''} onChange={(event) => go({ [name]: event.currentTarget.value })}>
      <option value="">{any}</option>{options.map(([value, text]) => <option key={value} value={value}>{text}</option>)}
    </select></p>
  const ofSystems = systems.map((s) => [s.id, said(s.name)] as const)
  return <div class="filters">
    <UnitFilter field={{ name: 'f-unit', label: 'unit', none: 'every_unit', first: units.find((u) => u.code === unit)?.id ?? unit }} go={(value) => go({ unit: value })} />
    {choose('status', 'status', t('any_status'), choices(STATES))}
    {choose('category', 'category', t('any_category'), choices(CATEGORIES))}
    {choose('missing', 'without', '—', ofSystems)}
    {choose('has', 'with', '—', ofSystems)}
  </div>
}

type Listed = Schema['StaffListItem']

/** `box`: before each row, where somebody may do something about them. */
export function Found({ people, box }: { people: Listed[]; box?: (id: string, name: string) => ComponentChildren }) {
  return <Table head={[...(box ? [t('tick')] : []), t('name'), t('title'), t('unit'), t('address'), t('status')]} rows={people.map((p) => ({ key: p.id, cells: [
    ...(box ? [box(p.id, whole(p))] : []), <PersonLink id={p.id} name={p.full_name} />, <Name>{p.title ?? '—'}</Name>, <Name>{p.unit?.name ?? t('elsewhere_unit')}</Name>, <Whole>{p.address ?? '—'}</Whole>, <State word={p.status} />] }))} />
}

const tickedOf = (p: Listed): Ticked => ({ id: p.id, name: whole(p), open: p.accounts.filter((a) => a.desired.state === 'present').map((a) => a.system) })

/** Those who are ticked, and what may be done about them at once. `asked`: what all who match are asked by. */
function Chosen({ people, total, asked, self, changed }: { people: Listed[]; total: number; asked: URLSearchParams; self: string; changed: () => void }) {
  const ticks = useTicks(people.map((p) => p.id))
  const [elsewhere, know] = useState<Ticked[]>([])
  const [working, work] = useState(false)
  async function everyone() {
    const query = new URLSearchParams(asked)
    for (const name of ['page_token', 'page_size', 'include_total']) query.delete(name)
    const list = await all<Listed>('v1/staff?' + query)
    know(list.map(tickedOf))
    return list.map((p) => p.id)
  }
  const known = new Map([...elsewhere, ...people.map(tickedOf)].map((p) => [p.id, p])), chosen = ticks.chosen.flatMap((id) => known.get(id) ?? [])
  return <>
    <Many key={ticks.chosen.join(' ')} chosen={chosen} self={self} working={work} done={() => { ticks.take([]); changed() }} />
    <div inert={working}><Ticks ticks={ticks} n={total} everyone={everyone} />
      <Found people={people} box={ticks.box} /></div>
  </>
}

function Chips({ filters }: { filters: Filter[] }) {
  return <>{filters.map((f) => <a class="filter" key={f.what} href={link('people', f.without)} aria-label={t('remove_filter', f)}>{f.what} <span aria-hidden="true">✕</span></a>)}</>
}

/** Nothing found says what hid it: each filter with how many there would be without it. Outside one's scope nothing is counted. */
function Hidden({ filters }: { filters: Filter[] }) {
  const [counts, setCounts] = useState<Record<string, number>>({})
  useEffect(() => {
    const stop = new AbortController()
    for (const f of filters) {
      const asked = new URLSearchParams(f.without)
      asked.set('include_total', 'true')
      asked.set('page_size', '1')
      call<Schema['StaffPage']>('GET', 'v1/staff?' + asked, undefined, { signal: stop.signal }).then((p) => setCounts((old) => ({ ...old, [f.without]: p.total ?? 0 })), () => {})
    }
    return () => stop.abort()
  }, [filters.map((f) => f.without).join(' ')])
  const none = filters.every((f) => counts[f.without] === 0)
  return <>
    <ul>{filters.map((f) => <li key={f.what}><a href={link('people', f.without)}>{t('without_filter', { what: f.what })}</a>{f.without in counts && `: ${t('found', { n: count(counts[f.without]) })}`}</li>)}</ul>
    {none && <p>{t('nobody_either')} {t('nobody_hint')}</p>}
  </>
}

function Files({ filters, total }: { filters: URLSearchParams; total: number }) {
  const asked = asking(filters)
  asked.delete('page_token')
  const file = (format: string) => save(`v1/staff?${asked}&format=${format}${format === 'csv' && language === 'vi' ? '&csv_delimiter=semicolon' : ''}`, `nhan-su.${format}`)
  const [problem, setProblem] = useState('')
  const button = (format: string) => <button onClick={() => file(format).then(() => setProblem(''), () => setProblem(t('no_file')))}>{t('file_of', { n: count(total), kind: format === 'csv' ? 'CSV' : 'Excel' })}</button>
  return <p class="no-print">{button('xlsx')} {button('csv')} <span class="trouble" role="alert">{problem}</span></p>
}

/** What the service is asked: a whole address is somebody's or nobody's, and no words to look for. */
function asking(filters: URLSearchParams): URLSearchParams {
  const asked = new URLSearchParams(filters), words = filters.get('q') ?? ''
  if (/^\S+@\S+\.\S+$/.test(words)) {
    asked.delete('q')
    asked.set('address', words)
  }
  return asked
}

function Search({ filters, acts, self }: { filters: URLSearchParams; acts: boolean; self: string }) {
  const asked = asking(filters)
  useEffect(() => { arrival.people = filters.toString() }, [filters.toString()])
  asked.set('include_total', 'true')
  asked.set('page_size', '50')
  if (asked.has('q')) asked.set('sort', 'match')
  const [typing, setTyping] = useState(false)
  useEffect(() => setTyping(false), [filters.get('q')])
  const list = useRead<Schema['StaffPage']>('v1/staff?' + asked)
  // what was found for other words is no answer: it cannot be pressed until the new one is there
  const old = list.busy || typing
  const systems = useSystems() ?? [], units = useUnits() ?? []
  const unitName = (key: string) => said(units.find((u) => u.id === key || u.code === key)?.name ?? t('unit'))
  const top = units.find((u) => u.id === filters.get('unit') || u.code === filters.get('unit')), known = knownIn(units)
  const sumsOnly = filters.has('stage') && filters.get('recursive') !== 'false' && units.some((u) => !known(u) && isBelow(units, u, top))
  const narrowed = filtersOf(filters, unitName, (id) => id === 'required' ? t('all_required') : systemName(systems, id))
  return <>
    {acts && <Undone self={self} changed={list.again} />}
    <Words filters={filters} typing={setTyping} />
    <details class="no-print"><summary>{t('more_filters')}</summary><More filters={filters} systems={systems} units={units} /></details>
    {narrowed.length > 0 && <p>{t('filtered')}: <Chips filters={narrowed} /></p>}
    <Read of={list}>{(page) => <>
      <p role="status" id="found">{old ? t('searching') : t('found', { n: count(page.total ?? page.items.length) })}</p>
      {sumsOnly && <p class="words" id="sums-only">{t('sums_only')}</p>}
      <div inert={old} class={old ? 'old' : undefined}>{page.items.length > 0 ? <>
        {acts ? <Chosen key={asked.toString()} people={page.items} total={page.total ?? page.items.length} asked={asked} self={self} changed={list.again} /> : <Found people={page.items} />}
        <nav class="pages no-print" aria-label={t('pages')}>
          {filters.get('page_token') && <a href={link('people', withFilters(filters, {}))}>{t('first_page')}</a>}
          {page.next_page_token && <a href={link('people', onThisPage(filters, { page_token: page.next_page_token }))}>{t('next_page')}</a>}
        </nav>
        <Files filters={filters} total={page.total ?? page.items.length} />
      </> : narrowed.length > 0 ? <><p>{t('nobody_filtered')}</p><Hidden filters={narrowed} /></> : <><p>{t('nobody')} {filters.get('q') && t('nobody_hint')}</p><p class="words">{t('nobody_elsewhere')} <a href={link('requests')}>{t('requests')}</a></p></>}</div>
    </>}</Read>
  </>
}

export function People({ filters, may: scopes, self }: { filters: URLSearchParams; may: Schema['Scope'][]; self: string }) {
  const may = scopes.includes('staff:write')
  const open = useRead<Schema['DuplicatePage']>('v1/duplicates?page_size=100')
  const requests = useRead<Schema['RequestPage']>('v1/requests?state=waiting&page_size=100').data, waiting = requests?.items.length ?? 0
  const [said] = useState(arrival.said)
  useEffect(() => { arrival.said = '' }, [])
  return <>
    <h1>{t('people')}</h1>
    {said && <p class="good" role="status">{said}</p>}
    <p class="acts no-print">{may ? <a class="button" href={link('onboard')}>{t('onboard')}</a> : <span class="words">{t('who_can', { what: t('onboard') })}</span>}
      <a class="button" href={link('requests')}>{t('requests')}{waiting > 0 && ` (${count(waiting)}${requests?.next_page_token ? '+' : ''})`}</a> <a class="button" href={link('slips')}>{t('slips')}</a>
      {!!open.data?.items.length && <a class="button" href={link('duplicates')}>{t('duplicates', { n: count(open.data.items.length) + (open.data.next_page_token ? '+' : '') })}</a>}</p>
    {filters.get('list') ? <Pasted keys={filters.get('list')!.split(',')} /> : <Search filters={filters} acts={scopes.includes('accounts:write')} self={self} />}
  </>
}
