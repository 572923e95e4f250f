/** What changes of a unit, at once and on days that are to come, in words. */
import { Fragment, type ComponentChildren } from 'preact'
import { session, type Schema } from '../../call'
import type { Unit as Listed } from '../../kept'
import { Name, Told } from '../../parts'
import { count, day, named, said, t, type Word } from '../../words'

type Unit = Schema['Unit']
type Plan = Schema['PlannedUnit']
type Facts = Schema['HrFeedFields']
type Letterhead = NonNullable<Unit['letterhead']>

/** In the order of a paper. */
export const LETTERHEAD: [keyof Letterhead, Word][] = [['superior_body', 'superior_body'], ['issuing_body', 'issuing_body'], ['place', 'place'], ['addressees', 'addressees'], ['recipients', 'recipients'], ['on_behalf', 'on_behalf'], ['signatory_title', 'signatory_title'], ['signatory_name', 'signatory_name']]
/** Those that hold a line each. */
export const LINES = new Set<string>(['addressees', 'recipients'])
export const paperValue = (v: string | string[] | null) => Array.isArray(v) ? v.join('; ') : v ?? ''

/** "đổi tên thành ..., trực thuộc ...": only what changes. */
function parts(plan: Plan, units: Listed[]): ComponentChildren[] {
  const above = units.find((u) => u.id === plan.parent)
  return [
    plan.name && <Told word="plan_name" name={said(plan.name)} />,
    plan.kind && t('plan_kind', { kind: named(plan.kind, 'unit_') }),
    plan.block !== undefined && t('plan_block', { block: plan.block ? named(plan.block) : t('as_above') }),
    plan.parent !== undefined && (above ? <Told word="plan_parent" name={said(above.name)} /> : t('plan_parent_unseen')),
    plan.letterhead !== undefined && t(plan.letterhead ? 'plan_letterhead' : 'plan_letterhead_above'),
  ].filter(Boolean)
}

export function Plans({ plans, units }: { plans: Plan[]; units: Listed[] }) {
  return <>{plans.map((plan) => <li key={plan.from}>{t('from_on', { day: day(plan.from) })}: {parts(plan, units).map((part, i) => <Fragment key={i}>{i > 0 && ', '}{part}</Fragment>)}.{plan.from <= session.today && <span class="trouble"> {t('plan_overdue')}</span>}</li>)}</>
}

export function keeps(facts: Facts, above: boolean): string {
  if (facts?.length) return t('hr_keeps', { what: facts.map((f) => named(f, 'fact_')).join(', ') })
  return t(facts ? 'hr_keeps_nothing' : above ? 'hr_keeps_as_above' : 'hr_keeps_unsaid')
}

function lines(before: Unit, after: Unit): [Word, string, string][] {
  const both: [Word, (u: Unit) => string][] = [['col_unit_name', (u) => u.name.vi], ['unit_name_en', (u) => u.name.en ?? ''], ['col_unit_code', (u) => u.code], ['col_unit_kind', (u) => named(u.kind, 'unit_')], ['block', (u) => named(u.block)],
    ['unit_above', (u) => u.parent?.name ?? ''], ['col_slug', (u) => u.slug ?? ''], ['unit_ends', (u) => u.active_to ? day(u.active_to) : ''], ...LETTERHEAD.map(([name, word]): [Word, (u: Unit) => string] => [word, (u) => paperValue(u.letterhead?.[name] ?? null)])]
  return both.map(([word, of]): [Word, string, string] => [word, of(before), of(after)]).filter(([, was, is]) => was !== is)
}

const LISTED: Record<string, Word> = { 'name/vi': 'col_unit_name', 'name/en': 'unit_name_en', code: 'col_unit_code', kind: 'col_unit_kind', block: 'block', parent: 'col_parent', slug: 'col_slug', active_from: 'unit_begins', active_to: 'unit_ends', total: 'col_total', establishment: 'col_establishment' }

/** Changes as the service names them, in words. */
export function ListedChanges({ changes, units }: { changes: Schema['Change'][]; units: Listed[] }) {
  const told = (field: string, v: unknown) => {
    if (v == null || typeof v === 'object') return '—'
    if (typeof v === 'number') return count(v)
    const text = String(v)
    if (field === 'kind') return named(text, 'unit_')
    if (field === 'block') return named(text)
    if (field === 'parent') return said(units.find((u) => u.code === text)?.name ?? text)
    return field.startsWith('active_') ? day(text) : text
  }
  const known = changes.filter((c) => LISTED[c.field])
  return known.length ? <>{known.map(({ field, from, to }) => <li key={field}>{t(LISTED[field])}: <Name>{told(field, from)}</Name> → <b><Name>{told(field, to)}</Name></b></li>)}</> : <li>{t('other_change')}</li>
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** What holds at once, what waits for its day, and which periods that are over are counted anew. */
export function UnitChange({ before, after, units }: { before: Unit; after: Unit; units: Listed[] }) {
  const found = lines(before, after), planned = same(before.planned, after.planned) ? [] : after.planned
  return <ul>
    {found.map(([word, was, is]) => <li key={word}>{t(word)}: <Name>{was || '—'}</Name> → <b><Name>{is || '—'}</Name></b></li>)}
    <Plans plans={planned} units={units} />
    {!same(before.planned, after.planned) && after.planned.length === 0 && <li>{t('plans_called_off')}</li>}
    {found.length === 0 && same(before.planned, after.planned) && <li>{t('no_change')}</li>}
    {after.warnings?.map((w) => <li key={w.code}>{w.detail}</li>)}
  </ul>
}
