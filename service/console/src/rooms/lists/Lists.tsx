/** Lists in: what was uploaded before, and a new one, which is only looked at. */
import { useRef, useState } from 'preact/hooks'
import { link } from '../../address'
import { iso } from '../../act'
import { send, useRead, type Problem, type Schema } from '../../call'
import { draft, keepDraft } from '../../drafts'
import { faultsIn, Row, staffFields, typedIn, type Field, type Values } from '../../fields'
import { Name, Read, Said, Table } from '../../parts'
import { choices, REASONS } from '../../vocabulary'
import { count, moment, named, t } from '../../words'
import { unsent } from './Mend'

type Import = Schema['Import']
type Scope = Schema['Scope']

const KINDS = ['staff', 'leavers', 'roster', 'headcounts', 'units'] as const
const NEEDS: Record<(typeof KINDS)[number], Scope> = { staff: 'staff:write', leavers: 'departures:write', roster: 'staff:write', headcounts: 'units:write', units: 'units:write' }
/** Carries a list of that kind out, and whatever leads to it. */
export const mayOf = (kind: Import['kind'], may: Scope[]) => may.includes(NEEDS[kind])

const FIELDS: Field[] = [
  { ...staffFields.unit, label: 'list_unit', required: undefined, hint: 'list_unit_hint' },
  { ...staffFields.category, required: undefined, hint: 'list_category_hint' },
  { name: 'number', label: 'decision_number' },
  { name: 'signed', label: 'signed_on', kind: 'day', hint: 'list_signed_hint' },
  { name: 'from', label: 'from_day', kind: 'day' },
]
const ABSENT: Field = { name: 'absent', label: 'absent_people', kind: 'choice', hint: 'absent_hint', options: [['', t('absent_named')], ...choices(REASONS.filter((r) => r !== 'khac'))] }
const fieldsOf = (kind: string, may: Scope[]): Field[] => [
  { name: 'kind', label: 'list_kind', kind: 'choice', required: 'choose', options: choices(KINDS.filter((k) => mayOf(k, may)), 'list_') }, ...FIELDS, ...(kind === 'roster' && may.includes('departures:write') ? [ABSENT] : []),
]
const FORM = 'upload'
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** What the service is asked along with the file. */
function optionsOf(v: Values): URLSearchParams {
  const asked = new URLSearchParams({ kind: v.kind })
  for (const [name, value] of Object.entries({ unit: v.unit, category: v.category, decision_number: v.number, signed_on: iso(v.signed), effective_on: iso(v.from), absent_reason: v.kind === 'roster' ? v.absent : '' })) if (value) asked.set(name, value)
  return asked
}

function Upload({ may }: { may: Scope[] }) {
  const form = useRef<HTMLFormElement>(null), picker = useRef<HTMLInputElement>(null)
  // kept after a list has gone up: the next one of the same decision needs only its file
  const [first] = useState(() => draft(FORM))
  const [kind, setKind] = useState(first.kind ?? '')
  const [faults, setFaults] = useState<Values>({})
  const [problem, setProblem] = useState<Problem>()
  const [busy, setBusy] = useState(false)
  const [picked, setPicked] = useState('')
  const chosen = useRef<{ at: number; size: number }>()

  async function go(event: Event) {
    event.preventDefault()
    const given = typedIn(form.current!)
    const file = picker.current!.files?.[0]
    const wrong = { ...faultsIn(fieldsOf(given.kind, may), given), ...(!file && { file: t('choose_file') }) }
    setFaults(wrong)
    setProblem(undefined)
    if (!file || Object.keys(wrong).length || busy) return
    setBusy(true)
    // a file that was saved anew since it was chosen is not read any more, and never as it was
    const content = file.lastModified === chosen.current?.at && file.size === chosen.current.size ? await file.arrayBuffer().catch(() => undefined) : undefined
    if (!content) {
      setFaults({ file: t('file_changed') })
      picker.current!.value = ''
      setPicked('')
      setBusy(false)
      return picker.current!.focus()
    }
    try {
      const made: Import = await (await send('POST', `v1/imports?${optionsOf(given)}&name=${encodeURIComponent(file.name.normalize('NFC'))}`, content, { type: /\.xlsx$/i.test(file.name) ? XLSX : 'text/csv' })).json()
      location.hash = link('list', '', made.id)
    } catch (caught) {
      setProblem(caught as Problem)
    }
    setBusy(false)
  }
  return <form class="act" ref={form} onSubmit={go} onInput={() => { const values = typedIn(form.current!); setKind(values.kind); keepDraft(FORM, values) }} noValidate autoComplete="off">
    <h2>{t('upload')}</h2>
    {fieldsOf(kind, may).map((f) => <Row key={f.name} field={f} first={first[f.name] ?? ''} fault={faults[f.name]} />)}
    <div class="row"><label for="file">{t('file')}</label><p class="words" id="file-hint">{t('file_hint')}</p>
      <input id="file" class="out file" ref={picker} type="file" accept=".xlsx,.csv,.txt" aria-invalid={!!faults.file} aria-describedby="file-hint fault-file" onChange={(e) => { const f = e.currentTarget.files?.[0]; chosen.current = f && { at: f.lastModified, size: f.size }; setPicked(f?.name ?? '') }} />
      <p><label class="button" for="file">{t('pick_file')}</label> <Name>{picked}</Name></p>
      <p class="trouble" id="fault-file">{faults.file}</p></div>
    {problem && <div class="trouble" role="alert"><Said problem={problem} saving /></div>}
    <p><button class="main" aria-disabled={busy}>{t(busy ? 'reading_list' : 'dry_run')}</button></p>
  </form>
}

export const summaryWords = (summary: Import['summary']) => Object.entries(summary).filter(([, n]) => n > 0).map(([action, n]) => `${named(action, 'row_')}: ${count(n)}`).join(' · ') || '—'

/** Its file, or what is known of it. */
export const fileOf = (i: Import) => i.file.name ?? i.file.sheet ?? ''

/** The copies that one stands for, the latest first: each of them has another one in its stead. */
function before(i: Import, all: Import[]): Import[] {
  const direct = all.filter((x) => x.replaced_by === i.id)
  return direct.flatMap((x) => [x, ...before(x, all)]).sort((a, b) => b.created_at.localeCompare(a.created_at))
}

function Entry({ i }: { i: Import }) {
  return <>{summaryWords(i.summary)}{unsent(i.id) && <p class="trouble">{t('list_unsent')}</p>}</>
}

/** What may not be done says who can. */
function Others({ may }: { may: Scope[] }) {
  const others = KINDS.filter((k) => !mayOf(k, may)), of = (site: boolean) => others.filter((k) => (NEEDS[k] === 'units:write') === site).map((k) => named(k, 'list_')).join('; ')
  return <>{of(false) && <p class="words no-print">{t('who_can', { what: `${t('upload')} (${of(false)})` })}</p>}{of(true) && <p class="words no-print">{t('site_admin_can', { what: `${t('upload')} (${of(true)})` })}</p>}</>
}

export function Lists({ may }: { may: Scope[] }) {
  const list = useRead<{ items: Import[] }>('v1/imports')
  return <>
    <h1>{t('lists')}</h1>
    {KINDS.some((k) => mayOf(k, may)) && <Upload may={may} />}
    <Others may={may} />
    <h2>{t('lists_before')}</h2>
    <Read of={list}>{({ items }) => items.length === 0 ? <p>{t('no_lists')}</p> : <Table head={[t('uploaded_at'), t('file'), t('list_kind'), t('content')]} rows={[...items].reverse().filter((i) => !items.some((x) => x.id === i.replaced_by)).map((i) => ({ key: i.id, cells: [
      <a href={link('list', '', i.id)}>{moment(i.created_at)}</a>, <Name>{fileOf(i) || '—'}</Name>, i.takes_back ? t('take_back') : named(i.kind, 'list_'),
      <><Entry i={i} />{before(i, items).map((x) => <p class="words" key={x.id}>{t('list_replaces')} <a href={link('list', '', x.id)}>{moment(x.created_at)}</a></p>)}</>] }))} />}</Read>
  </>
}
