/** One list: how it was understood, what would be done, what is to be mended; then carried out, followed, taken back. */
import { useEffect, useState } from 'preact/hooks'
import { link, withFilters } from '../../address'
import { save, send, useRead, type Problem, type Schema } from '../../call'
import { useUnits, type Unit } from '../../kept'
import { Name, PersonLink, Read, Said, Table, Whole } from '../../parts'
import { count, day, moment, named, phone, said, t } from '../../words'
import { parseCsv, place, plain, toCsv } from './csv'
import { summaryWords } from './Lists'
import { Run } from './Run'

type Import = Schema['Import']
type ImportRow = Schema['ImportRow']
type Page = { items: ImportRow[]; next: number | null }

const ACTIONS = ['needs_review', 'failed', 'create', 'update', 'move', 'depart', 'withdraw', 'reinstate', 'remove', 'changed_since', 'absent', 'unchanged'] as const
const FIELDS = ['number', 'full_name', 'family_and_middle_name', 'given_name', 'staff_code', 'former_code', 'birth', 'title', 'unit', 'unit_code', 'category', 'mobile', 'address', 'decision_number', 'signed_on', 'effective_on', 'hired_on',
  'reason', 'on', 'total', 'establishment', 'unit_name', 'unit_kind', 'parent', 'slug', 'ignored'] as const
/** Rows on one page; a longer list is paged, not scrolled through. */
const SHOWN = 100

/** The cells as they were read, the first row first. */
async function cellsOf(plan: Import): Promise<string[][]> {
  const lines = parseCsv(await (await send('GET', `v1/imports/${plan.id}/file?format=csv`)).text())
  return lines.slice(1).map((line) => line.slice(1).map(plain))
}

/** The list again with what was mended, under the same options: another plan, which is looked at like the first. */
async function again(plan: Import, cells: string[][], more: { columns?: string; accept?: string[] }): Promise<void> {
  const asked = new URLSearchParams({ kind: plan.kind })
  for (const [name, value] of Object.entries(plan.options as Record<string, unknown>))
    if (name !== 'sheet' && name !== 'accept' && value !== null && value !== false) asked.set(name, typeof value === 'object' ? String((value as { id?: string }).id ?? '') : String(value))
  const was = (plan.options as { accept?: string | string[] | null }).accept
  const accept = [...new Set([...(Array.isArray(was) ? was : was?.split(',') ?? []), ...(more.accept ?? [])])]
  if (accept.length) asked.set('accept', accept.join(','))
  if (more.columns) asked.set('columns', more.columns)
  const made: Import = await (await send('POST', 'v1/imports?' + asked, toCsv(cells), { type: 'text/csv' })).json()
  location.hash = link('list', '', made.id)
}

/** The rows of one action, a page at a time. */
function useRows(plan: Import, action: string) {
  const [after, go] = useState(0)
  const page = useRead<Page>(`v1/imports/${plan.id}/rows?action=${action}&page_size=${SHOWN}&after=${after}`)
  const pager = (next: number | null) => (after > 0 || next !== null) && <nav class="pages no-print" aria-label={t('pages')}>
    {after > 0 && <button type="button" onClick={() => go(0)}>{t('first_page')}</button>} {next !== null && <button type="button" onClick={() => go(next)}>{t('next_page')}</button>}
  </nav>
  return { page, pager }
}

function Understood({ plan }: { plan: Import }) {
  const [chosen, choose] = useState<Record<string, string>>({})
  const [problem, setProblem] = useState<Problem>()
  const changed = Object.entries(chosen).map(([column, field]) => `${column}:${field}`)
  const unknown = plan.columns.filter((c) => !c.field && c.heading)
  return <details class="no-print" open={unknown.length > 0}>
    <summary>{t('columns_understood', { n: count(plan.columns.filter((c) => c.field).length), all: count(plan.columns.length) })}</summary>
    {plan.file.decoded && <p>{t('decoded')} <Name>{plan.file.samples.join(' · ')}</Name></p>}
    {plan.file.mixed && <p class="trouble">{t('mixed')}</p>}
    <Table head={[t('column'), t('heading'), t('meaning')]} rows={plan.columns.map((c) => ({ key: c.column, cells: [<Name>{c.column}</Name>, <Name>{c.heading || '—'}</Name>,
      <select aria-label={`${t('meaning')} ${c.column}`} onChange={(e) => choose({ ...chosen, [c.column]: e.currentTarget.value })}>
        {!c.field && <option value="">{t('not_understood')}</option>}{FIELDS.map((f) => <option key={f} value={f} selected={f === c.field}>{named(f, 'col_')}</option>)}
      </select>] }))} />
    {problem && <div class="trouble" role="alert"><Said problem={problem} saving /></div>}
    {changed.length > 0 && <p><button class="main" onClick={() => cellsOf(plan).then((cells) => again(plan, cells, { columns: changed.join(',') })).catch(setProblem)}>{t('understand_again')}</button> {t('remembered')}</p>}
  </details>
}

type Cells = { of: (row: number, column: string) => string; set: (row: number, column: string, value: string) => void }

function Cell({ row, column, cells }: { row: number; column: string; cells: Cells }) {
  return <label class="cell"><span translate={false}>{column}{row}</span><input class="bad" aria-label={`${t('cell')} ${column}${row}`} defaultValue={cells.of(row, column)} autoComplete="off" spellcheck={false} onInput={(e) => cells.set(row, column, e.currentTarget.value)} /></label>
}

/** Of what a note about the whole row may be mended in. */
const MENDED_IN: Record<string, string[]> = { unit_unknown: ['unit_code', 'unit'], unit_ambiguous: ['unit_code', 'unit'], not_found: ['staff_code', 'full_name'], name_mismatch: ['staff_code', 'full_name'], code_taken: ['staff_code'], row_repeats: ['staff_code', 'full_name'], several_of_name: ['staff_code', 'birth'] }
/** What no looking at makes right. */
const NEVER_PASSES = ['unit_unknown', 'unit_ambiguous']

function faultyColumns(r: ImportRow, plan: Import): string[] {
  const cellsOf = (n: ImportRow['notes'][number]) => n.column ? [n.column] : plan.columns.filter((c) => c.field && MENDED_IN[n.code]?.includes(c.field)).map((c) => c.column)
  return r.row === 0 ? [] : [...new Set(r.notes.filter((n) => n.weight !== 'said').flatMap(cellsOf))]
}

function MendTable({ plan, rows, cells }: { plan: Import; rows: ImportRow[]; cells: Cells }) {
  return <Table head={[t('row'), t('name'), t('to_mend'), t('cells')]} rows={rows.map((r) => ({ key: r.row + (r.staff ?? ''), cells: [r.row || '—', <Name>{r.name ?? r.key ?? '—'}</Name>,
    <ul class="notes">{r.notes.map((n, i) => <li key={i} class={n.weight === 'fault' ? 'trouble' : undefined}>{n.column && <Name>{n.column}: </Name>}{n.detail}</li>)}</ul>,
    <>{faultyColumns(r, plan).map((c) => <Cell key={c} row={r.row} column={c} cells={cells} />)}</>] }))} />
}

/** What could mean two things, by its code: looked at once, it passes for all rows. */
function reviewsOf(rows: ImportRow[]): [code: string, detail: string][] {
  const reviews = new Map<string, string>()
  for (const r of rows) for (const n of r.notes) if (n.weight === 'review' && !NEVER_PASSES.includes(n.code)) reviews.set(n.code, n.detail)
  return [...reviews]
}

/** Faulty cells in their place; one correction may stand for all cells of the same value. */
function Mend({ plan, action, cells }: { plan: Import; action: string; cells: string[][] }) {
  const { page, pager } = useRows(plan, action)
  const [mended, setMended] = useState<Record<string, string>>({})
  const [everywhere, setEverywhere] = useState(true)
  const [problem, setProblem] = useState<Problem>()
  const [busy, setBusy] = useState(false)
  const was = (row: number, column: string) => cells[row - 1]?.[place(column)] ?? ''
  const set = (row: number, column: string, text: string) => setMended((old) => ({ ...old, [`${row} ${column}`]: text.normalize('NFC') }))
  const changes = Object.entries(mended).map(([at, text]) => ({ row: Number(at.split(' ')[0]), column: at.split(' ')[1], text: text.trim() })).filter((m) => was(m.row, m.column) !== m.text)

  function corrected(): string[][] {
    const all = cells.map((line) => [...line])
    for (const { row, column, text } of changes) {
      const x = place(column), old = was(row, column)
      for (let y = 1; y <= all.length; y++) {
        if (y !== row && !(everywhere && old && was(y, column) === old && !(`${y} ${column}` in mended))) continue
        while (all[y - 1].length <= x) all[y - 1].push('')
        all[y - 1][x] = text
      }
    }
    return all
  }
  async function send(accept?: string[]) {
    if (busy) return
    setBusy(true)
    await again(plan, corrected(), { accept }).catch(setProblem)
    setBusy(false)
  }
  return <Read of={page}>{({ items, next }) => <form onSubmit={(e) => { e.preventDefault(); if (changes.length) void send() }} noValidate autoComplete="off">
    <MendTable plan={plan} rows={items} cells={{ of: (row, column) => mended[`${row} ${column}`] ?? was(row, column), set }} />
    {pager(next)}
    <p><label><input type="checkbox" checked={everywhere} onChange={(e) => setEverywhere(e.currentTarget.checked)} /> {t('mend_all')}</label></p>
    {problem && <div class="trouble" role="alert"><Said problem={problem} saving /></div>}
    <p><button class="main" aria-disabled={busy || changes.length === 0}>{busy ? t('reading_list') : t('mend_n', { n: count(changes.length) })}</button> {changes.length === 0 && <span class="words">{t('mend_first')}</span>}</p>
    {reviewsOf(items).length > 0 && <div class="effect"><h2>{t('accept_title')}</h2><ul>{reviewsOf(items).map(([code, detail]) => <li key={code}>{detail} <button type="button" onClick={() => send([code])} aria-label={`${t('accept')}: ${detail}`}>{t('accept')}</button></li>)}</ul></div>}
  </form>}</Read>
}

/** The cells are read only for somebody who mends. */
function Faulty({ plan, action }: { plan: Import; action: string }) {
  const [cells, setCells] = useState<string[][]>()
  const [problem, setProblem] = useState<Problem>()
  useEffect(() => { cellsOf(plan).then(setCells, setProblem) }, [])
  if (problem) return <div class="trouble" role="alert"><Said problem={problem} /></div>
  return cells ? <Mend plan={plan} action={action} cells={cells} /> : <p role="status">{t('loading')}</p>
}

/** One change in words; a value that is a record of its own is left to the row's own page. */
const value = (v: unknown) => v == null || typeof v === 'object' ? '—' : String(v)

/** Of somebody new everything that would be written down: there is nothing to compare it with. */
function Wanted({ request, units }: { request: NonNullable<ImportRow['request']>; units: Unit[] }) {
  const body = request as { unit?: string; title?: string; category?: string; birth_year?: number; hired_on?: string; mobile?: string; staff_code?: string; decision?: { number?: string } }
  const unit = units.find((u) => u.id === body.unit || u.code === body.unit)
  const lines: [string, string | undefined][] = [[t('unit'), unit ? said(unit.name) : body.unit], [t('title'), body.title], [t('category'), body.category && named(body.category)], [t('birth_year'), body.birth_year ? String(body.birth_year) : undefined],
    [t('hired_on'), body.hired_on && day(body.hired_on)], [t('mobile'), phone(body.mobile)], [t('staff_code'), body.staff_code], [t('decision_number'), body.decision?.number]]
  return <>{lines.map(([what, text]) => text && <li key={what}>{what}: <Name>{text}</Name></li>)}</>
}

function Rows({ plan, action }: { plan: Import; action: string }) {
  const { page, pager } = useRows(plan, action)
  const units = useUnits() ?? []
  return <Read of={page}>{({ items, next }) => items.length === 0 ? <p>{t('no_rows')}</p> : <>
    <Table head={[t('row'), t('name'), t('address'), t('changes'), t('notes')]} rows={items.map((r, i) => ({ key: r.row + ' ' + i, cells: [r.row || '—',
      r.staff ? <PersonLink id={r.staff} name={r.name ?? r.key} /> : <Name>{r.name ?? r.key ?? '—'}</Name>, <Whole>{r.address ?? '—'}</Whole>,
      <ul class="notes">{r.action === 'create' && plan.kind === 'staff' && r.request && <Wanted request={r.request} units={units} />}{r.changes.filter((c) => named(c.field, 'col_') !== '—').map((c) => <li key={c.field}>{named(c.field, 'col_')}: <Name>{value(c.from)} → {value(c.to)}</Name></li>)}</ul>, <ul class="notes">{r.notes.map((n, j) => <li key={j}>{n.detail}</li>)}</ul>] }))} />
    {pager(next)}
  </>}</Read>
}

function Plan({ plan, filters, may }: { plan: Import; filters: URLSearchParams; may: Schema['Scope'][] }) {
  const [problem, setProblem] = useState<Problem>()
  const there = ACTIONS.filter((a) => (plan.summary[a] ?? 0) > 0)
  const action = there.find((a) => a === filters.get('action')) ?? there[0]
  const mends = !plan.takes_back && (action === 'needs_review' || action === 'failed')
  const file = (format: string) => save(`v1/imports/${plan.id}/file?format=${format}`, `danh-sach-can-kiem-tra.${format}`).catch(setProblem)
  return <>
    <p><a class="no-print" href={link('lists')}>{t('back_lists')}</a></p>
    <h1>{plan.takes_back ? t('take_back') : named(plan.kind, 'list_')} · {moment(plan.created_at)}</h1>
    <p role="status" id="found">{summaryWords(plan.summary)}</p>
    {!plan.takes_back && <Understood plan={plan} />}
    <Run plan={plan} may={may} />
    {problem && <div class="trouble" role="alert"><Said problem={problem} /></div>}
    {!plan.takes_back && <p class="no-print"><button onClick={() => file('xlsx')}>{t('file_back')} (Excel)</button> <button onClick={() => file('csv')}>{t('file_back')} (CSV)</button></p>}
    <nav class="choice" aria-label={t('rows_by')}>{there.map((a) => <a key={a} href={link('list', withFilters(filters, { action: a }), plan.id)} aria-current={a === action ? 'true' : undefined}>{named(a, 'row_')} ({count(plan.summary[a])})</a>)}</nav>
    {action && (mends ? <Faulty key={action} plan={plan} action={action} /> : <Rows key={action} plan={plan} action={action} />)}
  </>
}

export function List({ id, filters, may }: { id: string; filters: URLSearchParams; may: Schema['Scope'][] }) {
  const plan = useRead<Import>('v1/imports/' + encodeURIComponent(id))
  return <Read of={plan}>{(p) => <Plan key={p.id} plan={p} filters={filters} may={may} />}</Read>
}
