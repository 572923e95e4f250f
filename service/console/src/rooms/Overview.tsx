/** Who has what they must have, and who uses it: always a pair, with numerator, denominator, day and definition. */
import { useEffect, useState } from 'preact/hooks'
import { link, withFilters } from '../address'
import { useRead, type Schema } from '../call'
import { systemName, useSystems } from '../kept'
import { Read } from '../parts'
import { count, day, percent, t } from '../words'
import { Bar, issued, missing, using, type Figures, type Rate, type Row } from './figures'
import { Trend } from './Trend'
import { Why } from './Why'

type Use = Schema['SystemUse']

/** A link of the API to people, as the room that lists them. */
const people = (address: string) => link('people', address.split('?')[1])

function Pair({ rate }: { rate: Rate }) {
  if (rate.base === 0) return <span class="words">{t('no_base')}</span>
  if (rate.part === null || rate.ratio === null) return <span class="words">{t('unknown')}</span>
  return <span><b>{percent(rate.ratio)}</b> <span class="fraction">{count(rate.part)} / {count(rate.base)}</span></span>
}

/** `brief`: under a heading that says of what. */
function Missing({ row, brief }: { row: Row; brief?: boolean }) {
  const n = row.missing.people ?? 0, more = row.missing.unrecorded ?? 0
  if ((row.eligible ?? 0) + more === 0) return null
  if (n + more === 0) return <span class="words">{t('none_missing')}</span>
  const words = t(brief ? 'found' : 'missing_people', { n: count(n) })
  return <span>
    {n > 0 && (row.links?.missing ? <a href={people(row.links.missing)}>{words}</a> : words)}
    {n > 0 && more > 0 && ' · '}
    {more > 0 && t('unrecorded', { n: count(more) })}
  </span>
}

function Unused({ row, brief }: { row: Row; brief?: boolean }) {
  const n = row.used === null ? 0 : (row.issued ?? 0) - row.used
  if (brief && n === 0 && row.used !== null && row.issued) return <>0</>
  if (n === 0) return null
  const words = t(brief ? 'found' : 'unused_people', { n: count(n) })
  return row.links?.unused ? <a href={people(row.links.unused)}>{words}</a> : <>{words}</>
}

const points = (n: number) => (n > 0 ? '▲ +' : n < 0 ? '▼ −' : '') + percent(Math.abs(n)).replace(/ %$/, '')

function Change({ delta, on }: { delta: number | null | undefined; on: string }) {
  if (delta == null) return null
  return <div class="words">{Math.abs(delta) < 0.0005 ? t('same_as', { day: day(on) }) : t('changed_from', { points: points(delta), day: day(on) })}</div>
}

function source(use: Use | undefined): string {
  if (!use) return t('unknown')
  if (use.stale) return t(use.stale_reason ?? 'no_data', { day: use.data_through ? day(use.data_through) : '—' })
  return use.data_through ? t('data_to', { day: day(use.data_through) }) : t('no_data')
}

function Card({ row, figures, name, chosen, href, brief }: { row: Row; figures: Figures; name: string; chosen: boolean; href: string; brief: boolean }) {
  const has = issued(row, figures.basis), uses = using(row, figures.basis), on = figures.compare?.snapshot_on
  return <section class="card" data-system={row.system} aria-current={chosen ? 'true' : undefined}>
    <h2>{brief ? name : <a href={href}>{name}</a>}</h2>
    <dl>
      <dt>{t('issued')}</dt><dd><Pair rate={has} /><Bar rate={has} target={row.target?.coverage} />{on && <Change delta={row.delta?.coverage} on={on} />}<Missing row={row} /></dd>
      <dt>{t('using')}</dt><dd><Pair rate={uses} /><Bar rate={uses} target={row.target?.adoption} />{on && <Change delta={row.delta?.adoption} on={on} />}{!brief && <><Unused row={row} /><div class="words">{source(figures.systems.find((s) => s.system === row.system))}</div></>}</dd>
    </dl>
    {!brief && row.system && has.base > 0 && <Why unit={row.unit.id} system={row.system} basis={figures.basis} on={on ?? figures.window.from} />}
  </section>
}

const orders: Record<string, (a: Row, b: Row) => number> = {
  rate: (a, b) => (a.coverage ?? 2) - (b.coverage ?? 2),
  missing: (a, b) => missing(b) - missing(a),
  tree: () => 0,
}

/** The table is the chart: a bar under each name, the target as a tick on it. */
function Units({ rows, figures, filters, by, name }: { rows: Row[]; figures: Figures; filters: URLSearchParams; by: string; name: string }) {
  const sorted = [...rows].sort(orders[by])
  const order = (key: string, words: string) => <a href={link('overview', withFilters(filters, { by: key }))} aria-current={by === key ? 'true' : undefined}>{words}</a>
  return <section>
    <h2>{t('units_of', { system: name })}</h2>
    <p class="choice">{t('order')}: {order('rate', t('by_rate'))} {order('missing', t('by_missing'))} {order('tree', t('by_tree'))}</p>
    <table class="units">
      <thead><tr><th scope="col">{t('unit')}</th><th scope="col" class="rate">{t('issued')}</th><th scope="col" class="rate">{t('using')}</th><th scope="col" class="rate">{t('unused')}</th><th scope="col">{t('missing')}</th></tr></thead>
      <tbody>{sorted.map((row) => <tr key={row.row_kind + row.unit.id} data-unit={row.unit.code}>
        <th scope="row" translate={false}>
          {row.row_kind === 'own' ? `${t('own')} ${row.unit.name}` : <a href={link('overview', withFilters(filters, { unit: row.unit.id }))}>{row.unit.name}</a>}
          <Bar rate={issued(row, figures.basis)} target={row.target?.coverage} />
        </th>
        <td class="rate" data-label={t('issued')}><Pair rate={issued(row, figures.basis)} /></td>
        <td class="rate" data-label={t('using')}><Pair rate={using(row, figures.basis)} /></td>
        <td class="rate" data-label={t('unused')}><Unused row={row} brief /></td>
        <td data-label={t('missing')}><Missing row={row} brief /></td>
      </tr>)}</tbody>
    </table>
  </section>
}

/** Departures that were stopped and that nobody has let go on: people are waiting, in red. */
function Held() {
  const held = useRead<Schema['DeparturePage']>('v1/departures?state=held&include_total=true&page_size=1')
  const n = held.data?.total ?? 0
  return n > 0 ? <p class="trouble"><a class="trouble" href={link('leavers', 'state=held')}>{t('held_people', { n: count(n) })}</a></p> : null
}

const NARROW = matchMedia('(max-width: 44rem)')
function useNarrow(): boolean {
  const [narrow, set] = useState(NARROW.matches)
  useEffect(() => {
    const turned = () => set(NARROW.matches)
    NARROW.addEventListener('change', turned)
    return () => NARROW.removeEventListener('change', turned)
  }, [])
  return narrow
}

/** On a head's phone: four figures, what they are made of, how they changed, who is missing; nothing else. */
const BRIEF = 2

export function Overview({ filters, head, may }: { filters: URLSearchParams; head: boolean; may: Schema['Scope'][] }) {
  const unit = filters.get('unit') ?? ''
  const by = filters.get('by') ?? 'rate'
  const brief = useNarrow() && head
  const asked = 'v1/coverage?targets=true&depth=1' + (unit && `&unit=${encodeURIComponent(unit)}`)
  // former days lie in the directory, which may be silent; the figures of today are there at once
  const today = useRead<Figures>(asked), compared = useRead<Figures>(asked + '&compare=previous'), figures = compared.data ? compared : today
  const systems = useSystems()
  return <Read of={figures}>{(f) => {
    const totals = f.rows.filter((r) => r.row_kind === 'total').sort((a, b) => issued(b, f.basis).base - issued(a, f.basis).base)
    const chosen = totals.find((r) => r.system === filters.get('system')) ?? totals[0]
    const rows = f.rows.filter((r) => r.row_kind !== 'total' && r.system === chosen?.system && (r.row_kind === 'unit' || r.recorded || r.unrecorded))
    return <>
      <h1 translate={false}>{chosen?.unit.name ?? t('overview')}</h1>
      <p>{t('day')} <b>{day(f.as_of)}</b>. {!brief && t('used_window', { from: day(f.window.from), to: day(f.window.to) })} {unit && <a class="no-print" href={link('overview', withFilters(filters, { unit: '' }))}>{t('whole_scope')}</a>}</p>
      {!brief && may.includes('staff:read') && <Held />}
      {!brief && <p class="acts no-print"><a class="button" href={link('reports')}>{t('reports')}</a>{may.includes('units:read') && chosen && <a class="button" href={link('unit', '', chosen.unit.id)}>{t('unit_page')}</a>}</p>}
      <div class="cards">{(brief ? totals.slice(0, BRIEF) : totals).map((row) => <Card key={row.system} row={row} figures={f} name={systemName(systems, row.system)} chosen={!brief && row === chosen} brief={brief}
        href={link('overview', withFilters(filters, { system: row.system ?? '' }))} />)}</div>
      {!brief && chosen && <Trend unit={chosen.unit.id} system={chosen.system!} name={systemName(systems, chosen.system)} />}
      {!brief && rows.length > 0 && <Units rows={rows} figures={f} filters={filters} by={by in orders ? by : 'rate'} name={systemName(systems, chosen.system)} />}
      {!brief && <p class="words">{t('definition')}</p>}
    </>
  }}</Read>
}
