/** A unit itself, below its figures: what is planned of it, who keeps which facts of its people, what happened to it. */
import { Fragment, type ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { ActForm, type Act } from '../act'
import { link, withFilters } from '../address'
import { session, useRead, type Schema } from '../call'
import { useUnits, type Unit as Listed } from '../kept'
import { Read, Told } from '../parts'
import type { Field, Values } from '../fields'
import { day, named, said, t, type Word } from '../words'
import { History } from './History'

type Plan = Schema['PlannedUnit']

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

function Planned({ plans }: { plans: Plan[] }) {
  const units = useUnits()
  if (plans.length === 0 || !units) return null
  return <section>
    <h2>{t('planned_changes')}</h2>
    <ul>{plans.map((plan) => <li key={plan.from}>{t('from_on', { day: day(plan.from) })}: {parts(plan, units).map((part, i) => <Fragment key={i}>{i > 0 && ', '}{part}</Fragment>)}.{plan.from <= session.today && <span class="trouble"> {t('plan_overdue')}</span>}</li>)}</ul>
  </section>
}

type Facts = Schema['HrFeedFields']

/** In the order of a person's form. */
const FACTS: [NonNullable<Facts>[number], Word][] = [['full_name', 'name'], ['title', 'title'], ['category', 'category'], ['birth_year', 'birth_year'], ['mobile', 'mobile'], ['posts', 'posts'], ['leave', 'leave']]

function keeps(facts: Facts, above: boolean): string {
  if (facts?.length) return t('hr_keeps', { what: facts.map((f) => named(f, 'fact_')).join(', ') })
  return t(facts ? 'hr_keeps_nothing' : above ? 'hr_keeps_as_above' : 'hr_keeps_unsaid')
}

function keepingAct(unit: Schema['Unit'], path: string, done: () => void): Act {
  const above = !!unit.parent, now = unit.hr_feed_fields
  const who: Field['options'] = [['people', t('kept_by_people')], ['feed', t('kept_by_feed')]]
  const chosen = (v: Values): Facts => v.where === 'above' ? null : FACTS.map(([fact]) => fact).filter((fact) => v[fact] === 'feed')
  return {
    title: t('hr_feed'), words: t('hr_feed_words'), revision: String(unit.revision),
    fields: [{ name: 'where', label: 'hr_feed_where', kind: 'choice', required: 'choose', first: now || !above ? 'here' : 'above', options: [['here', t('hr_feed_here')], ['above', t(above ? 'as_above' : 'hr_keeps_unsaid')]], pointer: '#/hr_feed_fields' },
      ...FACTS.map(([fact, label]): Field => ({ name: fact, label, kind: 'choice', required: 'choose', options: who, first: now?.includes(fact) ? 'feed' : 'people' }))],
    wish: (v, { revision }) => ({ method: 'PATCH', path, revision, body: { hr_feed_fields: chosen(v) } }),
    effect: (answer: Schema['UnitChanges']) => <ul><li>{keeps(answer.unit.hr_feed_fields ?? null, above)}</li></ul>, verb: () => t('save'), done,
  }
}

/** Who keeps which facts is settled for the site, by whoever may everywhere; everybody else reads it. */
function Keeping({ unit, path, filters, may, again }: { unit: Schema['Unit']; path: string; filters: URLSearchParams; may: boolean; again: () => void }) {
  const [told, tell] = useState(false)
  const facts = unit.hr_feed_fields ?? null, close = link('overview', withFilters(filters, { do: '' }))
  if (!may && !facts?.length) return null
  if (may && filters.get('do') === 'keeping') return <ActForm act={keepingAct(unit, path, () => { tell(true); again(); location.replace(close) })} form={'keeping ' + unit.id} close={close} />
  return <section>
    <h2>{t('hr_feed')}</h2>
    {told && <p class="good" role="status">{t('saved')}</p>}
    <p>{keeps(facts, !!unit.parent)}</p>
    {may && <p class="no-print"><a href={link('overview', withFilters(filters, { do: 'keeping' }))} onClick={() => tell(false)}>{t('change_this')}</a></p>}
  </section>
}

export function Unit({ id, filters, may }: { id: string; filters: URLSearchParams; may: Schema['Scope'][] }) {
  const path = 'v1/units/' + encodeURIComponent(id)
  const unit = useRead<Schema['Unit']>(path)
  return <>
    <Read of={unit}>{(u) => <>
      <Planned plans={u.planned} />
      <Keeping unit={u} path={path} filters={filters} may={may.includes('units:write') && session.unit === null} again={unit.again} />
    </>}</Read>
    <History path={path + '/history'} />
  </>
}
