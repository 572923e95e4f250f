/** Papers: made, looked at, sent for good, downloaded. */
import { useEffect, useState } from 'preact/hooks'
import { ActForm, type Act } from '../act'
import { link, onThisPage } from '../address'
import { call, revised, save, session, useRead, type Problem, type Schema } from '../call'
import { Name, Read, Said, Table } from '../parts'
import { language, moment, named, t } from '../words'
import { staffFields, type Field, type Values } from '../fields'

type Report = Schema['Report']

const KINDS = ['coverage', 'locked_accounts', 'unused_accounts'] as const

/** Of each kind the one that runs and what was before it: in January last year's are asked for. */
function periods(): (readonly [string, string])[] {
  const [year, month] = session.today.split('-').map(Number)
  const months = [0, 1, 2].map((back) => new Date(Date.UTC(year, month - 1 - back, 1))).map((d) => [`${d.getUTCFullYear()}-${String(d.getUTCMonth() + 1).padStart(2, '0')}`, t('period_month', { n: d.getUTCMonth() + 1, year: d.getUTCFullYear() })] as const)
  /** The one that runs, of so many a year, and the one before. */
  const two = (many: number) => [0, 1].map((back) => Math.ceil(month * many / 12) - back).map((n) => n > 0 ? { n, year } : { n: n + many, year: year - 1 })
  const nine = month > 6 ? year : year - 1
  return [...months, ...two(4).map((q) => [`${q.year}-Q${q.n}`, t('period_quarter', q)] as const), ...two(2).map((h) => [`${h.year}-H${h.n}`, t(h.n === 1 ? 'period_half_1' : 'period_half_2', { year: h.year })] as const),
    [`${nine}-9M`, t('period_nine', { year: nine })], ...[year, year - 1].map((y) => [String(y), t('period_year', { year: y })] as const)]
}

const number: Field = { name: 'number', label: 'report_number', most: 60, pointer: '#/number' }
const comment: Field = { name: 'comment', label: 'comment', kind: 'lines', most: 8000, pointer: '#/comment' }

function Make({ made }: { made: () => void }) {
  const act: Act = {
    title: t('make_report'),
    fields: [{ name: 'kind', label: 'report_kind', kind: 'choice', required: 'choose', options: KINDS.map((k) => [k, named(k, 'report_')] as const), first: 'coverage', pointer: '#/kind' },
      { ...staffFields.unit, label: 'unit', required: undefined, sums: true }, { name: 'period', label: 'period', kind: 'choice', required: 'choose', options: periods(), pointer: '#/period' },
      number, comment],
    wish: (v) => ({ method: 'POST', path: 'v1/reports', body: { kind: v.kind, period: v.period, accept_incomplete: true, ...(v.unit && { unit: v.unit }), ...(v.number && { number: v.number }), ...(v.comment && { comment: v.comment }) } }),
    verb: () => t('make_report'), done: made,
  }
  return <ActForm act={act} form="report" close={link('reports')} />
}

/** Number and comment of a draft; what is frozen of it stays. */
function Change({ id, close, changed }: { id: string; close: string; changed: () => void }) {
  const path = 'v1/reports/' + id, written = (r: Report): Values => ({ number: r.number ?? '', comment: r.comment ?? '' })
  // `revision` in the record counts editions; that of the draft is told beside it
  const [now, set] = useState<{ record: Report; revision: string }>(), [problem, setProblem] = useState<Problem>()
  useEffect(() => { revised<Report>(path).then(set, setProblem) }, [])
  if (problem) return <p class="trouble" role="alert"><Said problem={problem} /></p>
  if (!now) return <p role="status">{t('loading')}</p>
  if (now.record.state !== 'draft') return <p class="trouble" role="alert">{t('report_no_draft')}</p>
  const was = written(now.record)
  const act: Act = {
    title: t('report_change'), fields: [{ ...number, first: was.number }, { ...comment, first: was.comment }], record: path, revision: now.revision.replace(/"/g, ''), now: written, base: was,
    wish: (v, { revision, was }) => ({ method: 'PATCH', path, revision, body: Object.fromEntries(['number', 'comment'].filter((name) => v[name] !== was[name]).map((name) => [name, v[name] || null])) }),
    verb: () => t('save'), done: changed,
  }
  return <ActForm act={act} form={'report ' + id} close={close} />
}

function One({ r, change, may, changed }: { r: Report; change: string; may: boolean; changed: () => void }) {
  const [problem, setProblem] = useState<Problem>()
  const [sure, setSure] = useState(false)
  const file = (format: string) => save(`v1/reports/${r.id}/content?format=${format}`, `bao-cao-${r.unit.code}-${r.period.code ?? r.period.to}.${format}`).catch(setProblem)
  /** What is seen here is sent, or nothing: the fingerprint covers all of it. */
  async function final() {
    const now = await revised<Report>('v1/reports/' + r.id)
    if (now.record.hash !== r.hash) throw { status: 412, code: 'etag_mismatch', detail: t('report_changed') }
    await call('PATCH', 'v1/reports/' + r.id, { state: 'final', accept_incomplete: true }, { revision: now.revision })
  }
  const send = () => final().then(changed, (caught) => { setProblem(caught); setSure(false); changed() })
  return <span class="acts no-print">
    <a href={`v1/reports/${r.id}/content?format=html&lang=${language}`} target="_blank" rel="noopener">{t('look')}<span class="out"> {r.period.name}</span></a>
    <button onClick={() => file('pdf')}>PDF</button><button onClick={() => file('docx')}>Word</button><button onClick={() => file('xlsx')}>Excel</button><button onClick={() => file('csv')}>CSV</button>
    {r.state === 'draft' && may && <a href={change}>{t('change_this')}<span class="out"> {r.period.name}</span></a>}
    {r.state === 'draft' && may && (sure ? <button class="grave" onClick={send}>{t('final_sure')}</button> : <button onClick={() => setSure(true)}>{t('make_final')}</button>)}
    {problem && <span class="trouble" role="alert"><Said problem={problem} saving /></span>}
  </span>
}

export function Reports({ filters, may }: { filters: URLSearchParams; may: boolean }) {
  const token = filters.get('page_token'), list = useRead<Schema['ReportPage']>('v1/reports?page_size=50' + (token ? '&page_token=' + encodeURIComponent(token) : ''))
  const here = (act = '', of = '') => link('reports', onThisPage(filters, { do: act, of }))
  const saved = (where: string) => { list.again(); location.replace(where) }
  const draft = filters.get('do') === 'change' && may ? filters.get('of') : null
  return <>
    <h1>{t('reports')}</h1>
    <p class="no-print">{t('report_states_hint')}</p>
    {may && (filters.get('do') === 'make' ? <Make made={() => saved(link('reports'))} /> : draft ? <Change key={draft} id={draft} close={here()} changed={() => saved(here())} /> : <p><a class="button" href={link('reports', 'do=make')}>{t('make_report')}</a></p>)}
    <Read of={list}>{({ items, next_page_token: next }) => items.length === 0 ? <p>{t('no_reports')}</p> : <><Table head={[t('period'), t('report_kind'), t('unit'), t('state'), t('acts')]} rows={items.map((r) => ({ key: r.id, cells: [r.period.name, named(r.kind, 'report_'), <Name>{r.unit.name}</Name>,
      <>{named(r.state, 'report_')}{r.number && <> · <Name>{r.number}</Name></>} · {moment(r.final_at ?? r.frozen_at)}{r.incomplete && ` · ${t('incomplete')}`}</>, <One r={r} change={here('change', r.id)} may={may} changed={list.again} />] }))} />
      <nav class="pages no-print" aria-label={t('pages')}>{token && <a href={link('reports')}>{t('first_page')}</a>} {next && <a href={link('reports', 'page_token=' + encodeURIComponent(next))}>{t('older')}</a>}</nav></>}</Read>
  </>
}
