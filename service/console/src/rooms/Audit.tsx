/** Who did what: the evidence log as a plain table. */
import { useRef, useState } from 'preact/hooks'
import { iso, typedOf } from '../act'
import { link, onThisPage, withFilters } from '../address'
import { saveAll, useRead, type Problem, type Schema } from '../call'
import { faultsIn, Row, typedIn, type Field, type Values } from '../fields'
import { Name, PersonLink, Read, Said, Table } from '../parts'
import { moment, named, t } from '../words'

type Done = Schema['AuditEvent']

const FIELDS: Field[] = [{ name: 'target', label: 'audit_target', hint: 'audit_target_hint' }, { name: 'from', label: 'from', kind: 'day' }, { name: 'to', label: 'to_day', kind: 'day' }]

function Asked({ filters }: { filters: URLSearchParams }) {
  const form = useRef<HTMLFormElement>(null)
  const [faults, setFaults] = useState<Values>({})
  const first: Values = { target: filters.get('target') ?? '', from: typedOf(filters.get('from')), to: typedOf(filters.get('to')) }
  function ask(event: Event) {
    event.preventDefault()
    const values = typedIn(form.current!), wrong = faultsIn(FIELDS, values)
    setFaults(wrong)
    if (!Object.keys(wrong).length) location.hash = link('audit', withFilters(filters, { target: values.target, from: iso(values.from) ?? '', to: iso(values.to) ?? '' }))
  }
  return <form class="act no-print" ref={form} onSubmit={ask} noValidate autoComplete="off">
    {FIELDS.map((f) => <Row key={f.name} field={f} first={first[f.name]} fault={faults[f.name]} />)}
    <p><button class="main">{t('show')}</button></p>
  </form>
}

const action = (e: Done) => e.kind === 'reading' ? t('audit_reading') : e.kind === 'started' ? t('audit_started') : e.action ? named(e.action.replace('.', '_'), 'audit_') : '—'
const who = (e: Done) => e.kind === 'started' || !e.actor ? t('the_service') : e.actor_name ?? t('the_service')

function target(e: Done) {
  if (e.target?.startsWith('stf_') && e.target_name) return <PersonLink id={e.target} name={e.target_name} />
  return <Name>{e.target_name ?? '—'}</Name>
}

/** All that was asked for, from the newest on, whichever page is looked at. */
function Sheet({ asked }: { asked: URLSearchParams }) {
  const [busy, setBusy] = useState(false)
  const [said, say] = useState('')
  const [problem, setProblem] = useState<Problem>()
  const whole = new URLSearchParams(asked)
  whole.delete('page_token')
  whole.set('page_size', '500')
  async function take() {
    if (busy) return
    setBusy(true)
    say('')
    setProblem(undefined)
    await saveAll('v1/audit-events?' + whole, 'nhat-ky.csv').then((all) => say(all ? '' : t('audit_file_cut')), setProblem)
    setBusy(false)
  }
  return <p class="no-print"><button onClick={take} aria-disabled={busy}>{busy ? t('working') : t('audit_file')}</button> <span role="status">{said}</span>{problem && <span class="trouble" role="alert"><Said problem={problem} /></span>}</p>
}

export function Audit({ filters }: { filters: URLSearchParams }) {
  const asked = new URLSearchParams({ page_size: '100' })
  for (const name of ['target', 'from', 'to', 'page_token']) if (filters.get(name)) asked.set(name, filters.get(name)!)
  const list = useRead<Schema['AuditEventPage']>('v1/audit-events?' + asked)
  return <>
    <h1>{t('audit')}</h1>
    <Asked key={asked.toString()} filters={filters} />
    <Read of={list}>{(page) => <>
      {page.missing_from.length > 0 && <p class="trouble">{t('missing_from', { n: page.missing_from.length })}</p>}
      {page.items.length === 0 ? <p>{t('no_history')}</p> : <Table head={[t('at'), t('who'), t('what'), t('to_whom'), t('decision'), t('outcome')]} rows={page.items.map((e) => ({ key: e.id, mark: e.kind === 'by_hand' ? 'trouble' : undefined, cells: [
        moment(e.at), <Name>{who(e)}</Name>, action(e), target(e), <Name>{(e.decision as { number?: string } | undefined)?.number ?? '—'}</Name>, e.kind === 'intent' ? named(e.outcome, 'result_') : '—'] }))} />}
      <nav class="pages no-print" aria-label={t('pages')}>{page.next_page_token && <a href={link('audit', onThisPage(filters, { page_token: page.next_page_token }))}>{t('older')}</a>}</nav>
      <Sheet asked={asked} />
    </>}</Read>
  </>
}
