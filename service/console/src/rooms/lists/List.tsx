/** One list: how it was understood, what would be done, what is to be mended; then carried out, followed, taken back. */
import { useEffect, useState } from 'preact/hooks'
import { link, withFilters } from '../../address'
import { call, save, send, useRead, type Problem, type Schema } from '../../call'
import { Name, Read, Said, Table } from '../../parts'
import { count, moment, named, t } from '../../words'
import { parseCsv, place, plain, toCsv } from './csv'
import { summaryWords } from './Lists'
import { Run } from './Run'

import type { Import } from './kinds'
type ImportRow = Schema['ImportRow']
type Scope = Schema['Scope']

const ACTIONS = ['needs_review', 'failed', 'create', 'update', 'move', 'depart', 'withdraw', 'reinstate', 'remove', 'changed_since', 'absent', 'unchanged'] as const
const FIELDS = ['number', 'full_name', 'family_and_middle_name', 'given_name', 'staff_code', 'former_code', 'birth', 'title', 'unit', 'unit_code', 'category', 'mobile', 'address', 'decision_number', 'signed_on', 'effective_on', 'hired_on',
  'reason', 'on', 'total', 'establishment', 'unit_name', 'unit_kind', 'parent', 'slug', 'ignored'] as const
/** Rows on one page; a longer list is paged, not scrolled through. */
const SHOWN = 100

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

/** The cells as they were read, and for each row that is to be looked at, its line in them. */
function useCells(plan: Import): { cells?: string[][]; lineOf: Map<number, number>; rows: ImportRow[] } {
  const [state, set] = useState<{ cells?: string[][]; lineOf: Map<number, number>; rows: ImportRow[] }>({ lineOf: new Map(), rows: [] })
  useEffect(() => {
    let off = false
    async function read() {
      const rows: ImportRow[] = []
      for (let after: number | null = 0; after !== null;) {
        const page: { items: ImportRow[]; next: number | null } = await call('GET', `v1/imports/${plan.id}/rows?after=${after}`)
        rows.push(...page.items)
        after = page.next
      }
      const lines = parseCsv(await (await send('GET', `v1/imports/${plan.id}/file?format=csv`)).text()).slice(1)
      const marked = lines.flatMap((line, i) => line[0] ? [i] : [])
      const faulty = rows.filter((r) => r.row > 0 && r.notes.some((n) => n.weight !== 'said')).sort((a, b) => a.row - b.row)
      const fits = marked.length === faulty.length
      if (!off) set({ cells: lines.map((line) => line.slice(1).map(plain)), lineOf: new Map(fits ? faulty.map((r, i) => [r.row, marked[i]]) : []), rows })
    }
    if (!plan.takes_back) read().catch(() => {})
    return () => { off = true }
  }, [plan.id])
  return state
}

function Understood({ plan, cells }: { plan: Import; cells?: string[][] }) {
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
    {changed.length > 0 && cells && <p><button class="main" onClick={() => again(plan, cells, { columns: changed.join(',') }).catch(setProblem)}>{t('understand_again')}</button> {t('remembered')}</p>}
  </details>
}

function Cell({ row, line, column, was, set }: { row: number; line: number; column: string; was: string; set: (line: number, column: string, value: string) => void }) {
  return <label class="cell"><span translate={false}>{column}{row}</span><input class="bad" aria-label={`${t('cell')} ${column}${row}`} defaultValue={was} autoComplete="off" spellcheck={false} onInput={(e) => set(line, column, e.currentTarget.value)} /></label>
}

/** Faulty cells in their place; one correction may stand for all cells of the same value. */
function Mend({ plan, rows, cells, lineOf }: { plan: Import; rows: ImportRow[]; cells: string[][]; lineOf: Map<number, number> }) {
  const [mended, setMended] = useState<Record<string, string>>({})
  const [everywhere, setEverywhere] = useState(true)
  const [problem, setProblem] = useState<Problem>()
  const [busy, setBusy] = useState(false)
  const value = (line: number, column: string) => cells[line]?.[place(column)] ?? ''
  const set = (line: number, column: string, text: string) => setMended((old) => ({ ...old, [`${line} ${column}`]: text.normalize('NFC') }))
  const reviews = new Map<string, string>()
  for (const r of rows) for (const n of r.notes) if (n.weight === 'review') reviews.set(n.code, n.detail)

  async function send(accept?: string[]) {
    if (busy) return
    setBusy(true)
    const all = cells.map((line) => [...line])
    for (const [at, text] of Object.entries(mended)) {
      const [line, column] = at.split(' '), x = place(column), was = value(Number(line), column)
      for (let y = 0; y < all.length; y++) if (y === Number(line) || (everywhere && was && cells[y][x] === was && !(`${y} ${column}` in mended))) { while (all[y].length <= x) all[y].push(''); all[y][x] = text.trim() }
    }
    await again(plan, all, { accept }).catch(setProblem)
    setBusy(false)
  }
  const changes = Object.entries(mended).filter(([at, text]) => { const [line, column] = at.split(' '); return value(Number(line), column) !== text.trim() }).length
  return <form onSubmit={(e) => { e.preventDefault(); if (changes) void send() }} noValidate autoComplete="off">
    <Table head={[t('row'), t('name'), t('to_mend'), t('cells')]} rows={rows.slice(0, SHOWN).map((r) => ({ key: String(r.row), cells: [r.row, <Name>{r.name ?? r.key ?? '—'}</Name>,
      <ul class="notes">{r.notes.map((n, i) => <li key={i} class={n.weight === 'fault' ? 'trouble' : undefined}>{n.column && <Name>{n.column}: </Name>}{n.detail}</li>)}</ul>,
      <>{lineOf.has(r.row) && [...new Set(r.notes.filter((n) => n.column && n.weight !== 'said').map((n) => n.column!))].map((c) => <Cell key={c} row={r.row} line={lineOf.get(r.row)!} column={c} was={value(lineOf.get(r.row)!, c)} set={set} />)}</>] }))} />
    {rows.length > SHOWN && <p>{t('more_rows', { n: count(rows.length - SHOWN) })}</p>}
    <p><label><input type="checkbox" checked={everywhere} onChange={(e) => setEverywhere(e.currentTarget.checked)} /> {t('mend_all')}</label></p>
    {problem && <div class="trouble" role="alert"><Said problem={problem} saving /></div>}
    <p><button class="main" aria-disabled={busy || changes === 0}>{busy ? t('reading_list') : t('mend_n', { n: count(changes) })}</button> {changes === 0 && <span class="words">{t('mend_first')}</span>}</p>
    {reviews.size > 0 && <div class="effect"><h3>{t('accept_title')}</h3><ul>{[...reviews].map(([code, detail]) => <li key={code}>{detail} <button type="button" onClick={() => send([code])} aria-label={`${t('accept')}: ${detail}`}>{t('accept')}</button></li>)}</ul></div>}
  </form>
}

/** One change in words; a value that is a record of its own is left to the row's own page. */
const value = (v: unknown) => v == null || typeof v === 'object' ? '—' : String(v)

function Rows({ plan, action }: { plan: Import; action: string }) {
  const [after, setAfter] = useState(0)
  const page = useRead<{ items: ImportRow[]; next: number | null }>(`v1/imports/${plan.id}/rows?action=${action}&after=${after}`)
  return <Read of={page}>{({ items, next }) => items.length === 0 ? <p>{t('no_rows')}</p> : <>
    <Table head={[t('row'), t('name'), t('address'), t('changes'), t('notes')]} rows={items.slice(0, SHOWN).map((r, i) => ({ key: r.row + ' ' + i, cells: [r.row || '—',
      r.staff ? <a href={link('person', '', r.staff)} translate={false}>{r.name ?? r.key}</a> : <Name>{r.name ?? r.key ?? '—'}</Name>, <Name>{r.address ?? '—'}</Name>,
      <ul class="notes">{r.changes.filter((c) => named(c.field, 'col_') !== '—').map((c) => <li key={c.field}>{named(c.field, 'col_')}: <Name>{value(c.from)} → {value(c.to)}</Name></li>)}</ul>, <ul class="notes">{r.notes.map((n, j) => <li key={j}>{n.detail}</li>)}</ul>] }))} />
    {items.length > SHOWN ? <p><button onClick={() => setAfter(items[SHOWN - 1].row)}>{t('next_page')}</button></p> : next !== null && <p><button onClick={() => setAfter(next)}>{t('next_page')}</button></p>}
  </>}</Read>
}

function Plan({ plan, filters, may, reload }: { plan: Import; filters: URLSearchParams; may: Scope[]; reload: () => void }) {
  const { cells, lineOf, rows } = useCells(plan)
  const [problem, setProblem] = useState<Problem>()
  const there = ACTIONS.filter((a) => (plan.summary[a] ?? 0) > 0)
  const action = there.find((a) => a === filters.get('action')) ?? there[0]
  const mends = (action === 'needs_review' || action === 'failed') && cells && lineOf.size > 0
  const file = (format: string) => save(`v1/imports/${plan.id}/file?format=${format}`, `danh-sach-can-kiem-tra.${format}`).catch(setProblem)
  return <>
    <p><a class="no-print" href={link('lists')}>{t('back_lists')}</a></p>
    <h1>{plan.takes_back ? t('take_back') : named(plan.kind, 'list_')} · {moment(plan.created_at)}</h1>
    <p role="status" id="found">{summaryWords(plan.summary)}</p>
    {!plan.takes_back && <Understood plan={plan} cells={cells} />}
    <Run plan={plan} may={may} reload={reload} />
    {problem && <div class="trouble" role="alert"><Said problem={problem} /></div>}
    {!plan.takes_back && <p class="no-print"><button onClick={() => file('xlsx')}>{t('file_back')} (Excel)</button> <button onClick={() => file('csv')}>{t('file_back')} (CSV)</button></p>}
    <nav class="choice" aria-label={t('rows_by')}>{there.map((a) => <a key={a} href={link('list', withFilters(filters, { action: a }), plan.id)} aria-current={a === action ? 'true' : undefined}>{named(a, 'row_')} ({count(plan.summary[a])})</a>)}</nav>
    {action && (mends ? <Mend plan={plan} rows={rows.filter((r) => r.action === action)} cells={cells!} lineOf={lineOf} /> : <Rows key={action} plan={plan} action={action} />)}
  </>
}

export function List({ id, filters, may }: { id: string; filters: URLSearchParams; may: Scope[] }) {
  const plan = useRead<Import>('v1/imports/' + encodeURIComponent(id))
  return <Read of={plan}>{(p) => <Plan key={p.id} plan={p} filters={filters} may={may} reload={plan.again} />}</Read>
}
