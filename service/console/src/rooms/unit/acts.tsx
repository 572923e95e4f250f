/** What can be done about a unit: each says what it asks, what it sends and what its effect is in words. */
import { iso, typedOf, type Act } from '../../act'
import { arrival, link } from '../../address'
import { all, session, type Schema } from '../../call'
import { figure, staffFields, type Field, type Values } from '../../fields'
import { forget, systemName, type System, type Unit as Listed } from '../../kept'
import { Name, Told } from '../../parts'
import { BLOCKS, CATEGORIES, choices, UNIT_KINDS } from '../../vocabulary'
import { count, day, named, said, t, type Word } from '../../words'
import { toCsv } from '../lists/csv'
import { keeps, LETTERHEAD, LINES, UnitChange } from './changes'

export type Unit = Schema['Unit']
type Scope = Schema['Scope']
type Required = Schema['Required']
type Facts = Schema['HrFeedFields']
/** `of`: which day of a headcount, which holder, which rule of a system as it was written. */
export type Doing = { unit: Unit; units: Listed[]; mailbox?: Schema['UnitMailbox']; systems: System[]; system?: System; of: string; again: () => void; done: (said: string) => void }

const path = (u: Unit) => 'v1/units/' + encodeURIComponent(u.id!)
const common = ({ unit, again }: Doing) => ({ record: path(unit), revision: String(unit.revision), anew: again })
const effect = (d: Doing) => (answer: Schema['UnitChanges']) => <UnitChange before={d.unit} after={answer.unit} units={d.units} />
const finish = (d: Doing, words: Word) => () => { forget(); d.done(t(words)) }

type Maker = (d: Doing) => Act

/* ---- what it is ---- */

const from: Field = { ...staffFields.from, label: 'unit_from', hint: 'unit_from_hint', required: undefined, pointer: '#/effective_on' }
const called: Field = { name: 'called', label: 'col_unit_name', required: 'fill_in', pointer: '#/name/vi' }
const calledEn: Field = { name: 'called_en', label: 'unit_name_en', pointer: '#/name/en' }
const code: Field = { name: 'code', label: 'col_unit_code', hint: 'unit_code_hint', required: 'fill_in', pointer: '#/code' }
const slug: Field = { name: 'slug', label: 'col_slug', hint: 'slug_hint', pointer: '#/slug' }
const kind: Field = { name: 'unit_kind', label: 'col_unit_kind', kind: 'choice', required: 'choose', options: choices(UNIT_KINDS, 'unit_'), pointer: '#/kind' }
const parent: Field = { ...staffFields.unit, name: 'parent', label: 'unit_above', pointer: '#/parent', sums: true }
const blocks = (...first: [string, string][]): Field => ({ name: 'block', label: 'block', kind: 'choice', options: [...first, ...choices(BLOCKS)], pointer: '#/block' })

const add: Maker = (d) => ({
  title: t('unit_add'), words: <Told word="unit_add_words" name={said(d.unit.name)} />,
  fields: [called, calledEn, code, kind, { ...parent, first: d.unit.id! }, blocks(['', t('as_above')]), slug, { ...from, label: 'unit_begins', hint: undefined, pointer: '#/active_from' }],
  wish: (v) => ({ method: 'POST', path: 'v1/units', body: { code: v.code, name: { vi: v.called, ...(v.called_en && { en: v.called_en }) }, kind: v.unit_kind, parent: v.parent, ...(v.block && { block: v.block }), ...(v.slug && { slug: v.slug }), ...(v.from && { active_from: iso(v.from) }) } }),
  effect: (u: Unit) => <ul>
    <li><b translate={false}>{said(u.name)}</b> · {named(u.kind, 'unit_')} · {t('block')} {named(u.block)}</li>
    <li><Told word="unit_below_of" name={u.parent?.name ?? '—'} /> · {t('col_unit_code')} <Name>{u.code}</Name></li>
  </ul>,
  verb: (v) => t('unit_add_save', { name: v.called }),
  done: (u: Unit | undefined, v) => { forget(); arrival.said = t('unit_added', { name: v.called }); location.replace(link('unit', '', u?.id ?? d.unit.id!)) },
})

const facts = (u: Unit): Values => ({ called: u.name.vi, called_en: u.name.en ?? '', code: u.code, unit_kind: u.kind, slug: u.slug ?? '' })
const edit: Maker = (d) => {
  const was = facts(d.unit), first = (f: Field): Field => ({ ...f, first: was[f.name] })
  return {
    ...common(d), title: t('unit_edit'),
    fields: [first(called), first(calledEn), first(code), first(kind), blocks(['', t('block_stays', { block: named(d.unit.block) })], ...(d.unit.parent ? [['above', t('as_above')] as [string, string]] : [])), first(slug), from],
    wish: (v, { revision, was }) => {
      const differs = (name: string) => (v[name] ?? '') !== was[name]
      const name = { ...(differs('called') && { vi: v.called }), ...(differs('called_en') && { en: v.called_en || null }) }
      return { method: 'PATCH', path: path(d.unit), revision, body: { ...(Object.keys(name).length && { name }), ...(differs('code') && { code: v.code }), ...(differs('unit_kind') && { kind: v.unit_kind }), ...(differs('slug') && { slug: v.slug || null }),
        ...(v.block && { block: v.block === 'above' ? null : v.block }), ...(v.from && { effective_on: iso(v.from) }) } }
    },
    effect: effect(d), verb: () => t('save'), done: finish(d, 'saved'), now: facts,
  }
}

const above = (u: Unit): Values => ({ parent: u.parent?.id ?? '' })
const move: Maker = (d) => ({
  ...common(d), title: t('unit_move'), words: t('unit_move_words'), fields: [{ ...parent, label: 'unit_above_new', first: undefined }, from],
  wish: (v, { revision }) => ({ method: 'PATCH', path: path(d.unit), revision, body: { parent: v.parent, ...(v.from && { effective_on: iso(v.from) }) } }),
  effect: effect(d), verb: () => t('unit_move_save', { name: said(d.unit.name) }), done: finish(d, 'saved'), now: above,
})

const end: Field = { ...staffFields.from, label: 'unit_ends', hint: 'unit_ends_hint', pointer: '#/active_to' }
const dissolve: Maker = (d) => ({
  ...common(d), title: t('unit_dissolve'), grave: true, words: <>{t('unit_dissolve_words')} <a href={link('unit', 'do=merge', d.unit.id!)}>{t('unit_merge')}</a></>, fields: [end],
  wish: (v, { revision }) => ({ method: 'PATCH', path: path(d.unit), revision, body: { active_to: iso(v.from) } }),
  effect: (answer: Schema['UnitChanges']) => <ul>
    <li><Told word="unit_ends_on" name={said(d.unit.name)} day={day(answer.unit.active_to!)} /></li><li>{t('unit_ends_code')}</li>
    {d.mailbox && <li><Told word="unit_ends_mailbox" address={d.mailbox.address} /></li>}
  </ul>,
  verb: (v) => t('unit_dissolve_save', { name: said(d.unit.name), day: v.from }), done: finish(d, 'saved'), now: (u: Unit) => ({ from: typedOf(u.active_to) }),
})
const revive: Maker = (d) => ({
  ...common(d), title: t('unit_revive'), fields: [],
  wish: (_, { revision }) => ({ method: 'PATCH', path: path(d.unit), revision, body: { active_to: null } }),
  effect: effect(d), verb: () => t('unit_revive'), done: finish(d, 'saved'), now: () => ({}),
})
const remove: Maker = (d) => ({
  ...common(d), title: t('unit_remove'), grave: true, words: t('unit_remove_words'), fields: [],
  wish: (_, { revision }) => ({ method: 'DELETE', path: path(d.unit), revision }),
  effect: () => <ul><li><Told word="unit_remove_effect" name={said(d.unit.name)} code={d.unit.code} /></li></ul>, verb: () => t('unit_remove_save', { name: said(d.unit.name) }),
  done: () => { forget(); arrival.said = t('unit_removed', { name: said(d.unit.name) }); location.replace(d.unit.parent ? link('unit', '', d.unit.parent.id) : link('overview')) },
})

/** The people of a unit go to another one by a list: it is looked at row by row, stops at the brake and can be taken back as a whole. */
async function movers(from: Unit, to: Listed): Promise<string> {
  const people = await all<Schema['StaffListItem']>(`v1/staff?unit=${from.id}&recursive=false&status=pending,active,on_leave,departing`)
  if (people.length === 0) throw { status: 422, code: '', detail: t('merge_nobody') }
  return toCsv([['Số hiệu', 'Họ và tên', 'Địa chỉ thư', 'Mã đơn vị'], ...people.map((p) => [p.staff_code ?? '', p.full_name, p.address ?? '', to.code])])
}
const merge: Maker = (d) => {
  const below = d.units.filter((u) => u.parent?.id === d.unit.id)
  return {
    title: t('unit_merge'),
    words: <><Told word="unit_merge_words" name={said(d.unit.name)} />{below.length > 0 && <> <Told word="unit_merge_below" names={below.map((u) => said(u.name)).join(', ')} /></>}</>,
    fields: [{ ...staffFields.unit, name: 'into', label: 'unit_merge_into' }, staffFields.from, { ...staffFields.number, required: 'number_needed' }, staffFields.signed],
    wish: async (v) => {
      const asked = new URLSearchParams({ kind: 'staff', decision_number: v.number, effective_on: iso(v.from)!, ...(v.signed && { signed_on: iso(v.signed)! }) })
      return { method: 'POST', path: 'v1/imports?' + asked, body: await movers(d.unit, d.units.find((u) => u.id === v.into)!), type: 'text/csv' }
    },
    verb: () => t('unit_merge_look'), done: (plan: Schema['Import']) => { location.hash = link('list', '', plan.id) },
  }
}

/* ---- its papers ---- */

const papers = (u: Unit): Values => Object.fromEntries(LETTERHEAD.map(([name]) => { const v = u.letterhead?.[name]; return [name, Array.isArray(v) ? v.join('\n') : v ?? ''] }))
const letterhead: Maker = (d) => {
  const was = papers(d.unit)
  return {
    ...common(d), title: t('letterhead'), words: t('letterhead_words'),
    fields: [...LETTERHEAD.map(([name, label]): Field => ({ name, label, first: was[name], pointer: '#/letterhead/' + name, ...(LINES.has(name) && { kind: 'lines', hint: 'line_each' }) })), from],
    wish: (v, { revision, was }) => {
      const lines = (text: string) => text.split('\n').map((x) => x.trim()).filter(Boolean)
      // what was not touched is left out, so that it stays as somebody else may have made it
      const mine = LETTERHEAD.filter(([name]) => (v[name] ?? '') !== was[name]).map(([name]) => [name, v[name] ? LINES.has(name) ? lines(v[name]) : v[name] : null] as const)
      return { method: 'PATCH', path: path(d.unit), revision, body: { ...(mine.length && { letterhead: Object.fromEntries(mine) }), ...(v.from && { effective_on: iso(v.from) }) } }
    },
    effect: effect(d), verb: () => t('save'), done: finish(d, 'saved'), now: papers,
  }
}

/* ---- how many work there ---- */

const by = (c: string) => 'by_category/' + c
const declare: Maker = (d) => ({
  title: t('headcount'), words: t('headcount_words'),
  fields: [{ ...staffFields.from, label: 'headcount_on', first: typedOf(session.today) }, { name: 'total', label: 'col_total', mode: 'numeric', required: 'fill_in', pointer: '#/total' },
    ...CATEGORIES.map((c, i): Field => ({ name: by(c), label: c, mode: 'numeric', ...(i === 0 && { pointer: '#/by_category' }) })), { name: 'establishment', label: 'col_establishment', hint: 'establishment_hint', mode: 'numeric', pointer: '#/establishment' }, { name: 'source', label: 'source', pointer: '#/source' }],
  wish: (v) => {
    const split = CATEGORIES.filter((c) => v[by(c)]).map((c) => [c, figure(v[by(c)])] as const)
    return { method: 'PUT', path: `${path(d.unit)}/headcounts/${iso(v.from)}`, body: { total: figure(v.total), ...(split.length && { by_category: Object.fromEntries(split) }), ...(v.establishment && { establishment: figure(v.establishment) }), ...(v.source && { source: v.source }) } }
  },
  effect: (h: Schema['Headcount']) => <ul><li>{t('from_on', { day: day(h.on) })}: <b>{t('found', { n: count(h.total) })}</b>. {t('headcount_until')}</li>{h.warnings.map((w) => <li key={w.code} class="trouble">{w.detail}</li>)}</ul>,
  verb: () => t('save'), done: finish(d, 'saved'),
})
const undeclare: Maker = (d) => ({
  title: t('headcount_wrong'), words: t('headcount_wrong_words', { day: day(d.of) }), grave: true, fields: [{ name: 'because', label: 'reason', required: 'reason_needed', pointer: '#/reason' }],
  wish: (v) => ({ method: 'POST', path: path(d.unit) + '/corrections', body: { kind: 'wrong_headcount', on: d.of, reason: v.because } }),
  effect: (x: Schema['UnitCorrection']) => <ul><li>{t('headcount_gone', { day: day(x.removed.on), n: count(x.removed.total) })}</li></ul>, verb: () => t('headcount_wrong'), done: finish(d, 'saved'),
})

/* ---- its mailbox ---- */

const holders = (m: Schema['UnitMailbox']) => <ul>
  <li>{t('mailbox')}: <b translate={false}>{m.address}</b></li>
  <li>{t('read_by')}: {m.holders.length ? <Name>{m.holders.map((h) => h.staff.full_name).join(', ')}</Name> : '—'}{m.holder_count > m.holders.length && ` · ${t('holders_elsewhere', { n: m.holder_count - m.holders.length })}`}</li>
</ul>
const now = (d: Doing) => (d.mailbox?.holders ?? []).map((h) => h.staff.id)
const hold: Maker = (d) => ({
  title: t(d.mailbox ? 'holder_add' : 'mailbox_give'), words: t('hand_over_words'),
  fields: [{ name: 'holder', label: 'new_holder', kind: 'person', required: 'choose_person', pointer: '#/holders' }, ...(d.mailbox ? [] : [{ name: 'own_name', label: 'own_name', hint: 'own_name_hint', pointer: '#/login' } satisfies Field])],
  wish: (v) => ({ method: 'PUT', path: path(d.unit) + '/mailbox', body: { holders: [...new Set([...now(d), v.holder])], ...(v.own_name && { login: v.own_name }) } }),
  effect: holders, verb: () => t(d.mailbox ? 'holder_add' : 'mailbox_give'), done: finish(d, 'saved'),
})
const unhold: Maker = (d) => ({
  title: t('holder_end'), words: <Told word="holder_end_words" name={d.mailbox?.holders.find((h) => h.staff.id === d.of)?.staff.full_name ?? '—'} />, grave: true, fields: [],
  wish: () => ({ method: 'PUT', path: path(d.unit) + '/mailbox', body: { holders: now(d).filter((id) => id !== d.of) } }),
  effect: holders, verb: () => t('holder_end'), done: finish(d, 'saved'),
})

/* ---- what the site settles ---- */

const many = (name: keyof Required, label: Word, words: readonly string[], prefix: string, rule?: Required): Field => ({ name, label, hint: 'none_is_all', kind: 'many', options: choices(words, prefix), first: (rule?.[name] ?? []).join(','), pointer: '#/required_for' })
const listed = (text: string | undefined, by = ',') => (text ?? '').split(by).map((x) => x.trim()).filter(Boolean)
const systemPath = (s: System) => 'v1/systems/' + encodeURIComponent(s.id)
const requireOf = (d: Doing, words: Word, rules: (v: Values) => unknown[], fields: Field[], grave = false): Act => ({
  title: t(words, { system: systemName(d.systems, d.system!.id) }), words: t('require_words'), grave, fields, record: systemPath(d.system!), anew: forget,
  // the whole list is sent: its revision is that of the list it was made of
  wish: (v) => ({ method: 'PATCH', path: systemPath(d.system!), revision: `"${d.system!.revision}"`, body: { required_for: rules(v) } }),
  effect: (answer: Schema['SystemChanges']) => <ul>{answer.system.required_for.length === 0 && <li>{t('required_nobody')}</li>}{answer.system.required_for.map((r, i) => <li key={i}>{ruleWords(r)}</li>)}<li>{t('require_effect')}</li></ul>,
  verb: () => t('save'), done: finish(d, 'saved'),
})
/** Found by what it says: its place in the list is another one as soon as somebody changes the list. */
export const ruleKey = (r: Required) => JSON.stringify(r)
function otherRules(d: Doing): { before: Required[]; after: Required[] } {
  const rules = d.system!.required_for, at = rules.findIndex((r) => ruleKey(r) === d.of)
  if (at < 0) throw { status: 409, code: '', detail: t('rule_gone') }
  return { before: rules.slice(0, at), after: rules.slice(at + 1) }
}
const require: Maker = (d) => {
  const rules = d.system!.required_for, rule = rules.find((r) => ruleKey(r) === d.of)
  return requireOf(d, d.of ? 'require_change' : 'require_add', (v) => {
    const mine = { blocks: listed(v.blocks), unit_kinds: listed(v.unit_kinds), categories: listed(v.categories), positions: listed(v.positions, '\n') }
    if (!d.of) return [...rules, mine]
    const { before, after } = otherRules(d)
    return [...before, mine, ...after]
  }, [many('blocks', 'block', BLOCKS, '', rule), many('unit_kinds', 'col_unit_kind', UNIT_KINDS, 'unit_', rule), many('categories', 'category', CATEGORIES, '', rule),
    { name: 'positions', label: 'title', hint: 'positions_hint', kind: 'lines', first: (rule?.positions ?? []).join('\n') }])
}
const unrequire: Maker = (d) => requireOf(d, 'require_end_of', () => { const { before, after } = otherRules(d); return [...before, ...after] }, [], true)

/** Whom a rule means, in words. */
export function ruleWords(r: Required): string {
  const of = (words: readonly string[], prefix = '') => words.map((w) => named(w, prefix)).join(', ')
  return [r.categories.length ? of(r.categories) : t('any_category'), r.blocks.length && `${t('block')}: ${of(r.blocks)}`, r.unit_kinds.length && `${t('col_unit_kind')}: ${of(r.unit_kinds, 'unit_')}`, r.positions.length && `${t('title')}: ${r.positions.join(', ')}`].filter(Boolean).join(' · ')
}

/** In the order of a person's form. */
export const FACTS: [NonNullable<Facts>[number], Word][] = [['full_name', 'name'], ['title', 'title'], ['category', 'category'], ['birth_year', 'birth_year'], ['mobile', 'mobile'], ['posts', 'posts'], ['leave', 'leave']]
const keptBy = (u: Unit): Values => ({ where: u.hr_feed_fields || !u.parent ? 'here' : 'above', ...Object.fromEntries(FACTS.map(([fact]) => [fact, u.hr_feed_fields?.includes(fact) ? 'feed' : 'people'])) })
const keeping: Maker = (d) => {
  const higher = !!d.unit.parent, was = keptBy(d.unit)
  const who: Field['options'] = [['people', t('kept_by_people')], ['feed', t('kept_by_feed')]]
  const chosen = (v: Values): Facts => v.where === 'above' ? null : FACTS.map(([fact]) => fact).filter((fact) => v[fact] === 'feed')
  return {
    ...common(d), title: t('hr_feed'), words: t('hr_feed_words'),
    fields: [{ name: 'where', label: 'hr_feed_where', kind: 'choice', required: 'choose', first: was.where, options: [['here', t('hr_feed_here')], ['above', t(higher ? 'as_above' : 'hr_keeps_unsaid')]], pointer: '#/hr_feed_fields' },
      ...FACTS.map(([fact, label]): Field => ({ name: fact, label, kind: 'choice', required: 'choose', options: who, first: was[fact] }))],
    wish: (v, { revision }) => ({ method: 'PATCH', path: path(d.unit), revision, body: { hr_feed_fields: chosen(v) } }),
    effect: (answer: Schema['UnitChanges']) => <ul><li>{keeps(answer.unit.hr_feed_fields ?? null, higher)}</li></ul>, verb: () => t('save'), done: finish(d, 'saved'), now: keptBy,
  }
}

/** `mends`: rare; `unlisted`: reached from its own line; `site`: for who may everywhere. */
type Entry = { make: Maker; scope: Scope; word: Word; fits: (d: Doing) => boolean; mends?: true; unlisted?: true; site?: true }
const goesOn = (d: Doing) => !d.unit.active_to
const always = () => true

/** In the order of how often they are needed. */
export const ACTS: Record<string, Entry> = {
  add: { make: add, scope: 'units:write', word: 'unit_add', fits: goesOn },
  edit: { make: edit, scope: 'units:write', word: 'unit_edit', fits: always },
  declare: { make: declare, scope: 'units:write', word: 'headcount', fits: always },
  move: { make: move, scope: 'units:write', word: 'unit_move', fits: goesOn },
  merge: { make: merge, scope: 'units:write', word: 'unit_merge', fits: goesOn },
  dissolve: { make: dissolve, scope: 'units:write', word: 'unit_dissolve', fits: goesOn },
  revive: { make: revive, scope: 'units:write', word: 'unit_revive', fits: (d) => !goesOn(d) },
  remove: { make: remove, scope: 'units:write', word: 'unit_remove', fits: always, mends: true },
  letterhead: { make: letterhead, scope: 'units:write', word: 'change_this', fits: always, unlisted: true },
  undeclare: { make: undeclare, scope: 'units:write', word: 'headcount_wrong', fits: (d) => !!d.of, unlisted: true },
  hold: { make: hold, scope: 'accounts:write', word: 'holder_add', fits: always, unlisted: true },
  unhold: { make: unhold, scope: 'accounts:write', word: 'holder_end', fits: (d) => !!d.mailbox && !!d.of, unlisted: true },
  require: { make: require, scope: 'systems:write', word: 'change_this', fits: (d) => !!d.system, unlisted: true, site: true },
  unrequire: { make: unrequire, scope: 'systems:write', word: 'require_end', fits: (d) => !!d.system && !!d.of, unlisted: true, site: true },
  keeping: { make: keeping, scope: 'units:write', word: 'change_this', fits: always, unlisted: true, site: true },
}
export const allowed = (act: Entry, may: Scope[]) => may.includes(act.scope) && (!act.site || session.unit === null)
