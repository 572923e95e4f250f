/** A unit itself, below its figures: what is planned of it and what happened to it. */
import { Fragment, type ComponentChildren } from 'preact'
import { useRead, type Schema } from '../call'
import { useUnits, type Unit as Listed } from '../kept'
import { Read, Told } from '../parts'
import { day, named, said, t } from '../words'
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
    <ul>{plans.map((plan) => <li key={plan.from}>{t('from_on', { day: day(plan.from) })}: {parts(plan, units).map((part, i) => <Fragment key={i}>{i > 0 && ', '}{part}</Fragment>)}.</li>)}</ul>
  </section>
}

export function Unit({ id }: { id: string }) {
  const path = 'v1/units/' + encodeURIComponent(id)
  const unit = useRead<Schema['Unit']>(path)
  return <>
    <Read of={unit}>{(u) => <Planned plans={u.planned} />}</Read>
    <History path={path + '/history'} />
  </>
}
