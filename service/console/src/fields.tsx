/** Fields of forms. The page never writes into a field that has the focus: values are the fields' own and are read when they are sent. */
import { useEffect, useState } from 'preact/hooks'
import { useRead, type Schema } from './call'
import { useUnits, type Unit } from './kept'
import { said, t, typedDay, weekday, type Word } from './words'

export type Values = Record<string, string>
export type Field = {
  name: string
  label: Word
  kind?: 'day' | 'unit' | 'choice' | 'person' | 'lines'
  required?: Word
  options?: (readonly [value: string, text: string])[]
  first?: string
  /** Where the service finds fault with it. */
  pointer?: string
  /** A field about somebody else: no browser fills it in. */
  mode?: 'numeric' | 'tel'
  hint?: Word
}
type Props = { field: Field; first: string; fault?: string }

const folded = (text: string) => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/đ/gi, 'd').toLowerCase()

/** "Phòng A · Sở B · tỉnh C": two departments of one name are told apart. */
function pathOf(unit: Unit, byId: Map<string, Unit>): string {
  const names: string[] = []
  for (let at: Unit | undefined = unit; at; at = at.parent ? byId.get(at.parent.id) : undefined) names.push(said(at.name))
  return names.slice(0, 3).join(' · ')
}

function UnitChoice({ field, first, fault }: Props) {
  const list = useUnits()
  const [words, setWords] = useState('')
  if (!list) return <p role="status">{t('loading')}</p>
  const byId = new Map(list.map((u) => [u.id, u]))
  const asked = folded(words).split(/\s+/).filter(Boolean)
  const fits = list.map((u) => [u, pathOf(u, byId)] as const).filter(([u, path]) => asked.every((w) => folded(path + ' ' + u.code).includes(w)))
  return <>
    {list.length > 20 && <input id={field.name + '-words'} class="narrow" aria-label={t('narrow_units')} placeholder={t('narrow_units')} autoComplete="off" onInput={(e) => { e.stopPropagation(); setWords(e.currentTarget.value) }} />}
    <select id={field.name} name={field.name} translate={false} aria-invalid={!!fault} aria-describedby={'fault-' + field.name} size={asked.length ? Math.min(8, Math.max(2, fits.length + 1)) : undefined}>
      <option value="">{fits.length ? t('choose') : t('no_unit_fits')}</option>
      {fits.slice(0, 500).map(([u, path]) => <option key={u.id} value={u.id} selected={u.id === first}>{path}</option>)}
    </select>
  </>
}

/** Found by words, chosen by a click: an address typed from memory is never taken for somebody. */
function PersonChoice({ field, first, fault }: Props) {
  const [words, setWords] = useState('')
  const [asked, ask] = useState('')
  useEffect(() => { const timer = setTimeout(() => ask(words.trim()), 300); return () => clearTimeout(timer) }, [words])
  const found = useRead<Schema['StaffPage']>(asked ? `v1/staff?page_size=8&status=active,on_leave&q=${encodeURIComponent(asked)}` : '')
  return <>
    <input id={field.name} autoComplete="off" spellcheck={false} aria-invalid={!!fault} aria-describedby={'fault-' + field.name} placeholder={t('search_hint')} onInput={(e) => setWords(e.currentTarget.value)} />
    {first && !asked && <input type="hidden" name={field.name} value={first} />}
    {asked && found.data && (found.data.items.length === 0 ? <p class="words">{t('nobody')}</p>
      : <fieldset class="picks"><legend class="out">{t(field.label)}</legend>{found.data.items.map((p) => <label key={p.id} translate={false}>
        <input type="radio" name={field.name} value={p.id} /> {p.full_name} · {p.unit?.name ?? t('elsewhere_unit')} · {p.address ?? '—'}</label>)}</fieldset>)}
  </>
}

function Day({ field, first, fault }: Props) {
  const [text, setText] = useState(first)
  return <>
    <input id={field.name} name={field.name} inputMode="numeric" placeholder="dd/mm/yyyy" autoComplete="off" defaultValue={first} aria-invalid={!!fault}
      aria-describedby={`said-${field.name} fault-${field.name}`} onInput={(e) => setText(e.currentTarget.value)} />
    <p id={'said-' + field.name} class="words">{weekday(typedDay(text))}</p>
  </>
}

function Choice({ field, first, fault }: Props) {
  return <select id={field.name} name={field.name} aria-invalid={!!fault} aria-describedby={'fault-' + field.name}>
    {!field.options!.some(([value]) => value === '') && <option value="">{t('choose')}</option>}
    {field.options!.map(([value, text]) => <option key={value} value={value} selected={value === first}>{text}</option>)}
  </select>
}

function Text({ field, first, fault }: Props) {
  const same = { id: field.name, name: field.name, autoComplete: 'off', spellcheck: false, defaultValue: first, 'aria-invalid': !!fault, 'aria-describedby': 'fault-' + field.name }
  return field.kind === 'lines' ? <textarea rows={3} maxLength={1000} {...same} /> : <input maxLength={200} inputMode={field.mode} {...same} />
}

const KINDS = { day: Day, unit: UnitChoice, choice: Choice, person: PersonChoice, lines: Text }

export function Row({ field, first, fault }: Props) {
  const Kind = field.kind ? KINDS[field.kind] : Text
  return <div class="row">
    <label for={field.name}>{t(field.label)}{!field.required && <span class="words"> {t('optional')}</span>}</label>
    {field.hint && <p class="words">{t(field.hint)}</p>}
    <Kind field={field} first={first} fault={fault} />
    <p class="trouble" id={'fault-' + field.name}>{fault}</p>
  </div>
}

/** What is wrong before anything is sent. */
export function faultsIn(fields: Field[], values: Values): Values {
  const faults: Values = {}
  for (const f of fields) {
    if (f.required && !values[f.name]) faults[f.name] = t(f.required)
    else if (f.kind === 'day' && values[f.name] && !typedDay(values[f.name])) faults[f.name] = t('day_form')
  }
  return faults
}
