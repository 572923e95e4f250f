/** Who has what they must have, and who uses it: always a pair, with numerator, denominator and day. */
import { link, withFilters } from '../address'
import { useRead, type Schema } from '../call'
import { Read } from '../parts'
import { count, day, percent, said, t } from '../words'

type Figures = Schema['Coverage']
type Row = Figures['rows'][number]
type Use = Schema['SystemUse']
type Rate = { ratio: number | null; part: number | null; base: number }

function issued(row: Row, basis: Figures['basis']): Rate {
  return { ratio: row.coverage, part: row.issued, base: basis === 'declared' ? row.eligible + row.unrecorded : row.eligible }
}

function using(row: Row, basis: Figures['basis']): Rate {
  return { ratio: row.adoption, part: row.used, base: issued(row, basis).base - (row.on_leave_unused ?? 0) }
}

const missing = (row: Row) => row.missing.people + row.missing.unrecorded

/** A link of the API to people, as the room that lists them. */
const people = (address: string) => link('people', address.split('?')[1])

function Bar({ rate, target }: { rate: Rate; target?: number | null }) {
  if (rate.ratio === null) return null
  return <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
    <rect class="whole" width="100" height="6" />
    <rect class="part" width={rate.ratio * 100} height="6" />
    {target != null && <rect class="target" x={Math.min(target * 100, 99.4)} width="0.6" height="6" />}
  </svg>
}

function Pair({ rate }: { rate: Rate }) {
  if (rate.base === 0) return <span class="words">{t('no_base')}</span>
  if (rate.part === null || rate.ratio === null) return <span class="words">{t('unknown')}</span>
  return <span><b>{percent(rate.ratio)}</b> <span class="fraction">{count(rate.part)} / {count(rate.base)}</span></span>
}

function Missing({ row }: { row: Row }) {
  const n = row.missing.people, more = row.missing.unrecorded
  if (row.eligible + more === 0) return null
  if (n + more === 0) return <span class="words">{t('none_missing')}</span>
  const words = t('missing_people', { n: count(n) })
  return <span>
    {n > 0 && (row.links?.missing ? <a href={people(row.links.missing)}>{words}</a> : words)}
    {n > 0 && more > 0 && ' · '}
    {more > 0 && t('unrecorded', { n: count(more) })}
  </span>
}

function Unused({ row }: { row: Row }) {
  const n = row.used === null ? 0 : row.issued - row.used
  return n > 0 && row.links?.unused ? <a href={people(row.links.unused)}>{t('unused_people', { n: count(n) })}</a> : null
}

function source(use: Use | undefined): string {
  if (!use) return t('unknown')
  if (use.stale) return t(use.stale_reason ?? 'no_data', { day: use.data_through ? day(use.data_through) : '—' })
  return use.data_through ? t('data_to', { day: day(use.data_through) }) : t('no_data')
}

function Card({ row, figures, name, chosen, href }: { row: Row; figures: Figures; name: string; chosen: boolean; href: string }) {
  const has = issued(row, figures.basis), uses = using(row, figures.basis)
  const use = figures.systems.find((s) => s.system === row.system)
  return <section class="card" data-system={row.system} aria-current={chosen ? 'true' : undefined}>
    <h2><a href={href}>{name}</a></h2>
    <dl>
      <dt>{t('issued')}</dt><dd><Pair rate={has} /><Bar rate={has} target={row.target?.coverage} /><Missing row={row} /></dd>
      <dt>{t('using')}</dt><dd><Pair rate={uses} /><Bar rate={uses} target={row.target?.adoption} /><Unused row={row} /><div class="words">{source(use)}</div></dd>
    </dl>
  </section>
}

const orders: Record<string, (a: Row, b: Row) => number> = {
  rate: (a, b) => (a.coverage ?? 2) - (b.coverage ?? 2),
  missing: (a, b) => missing(b) - missing(a),
  tree: () => 0,
}

function Units({ rows, figures, filters, by, name }: { rows: Row[]; figures: Figures; filters: URLSearchParams; by: string; name: string }) {
  const sorted = [...rows].sort(orders[by])
  const order = (key: string, words: string) => <a href={link('overview', withFilters(filters, { by: key }))} aria-current={by === key ? 'true' : undefined}>{words}</a>
  return <section>
    <h2>{t('units_of', { system: name })}</h2>
    <p class="choice">{t('order')}: {order('rate', t('by_rate'))} {order('missing', t('by_missing'))} {order('tree', t('by_tree'))}</p>
    <table class="units">
      <thead><tr><th>{t('unit')}</th><th>{t('issued')}</th><th>{t('using')}</th><th>{t('missing')}</th></tr></thead>
      <tbody>{sorted.map((row) => <tr key={row.row_kind + row.unit.id} data-unit={row.unit.code}>
        <th scope="row" translate={false}>
          {row.row_kind === 'own' ? `${t('own')} ${row.unit.name}` : <a href={link('overview', withFilters(filters, { unit: row.unit.id }))}>{row.unit.name}</a>}
          <Bar rate={issued(row, figures.basis)} target={row.target?.coverage} />
        </th>
        <td data-label={t('issued')}><Pair rate={issued(row, figures.basis)} /></td>
        <td data-label={t('using')}><Pair rate={using(row, figures.basis)} /> <br /><Unused row={row} /></td>
        <td data-label={t('missing')}><Missing row={row} /></td>
      </tr>)}</tbody>
    </table>
  </section>
}

export function Overview({ filters }: { filters: URLSearchParams }) {
  const unit = filters.get('unit') ?? ''
  const by = filters.get('by') ?? 'rate'
  const figures = useRead<Figures>('v1/coverage?targets=true&depth=1' + (unit && `&unit=${encodeURIComponent(unit)}`))
  const systems = useRead<Schema['SystemList']>('v1/systems')
  return <Read of={figures}>{(f) => {
    const name = (id: string | null) => said(systems.data?.items.find((s) => s.id === id)?.name)
    const totals = f.rows.filter((r) => r.row_kind === 'total').sort((a, b) => issued(b, f.basis).base - issued(a, f.basis).base)
    const chosen = totals.find((r) => r.system === filters.get('system')) ?? totals[0]
    const rows = f.rows.filter((r) => r.row_kind !== 'total' && r.system === chosen?.system && (r.row_kind === 'unit' || r.recorded || r.unrecorded))
    return <>
      <h1 translate={false}>{chosen?.unit.name ?? t('overview')}</h1>
      <p>{t('day')} <b>{day(f.as_of)}</b>. {t('used_window', { from: day(f.window.from), to: day(f.window.to) })} {unit && <a href={link('overview', withFilters(filters, { unit: '' }))}>{t('whole_scope')}</a>}</p>
      <div class="cards">{totals.map((row) => <Card key={row.system} row={row} figures={f} name={name(row.system)} chosen={row === chosen}
        href={link('overview', withFilters(filters, { system: row.system ?? '' }))} />)}</div>
      {rows.length > 0 && <Units rows={rows} figures={f} filters={filters} by={by in orders ? by : 'rate'} name={name(chosen.system)} />}
      <p class="words">{t('definition')}</p>
    </>
  }}</Read>
}
