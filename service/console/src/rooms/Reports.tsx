/** Papers: made, looked at, sent for good, downloaded. */
import { useState } from 'preact/hooks'
import { ActForm, type Act } from '../act'
import { link } from '../address'
import { call, save, session, useRead, type Problem, type Schema } from '../call'
import { Name, Read, Said, Table } from '../parts'
import { moment, named, t } from '../words'
import { staffFields } from '../fields'

type Report = Schema['Report']

const KINDS = ['coverage', 'locked_accounts', 'unused_accounts'] as const

/** Months, quarters and the year until now, the newest first. */
function periods(): (readonly [string, string])[] {
  const [year, month] = session.today.split('-').map(Number)
  const months = [0, 1, 2].map((back) => new Date(Date.UTC(year, month - 1 - back, 1))).map((d) => [`${d.getUTCFullYear()}-${String(d.getUTCMonth() + 1).padStart(2, '0')}`, t('period_month', { n: d.getUTCMonth() + 1, year: d.getUTCFullYear() })] as const)
  const quarter = Math.ceil(month / 3)
  return [...months, [`${year}-Q${quarter}`, t('period_quarter', { n: quarter, year })], ...(quarter > 1 ? [[`${year}-Q${quarter - 1}`, t('period_quarter', { n: quarter - 1, year })] as const] : []), [String(year), t('period_year', { year })]]
}

function Make({ made }: { made: () => void }) {
  const act: Act = {
    title: t('make_report'),
    fields: [{ name: 'kind', label: 'report_kind', kind: 'choice', required: 'choose', options: KINDS.map((k) => [k, named(k, 'report_')] as const), first: 'coverage', pointer: '#/kind' },
      { ...staffFields.unit, label: 'unit', required: undefined, sums: true }, { name: 'period', label: 'period', kind: 'choice', required: 'choose', options: periods(), pointer: '#/period' },
      { name: 'number', label: 'report_number', pointer: '#/number' }, { name: 'comment', label: 'comment', kind: 'lines', pointer: '#/comment' }],
    wish: (v) => ({ method: 'POST', path: 'v1/reports', body: { kind: v.kind, period: v.period, accept_incomplete: true, ...(v.unit && { unit: v.unit }), ...(v.number && { number: v.number }), ...(v.comment && { comment: v.comment }) } }),
    verb: () => t('make_report'), done: made,
  }
  return <ActForm act={act} form="report" close={link('reports')} />
}

function One({ r, may, changed }: { r: Report; may: boolean; changed: () => void }) {
  const [problem, setProblem] = useState<Problem>()
  const [sure, setSure] = useState(false)
  const file = (format: string) => save(`v1/reports/${r.id}/content?format=${format}`, `bao-cao-${r.unit.code}-${r.period.code ?? r.period.to}.${format}`).catch(setProblem)
  const final = () => call('PATCH', 'v1/reports/' + r.id, { state: 'final', accept_incomplete: true }, { revision: `"${r.revision}"` }).then(changed, setProblem)
  return <span class="acts no-print">
    <a href={`v1/reports/${r.id}/content?format=html`} target="_blank" rel="noopener">{t('look')}<span class="out"> {r.period.name}</span></a>
    <button onClick={() => file('pdf')}>PDF</button><button onClick={() => file('docx')}>Word</button><button onClick={() => file('xlsx')}>Excel</button><button onClick={() => file('csv')}>CSV</button>
    {r.state === 'draft' && may && (sure ? <button class="grave" onClick={final}>{t('final_sure')}</button> : <button onClick={() => setSure(true)}>{t('make_final')}</button>)}
    {problem && <span class="trouble" role="alert"><Said problem={problem} saving /></span>}
  </span>
}

export function Reports({ filters, may }: { filters: URLSearchParams; may: boolean }) {
  const list = useRead<Schema['ReportPage']>('v1/reports?page_size=50')
  return <>
    <h1>{t('reports')}</h1>
    <p class="no-print">{t('report_states_hint')}</p>
    {may && (filters.get('do') === 'make' ? <Make made={() => { list.again(); location.replace(link('reports')) }} /> : <p><a class="button" href={link('reports', 'do=make')}>{t('make_report')}</a></p>)}
    <Read of={list}>{({ items }) => items.length === 0 ? <p>{t('no_reports')}</p> : <Table head={[t('period'), t('report_kind'), t('unit'), t('state'), t('acts')]} rows={items.map((r) => ({ key: r.id, cells: [r.period.name, named(r.kind, 'report_'), <Name>{r.unit.name}</Name>,
      <>{named(r.state, 'report_')}{r.number && <> · <Name>{r.number}</Name></>} · {moment(r.final_at ?? r.frozen_at)}{r.incomplete && ` · ${t('incomplete')}`}</>, <One r={r} may={may} changed={list.again} />] }))} />}</Read>
  </>
}
