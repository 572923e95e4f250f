/** Faulty cells mended in their place. What was typed is the plan's, not of one tab or page of it: it is kept until the list goes up again. */
import { useEffect, useState } from 'preact/hooks'
import type { Problem, Schema } from '../../call'
import { draft, keepDraft } from '../../drafts'
import { Name, Read, Said, Table, usePages } from '../../parts'
import { count, named, t } from '../../words'
import { again, cellsOf } from './again'
import { place } from './csv'
import { useAllRows } from './rows'

type Import = Schema['Import']
type ImportRow = Schema['ImportRow']
type Cells = { of: (row: number, column: string) => string; set: (row: number, column: string, value: string) => void }

const draftOf = (plan: string) => 'list ' + plan
const at = (row: number, column: string) => `${row} ${column}`

/** Where one text means one thing in every row; who somebody is is said in each row by itself. */
const SPREADS = ['unit', 'unit_code', 'category', 'title', 'reason', 'unit_kind', 'parent', 'decision_number', 'signed_on', 'effective_on']

/** Cells of a list were typed in and not sent. */
export const unsent = (plan: string) => Object.keys(draft(draftOf(plan))).length > 0

/** What is mended of a plan, on whichever tab and page; the cells are read only for somebody who mends. */
export function useMending(plan: Import, mends: boolean) {
  const [cells, setCells] = useState<string[][]>()
  const [mended, setMended] = useState(() => draft(draftOf(plan.id)))
  const [everywhere, setEverywhere] = useState(true)
  const [problem, setProblem] = useState<Problem>()
  const [busy, setBusy] = useState(false)
  const was = (row: number, column: string) => cells?.[row - 1]?.[place(column)] ?? ''
  const changes = Object.entries(mended).map(([key, text]) => ({ row: Number(key.split(' ')[0]), column: key.split(' ')[1], text: text.trim() })).filter((m) => !cells || was(m.row, m.column) !== m.text)
  const n = changes.length, needed = mends || n > 0
  useEffect(() => { if (needed && !cells) cellsOf(plan).then(setCells, setProblem) }, [needed])
  // the tab keeps it; only closing the tab would lose it
  useEffect(() => {
    const leaving = (event: BeforeUnloadEvent) => event.preventDefault()
    if (n) addEventListener('beforeunload', leaving)
    return () => removeEventListener('beforeunload', leaving)
  }, [n > 0])

  function set(row: number, column: string, text: string) {
    setMended((old) => {
      const next = { ...old, [at(row, column)]: text.normalize('NFC') }
      keepDraft(draftOf(plan.id), next)
      return next
    })
  }
  function corrected(all: string[][]): string[][] {
    for (const { row, column, text } of changes) {
      const x = place(column), old = was(row, column), field = plan.columns.find((c) => c.column === column)?.field
      const spreads = everywhere && !!old && !!field && SPREADS.includes(field)
      for (let y = 1; y <= all.length; y++) {
        if (y !== row && !(spreads && was(y, column) === old && !(at(y, column) in mended))) continue
        while (all[y - 1].length <= x) all[y - 1].push('')
        all[y - 1][x] = text
      }
    }
    return all
  }
  async function send(more: { accept?: string[]; columns?: string } = {}) {
    if (busy) return
    setBusy(true)
    setProblem(undefined)
    await cellsOf(plan).then((all) => again(plan, corrected(all), more)).then(() => keepDraft(draftOf(plan.id), null), setProblem)
    setBusy(false)
  }
  return { cells, n, of: (row: number, column: string) => mended[at(row, column)] ?? was(row, column), set, everywhere, setEverywhere, problem, busy, send }
}
export type Mending = ReturnType<typeof useMending>

function Cell({ row, column, cells }: { row: number; column: string; cells: Cells }) {
  return <label class="cell"><span translate={false}>{column}{row}</span><input class="bad" aria-label={`${t('cell')} ${column}${row}`} defaultValue={cells.of(row, column)} autoComplete="off" spellcheck={false} onInput={(e) => cells.set(row, column, e.currentTarget.value)} /></label>
}

/** Of what a note about the whole row may be mended in. */
const MENDED_IN: Record<string, string[]> = { unit_unknown: ['unit_code', 'unit'], unit_ambiguous: ['unit_code', 'unit'], not_found: ['staff_code', 'full_name'], name_mismatch: ['staff_code', 'full_name'], code_taken: ['staff_code'], row_repeats: ['staff_code', 'full_name'], several_of_name: ['staff_code', 'birth'] }
/** What no looking at makes right. */
const NEVER_PASSES = ['unit_unknown', 'unit_ambiguous', 'not_found', 'row_repeats', 'several_of_name']

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

type Wrong = { key: string; n: number; words: string }
/** What is wrong, most often first: the column and what is said of it in its first row. */
function wrongOf(rows: ImportRow[], plan: Import): Wrong[] {
  const found = new Map<string, Wrong>()
  for (const r of rows) for (const key of wrongIn(r)) {
    const note = r.notes.find((n) => keyOf(n) === key)!, field = plan.columns.find((c) => c.column === note.column)?.field
    const known = found.get(key) ?? { key, n: 0, words: (field ? named(field, 'col_') + ': ' : '') + note.detail }
    found.set(key, { ...known, n: known.n + 1 })
  }
  return [...found.values()].sort((a, b) => b.n - a.n)
}
const keyOf = (n: ImportRow['notes'][number]) => `${n.column ?? ''} ${n.code}`
const wrongIn = (r: ImportRow) => new Set(r.notes.filter((n) => n.weight !== 'said').map(keyOf))

function WrongFilter({ rows, plan, chosen, choose }: { rows: ImportRow[]; plan: Import; chosen: string; choose: (key: string) => void }) {
  const wrong = wrongOf(rows, plan)
  if (wrong.length < 2) return null
  return <p class="row no-print"><label for="wrong">{t('wrong_filter')}</label><select id="wrong" translate={false} onChange={(e) => choose(e.currentTarget.value)}>
    <option value="">{t('wrong_all', { n: count(rows.length) })}</option>{wrong.map((w) => <option key={w.key} value={w.key} selected={w.key === chosen}>{count(w.n)} · {w.words}</option>)}</select></p>
}

const words = (m: Mending) => m.busy ? t('reading_list') : t('mend_n', { n: count(m.n) })

function Mends({ plan, rows, mending: m }: { plan: Import; rows: ImportRow[]; mending: Mending }) {
  const [wrong, choose] = useState('')
  const { shown, pager } = usePages(wrong ? rows.filter((r) => wrongIn(r).has(wrong)) : rows)
  const reviews = reviewsOf(rows)
  return <form onSubmit={(e) => { e.preventDefault(); if (m.n) void m.send() }} noValidate autoComplete="off">
    <WrongFilter rows={rows} plan={plan} chosen={wrong} choose={choose} />
    <MendTable plan={plan} rows={shown} cells={m} />
    {pager}
    <p><label><input type="checkbox" checked={m.everywhere} onChange={(e) => m.setEverywhere(e.currentTarget.checked)} /> {t('mend_all')}</label></p>
    {m.problem && <div class="trouble" role="alert"><Said problem={m.problem} saving /></div>}
    <p><button class="main" aria-disabled={m.busy || m.n === 0}>{words(m)}</button> <span class="words">{t(m.n ? 'mended_of_all' : 'mend_first')}</span></p>
    {reviews.length > 0 && <div class="effect"><h2>{t('accept_title')}</h2><ul>{reviews.map(([code, detail]) => <li key={code}>{detail} <button type="button" onClick={() => m.send({ accept: [code] })} aria-label={`${t('accept')}: ${detail}`}>{t('accept')}</button></li>)}</ul></div>}
  </form>
}

/** One correction may stand for all cells of the same value. */
export function Mend({ plan, action, mending: m }: { plan: Import; action: string; mending: Mending }) {
  const rows = useAllRows(plan, action)
  if (!m.cells) return m.problem ? <div class="trouble" role="alert"><Said problem={m.problem} saving /></div> : <p role="status">{t('loading')}</p>
  return <Read of={rows}>{(all) => <Mends plan={plan} rows={all} mending={m} />}</Read>
}

/** Where no cells are shown, that some were mended and are still to be looked at. */
export function Unsent({ mending: m }: { mending: Mending }) {
  if (m.n === 0) return null
  return <div class="effect no-print">
    <p>{t('mended_unsent', { n: count(m.n) })} <button class="main" aria-disabled={m.busy || !m.cells} onClick={() => m.send()}>{words(m)}</button></p>
    {m.problem && <div class="trouble" role="alert"><Said problem={m.problem} saving /></div>}
  </div>
}
