/** One list: how it was understood, what would be done, what is to be mended; then carried out, followed, taken back. */
import { useState } from 'preact/hooks'
import { link, withFilters } from '../../address'
import { save, session, useRead, type Problem, type Schema } from '../../call'
import { useSystems, useUnits, type Unit } from '../../kept'
import { Name, PersonLink, Read, Said, Table, Whole } from '../../parts'
import { count, day, moment, named, phone, said, t } from '../../words'
import { Changes } from '../person/changes'
import { ListedChanges } from '../unit/changes'
import { fileOf, mayOf, summaryWords } from './Lists'
import { Mend, Unsent, useMending, type Mending } from './Mend'
import { useRows } from './rows'
import { Run } from './Run'

type Import = Schema['Import']
type ImportRow = Schema['ImportRow']

const ACTIONS = ['needs_review', 'failed', 'create', 'update', 'move', 'depart', 'withdraw', 'reinstate', 'remove', 'needs_decision', 'changed_since', 'absent', 'unchanged'] as const
const FIELDS = ['number', 'full_name', 'family_and_middle_name', 'given_name', 'staff_code', 'former_code', 'birth', 'title', 'unit', 'unit_code', 'category', 'mobile', 'address', 'decision_number', 'signed_on', 'effective_on', 'hired_on',
  'reason', 'on', 'total', 'establishment', 'unit_name', 'unit_kind', 'parent', 'slug', 'ignored'] as const
function Understood({ plan, mending, may }: { plan: Import; mending: Mending; may: boolean }) {
  const [chosen, choose] = useState<Record<string, string>>({})
  const changed = Object.entries(chosen).map(([column, field]) => `${column}:${field}`)
  const unknown = plan.columns.filter((c) => !c.field && c.heading), known = plan.columns.filter((c) => c.field)
  const summary = known.length === plan.columns.length ? t('columns_all', { n: count(known.length) }) : t('columns_understood', { n: count(known.length), all: count(plan.columns.length), names: plan.columns.filter((c) => !c.field).map((c) => c.heading || c.column).join(', ') })
  return <details class="no-print" open={unknown.length > 0}>
    <summary>{summary}</summary>
    {plan.file.decoded && <p>{t('decoded')} <Name>{plan.file.samples.join(' · ')}</Name></p>}
    {plan.file.mixed && <p class="trouble">{t('mixed')}</p>}
    <Table head={[t('column'), t('heading'), t('meaning')]} rows={plan.columns.map((c) => ({ key: c.column, cells: [<Name>{c.column}</Name>, <Name>{c.heading || '—'}</Name>,
      !may ? named(c.field, 'col_') : <select aria-label={`${t('meaning')} ${c.column}`} onChange={(e) => choose({ ...chosen, [c.column]: e.currentTarget.value })}>
        {!c.field && <option value="">{t('not_understood')}</option>}{FIELDS.map((f) => <option key={f} value={f} selected={f === c.field}>{named(f, 'col_')}</option>)}
      </select>] }))} />
    {changed.length > 0 && <p><button class="main" aria-disabled={mending.busy} onClick={() => mending.send({ columns: changed.join(',') })}>{t('understand_again')}</button> {t('remembered')}</p>}
  </details>
}

type Body = { unit?: string; title?: string; category?: string; birth_year?: number; hired_on?: string; mobile?: string; staff_code?: string; reason?: string; effective_on?: string; decision?: { number?: string; signed_on?: string; effective_on?: string } }

/** Where the list gives no day, that of carrying out is written: said as it is. */
const startOf = (body: Body, plan: Import) => {
  const on = body.hired_on ?? body.decision?.effective_on
  return on ? day(on) : (plan.options as { here_before?: boolean }).here_before ? t('hired_unknown') : t('hired_today', { day: day(session.today) })
}

/** Of somebody new everything that would be written down, there is nothing to compare it with; of whoever leaves, when and why; of all, by which decision. */
function Wanted({ plan, row, units }: { plan: Import; row: ImportRow; units: Unit[] }) {
  const body = row.request as Body
  const unit = units.find((u) => u.id === body.unit || u.code === body.unit)
  const anew: [string, string | undefined][] = [[t('unit'), unit ? said(unit.name) : body.unit], [t('title'), body.title], [t('category'), body.category && named(body.category)], [t('birth_year'), body.birth_year ? String(body.birth_year) : undefined],
    [t('hired_on'), startOf(body, plan)], [t('mobile'), phone(body.mobile)], [t('staff_code'), body.staff_code ?? row.key ?? undefined]]
  const leaves: [string, string | undefined][] = [[t('first_day_out'), body.effective_on ? day(body.effective_on) : t('leaves_today', { day: day(session.today) })], [t('reason'), body.reason && named(body.reason)]]
  const lines = [...(row.action === 'create' ? anew : row.action === 'depart' ? leaves : row.action === 'move' && body.decision?.effective_on ? [[t('from_day'), day(body.decision.effective_on)] as [string, string]] : []),
    [t('decision'), [body.decision?.number, body.decision?.signed_on && t('signed_day', { day: day(body.decision.signed_on) })].filter(Boolean).join(', ')] as [string, string]]
  return <>{lines.map(([what, text]) => text && <li key={what}>{what}: <Name>{text}</Name></li>)}</>
}

const ofUnits = (plan: Import) => plan.kind === 'units' || plan.kind === 'headcounts'

function Rows({ plan, action }: { plan: Import; action: string }) {
  const { page, pager } = useRows(plan, action)
  const units = useUnits() ?? [], systems = useSystems() ?? []
  return <Read of={page}>{({ items, next }) => items.length === 0 ? <p>{t('no_rows')}</p> : <>
    <Table head={[t('row'), t('name'), t('address'), t('changes'), t('notes')]} rows={items.map((r, i) => ({ key: r.row + ' ' + i, cells: [r.row || '—',
      r.staff ? <PersonLink id={r.staff} name={r.name ?? r.key} /> : <Name>{r.name ?? r.key ?? '—'}</Name>, <Whole>{r.address ?? '—'}</Whole>,
      <ul class="notes">{!ofUnits(plan) && !plan.takes_back && r.request && <Wanted plan={plan} row={r} units={units} />}{r.changes.length > 0 && (ofUnits(plan) ? <ListedChanges changes={r.changes} units={units} /> : <Changes changes={r.changes} systems={systems} />)}</ul>, <ul class="notes">{r.notes.map((n, j) => <li key={j}>{n.detail}</li>)}</ul>] }))} />
    {pager(next)}
  </>}</Read>
}

function Plan({ plan, filters, may, self, again }: { plan: Import; filters: URLSearchParams; may: Schema['Scope'][]; self: string; again: () => void }) {
  const [problem, setProblem] = useState<Problem>()
  const there = ACTIONS.filter((a) => (plan.summary[a] ?? 0) > 0)
  const action = there.find((a) => a === filters.get('action')) ?? there[0]
  const mine = mayOf(plan.kind, may), mends = mine && !plan.takes_back && !plan.replaced_by && (action === 'needs_review' || action === 'failed')
  const mending = useMending(plan, mends)
  const file = (format: string) => save(`v1/imports/${plan.id}/file?format=${format}`, `danh-sach-can-kiem-tra.${format}`).catch(setProblem)
  return <>
    <p><a class="no-print" href={link('lists')}>{t('back_lists')}</a></p>
    <h1>{plan.takes_back ? t('take_back') : named(plan.kind, 'list_')} · {moment(plan.created_at)}</h1>
    {fileOf(plan) && <p>{t('file')}: <Name>{fileOf(plan)}</Name></p>}
    <p role="status" id="found">{summaryWords(plan.summary)}</p>
    {plan.replaced_by && <p class="effect">{t('list_replaced')} <a href={link('list', '', plan.replaced_by)}>{t('list_newer')}</a></p>}
    {!plan.takes_back && !plan.replaced_by && <Understood plan={plan} mending={mending} may={mine} />}
    <Run plan={plan} mine={mine} self={self} again={again} />
    {problem && <div class="trouble" role="alert"><Said problem={problem} /></div>}
    {mine && !plan.takes_back && <p class="no-print"><button onClick={() => file('xlsx')}>{t('file_back')} (Excel)</button> <button onClick={() => file('csv')}>{t('file_back')} (CSV)</button></p>}
    <nav class="choice" aria-label={t('rows_by')}>{there.map((a) => <a key={a} href={link('list', withFilters(filters, { action: a }), plan.id)} aria-current={a === action ? 'true' : undefined}>{named(a, 'row_')} ({count(plan.summary[a])})</a>)}</nav>
    {mine && !mends && !plan.replaced_by && <Unsent mending={mending} />}
    {action && (mends ? <Mend key={action} plan={plan} action={action} mending={mending} /> : <Rows key={action} plan={plan} action={action} />)}
  </>
}

export function List({ id, filters, may, self }: { id: string; filters: URLSearchParams; may: Schema['Scope'][]; self: string }) {
  const plan = useRead<Import>('v1/imports/' + encodeURIComponent(id))
  return <Read of={plan}>{(p) => <Plan key={p.id} plan={p} filters={filters} may={may} self={self} again={plan.again} />}</Read>
}
