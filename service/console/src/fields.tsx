/** Fields of forms. The page never writes into a field that has the focus: values are the fields' own and are read when they are sent. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { useRead, type Schema } from './call'
import { knownIn, useUnits, type Unit } from './kept'
import { Who } from './parts'
import { CATEGORIES, choices } from './vocabulary'
import { said, t, typedDay, weekday, withoutYear, type Word } from './words'

export type Values = Record<string, string>
export type Field = {
  name: string
  label: Word
  kind?: 'day' | 'unit' | 'choice' | 'many' | 'person' | 'lines' | 'secret'
  required?: Word
  options?: (readonly [value: string, text: string])[]
  first?: string
  /** Where the service finds fault with it. */
  pointer?: string
  /** A field about somebody else: no browser fills it in. */
  mode?: 'numeric' | 'tel'
  /** So many characters at most, where it is not as usual. */
  most?: number
  hint?: Word
  /** What it says while nothing is chosen. */
  none?: Word
  /** A unit of whose figures it is, whoever knows its people. */
  sums?: true
  /** Of whom somebody is chosen: those who work, unless it says more. */
  among?: string
  but?: string
  /** Typed twice: as that field. */
  same?: string
  /** Asked only while that field has that value. */
  only?: [field: string, value: string]
  /** A day that stands in a decision alone: without that field, its number, it would be lost. */
  within?: string
  /** Kept elsewhere: read here with the reason, not typed and not sent. */
  fixed?: Word
}
type Props = { field: Field; first: string; fault?: string }

const folded = (text: string) => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/đ/gi, 'd').toLowerCase()

/** "Phòng A · Sở B · tỉnh C": two departments of one name are told apart. */
function pathOf(unit: Unit, byId: Map<string, Unit>): string {
  const names: string[] = []
  for (let at: Unit | undefined = unit; at; at = at.parent ? byId.get(at.parent.id) : undefined) names.push(said(at.name))
  return names.slice(0, 3).join(' · ')
}

/** What a choice says while nothing is chosen. */
const nothing = (field: Field) => field.none ? t(field.none) : field.required ? t('choose') : '—'

function UnitChoice({ field, first, fault }: Props) {
  const list = useUnits()
  const box = useRef<HTMLSelectElement>(null)
  const [words, setWords] = useState('')
  const [chosen, choose] = useState(first)
  // the form is told what it holds, whether it was chosen by a click or was the only one left
  const told = useRef(first)
  useLayoutEffect(() => { if (chosen !== told.current) box.current?.dispatchEvent(new Event('input', { bubbles: true })) }, [chosen])
  // another address was gone to
  useEffect(() => choose(told.current = first), [first])
  if (!list) return <p role="status">{t('loading')}</p>
  const byId = new Map(list.map((u) => [u.id, u]))
  const asked = folded(words).split(/\s+/).filter(Boolean)
  const among = (asked: string[]) => list.filter(field.sums ? () => true : knownIn(list)).map((u) => [u, pathOf(u, byId)] as const).filter(([u, path]) => asked.every((w) => folded(path + ' ' + u.code).includes(w)))
  const fits = among(asked)
  // whoever is chosen stays in the list, whatever is typed and however long it is
  const shown = fits.slice(0, 500), there = byId.get(chosen)
  if (there && !shown.some(([u]) => u === there)) shown.unshift([there, pathOf(there, byId)])
  /** The only one that fits is taken. */
  function narrow(text: string) {
    setWords(text)
    const left = text.trim() ? among(folded(text).split(/\s+/).filter(Boolean)) : []
    if (left.length === 1) choose(left[0][0].id)
  }
  return <>
    {list.length > 20 && <input id={field.name + '-words'} class="narrow" aria-label={t('narrow_units')} placeholder={t('narrow_units')} autoComplete="off" onInput={(e) => { e.stopPropagation(); narrow(e.currentTarget.value) }} />}
    <select id={field.name} name={field.name} ref={box} translate={false} aria-invalid={!!fault} aria-describedby={'fault-' + field.name} size={asked.length ? Math.min(8, Math.max(2, shown.length + 1)) : undefined} onInput={(e) => choose(told.current = e.currentTarget.value)}>
      <option value="">{fits.length ? nothing(field) : t('no_unit_fits')}</option>
      {shown.map(([u, path]) => <option key={u.id} value={u.id} selected={u.id === chosen}>{path}</option>)}
    </select>
  </>
}

/** Of a list, a unit and those below it: gone to as it is chosen. `field.first`: its id. */
export function UnitFilter({ field, go }: { field: Field; go: (unit: string) => void }) {
  return <div class="row" onInput={(e) => go((e.target as HTMLSelectElement).value)}><label for={field.name}>{t(field.label)}</label><UnitChoice field={field} first={field.first ?? ''} /></div>
}

const wordsOf = (field: Field) => field.name + ' words'

/** Found by words, chosen by a click: an address typed from memory is never taken for somebody. Who was chosen before is seen, and stays until words are typed. */
function PersonChoice({ field, first, fault }: Props) {
  const box = useRef<HTMLInputElement>(null)
  const [words, setWords] = useState('')
  const [asked, ask] = useState('')
  const [chosen, choose] = useState(first)
  // the form is told when what it holds has gone, and the focus does not go with it
  useLayoutEffect(() => {
    if (chosen === first) return
    box.current?.dispatchEvent(new Event('input', { bubbles: true }))
    box.current?.focus()
  }, [chosen])
  useEffect(() => { const timer = setTimeout(() => ask(words.trim()), 300); return () => clearTimeout(timer) }, [words])
  const found = useRead<Schema['StaffPage']>(asked ? `v1/staff?page_size=8&sort=match&status=${field.among ?? 'active,on_leave'}&q=${encodeURIComponent(asked)}` : '')
  return <>
    {chosen && !words.trim() && <p><Who id={chosen} /> <button type="button" onClick={() => choose('')}>{t('unchoose')}<span class="out"> {t(field.label)}</span></button></p>}
    <input type="hidden" name={field.name} value={words.trim() ? '' : chosen} />
    <input id={field.name} name={wordsOf(field)} ref={box} autoComplete="off" spellcheck={false} aria-invalid={!!fault} aria-describedby={'fault-' + field.name} placeholder={t('search_hint')} onInput={(e) => setWords(e.currentTarget.value)} />
    {asked && found.data && (found.data.items.length === 0 ? <p class="words">{t('nobody')}</p>
      : <fieldset class="picks"><legend class="out">{t(field.label)}</legend>{found.data.items.filter((p) => p.id !== field.but).map((p) => <label key={p.id} translate={false}>
        <input type="radio" name={field.name} value={p.id} /> {p.full_name} · {p.staff_code ?? '—'} · {p.unit?.name ?? t('elsewhere_unit')} · {p.address ?? '—'}</label>)}</fieldset>)}
  </>
}

function Day({ field, first, fault }: Props) {
  const [text, setText] = useState(first)
  return <>
    <input id={field.name} name={field.name} inputMode="numeric" placeholder={t('day_shape')} autoComplete="off" defaultValue={first} aria-invalid={!!fault}
      aria-describedby={`said-${field.name} fault-${field.name}`} onInput={(e) => setText(e.currentTarget.value)} />
    <p id={'said-' + field.name} class="words">{weekday(typedDay(text))}</p>
  </>
}

function Choice({ field, first, fault }: Props) {
  return <select id={field.name} name={field.name} aria-invalid={!!fault} aria-describedby={'fault-' + field.name}>
    {!field.options!.some(([value]) => value === '') && <option value="">{nothing(field)}</option>}
    {field.options!.map(([value, text]) => <option key={value} value={value} selected={value === first}>{text}</option>)}
  </select>
}

/** Any number of words; nothing ticked is an answer too, and kept as one. */
function Many({ field, first, fault }: Props) {
  const had = first.split(',')
  return <fieldset class="picks" id={field.name} tabIndex={-1} aria-invalid={!!fault} aria-describedby={'fault-' + field.name}><legend class="out">{t(field.label)}</legend><input type="hidden" name={field.name} value="" />
    {field.options!.map(([value, text]) => <label key={value}><input type="checkbox" name={field.name} value={value} defaultChecked={had.includes(value)} /> {text}</label>)}</fieldset>
}

function Text({ field, first, fault }: Props) {
  const same = { id: field.name, name: field.name, autoComplete: 'off', spellcheck: false, defaultValue: first, 'aria-invalid': !!fault, 'aria-describedby': 'fault-' + field.name }
  return field.kind === 'lines' ? <textarea rows={field.most ? 8 : 3} maxLength={field.most ?? 1000} {...same} /> : <input maxLength={field.most ?? 200} inputMode={field.mode} {...same} />
}

/** One's own password: the only field that a browser may fill. */
function Secret({ field, fault }: Props) {
  return <input id={field.name} name={field.name} type="password" autoComplete={field.name === 'current' ? 'current-password' : 'new-password'} aria-invalid={!!fault} aria-describedby={'fault-' + field.name} />
}

function Fixed({ field, first }: Props) {
  const shown = field.options?.find(([value]) => value === first)?.[1] ?? first
  return <input id={field.name} readOnly value={shown || '—'} aria-describedby={'why-' + field.name} />
}

const KINDS = { day: Day, unit: UnitChoice, choice: Choice, many: Many, person: PersonChoice, lines: Text, secret: Secret }

export function Row({ field, first, fault }: Props) {
  const Kind = field.fixed ? Fixed : field.kind ? KINDS[field.kind] : Text
  const Label = field.kind === 'many' ? 'span' : 'label'
  return <div class="row">
    <Label for={field.kind === 'many' ? undefined : field.name}>{t(field.label)}{!field.required && !field.same && !field.fixed && <span class="words"> {t('optional')}</span>}</Label>
    {field.hint && <p class="words">{t(field.hint)}</p>}
    {field.fixed && <p id={'why-' + field.name} class="words">{t(field.fixed)}</p>}
    <Kind field={field} first={first} fault={fault} />
    <p class="trouble" id={'fault-' + field.name}>{fault}</p>
  </div>
}

/** What is wrong before anything is sent. */
export function faultsIn(fields: Field[], values: Values): Values {
  const faults: Values = {}
  for (const f of fields.filter((f) => !f.fixed)) {
    if (f.required && !values[f.name]) faults[f.name] = t(f.required)
    else if (f.kind === 'day' && values[f.name] && !typedDay(values[f.name])) faults[f.name] = t(withoutYear(values[f.name]) ? 'day_year' : 'day_form')
    else if (f.same && values[f.name] !== values[f.same]) faults[f.name] = t('typed_unlike')
    else if (f.kind === 'person' && values[wordsOf(f)] && !values[f.name]) faults[f.name] = t('choose_person')
    if (f.within && values[f.name] && !values[f.within]) faults[f.within] = t('number_of_day')
  }
  return faults
}

const isSecret = (form: HTMLFormElement, name: string) => (form.elements.namedItem(name) as HTMLInputElement | null)?.type === 'password'

/** What a form holds, as it is sent; a password as it was typed; what was ticked with commas between. */
export function typedIn(form: HTMLFormElement): Values {
  const values: Values = {}
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') values[name] = [values[name], isSecret(form, name) ? value : value.normalize('NFC').trim()].filter(Boolean).join(',')
  return values
}

/** What a tab may keep of it. */
export const keepable = (form: HTMLFormElement): Values => Object.fromEntries(Object.entries(typedIn(form)).filter(([name]) => !isSecret(form, name)))

/* ---- fields that several forms have ---- */

const unit: Field = { name: 'unit', label: 'new_unit', kind: 'unit', required: 'choose_unit', pointer: '#/unit' }
const from: Field = { name: 'from', label: 'from_day', kind: 'day', required: 'day_form', pointer: '#/decision/effective_on' }
const number: Field = { name: 'number', label: 'decision_number', pointer: '#/decision/number' }
const signed: Field = { name: 'signed', label: 'signed_on', kind: 'day', within: 'number', pointer: '#/decision/signed_on' }
const title: Field = { name: 'title', label: 'title', pointer: '#/title' }
const category: Field = { name: 'category', label: 'category', kind: 'choice', required: 'choose_category', options: choices(CATEGORIES), pointer: '#/category' }
export const staffFields = { unit, from, number, signed, title, category }

/** A number as the contract has it; what is none goes as it was typed, and the service says so beside its field. */
export const figure = (text: string): number | string => /^\d+$/.test(text) ? Number(text) : text

/** A phone as people write it, as the contract does. */
export const mobile = (text: string) => text.replace(/[\s.\-()]/g, '').replace(/^0(?=\d{9}$)/, '+84').replace(/^84(?=\d{9}$)/, '+84')
