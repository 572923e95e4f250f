/** One unit: what it is, has and must have, in time; and everything that can be done about it. */
import { Fragment } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { ActForm } from '../../act'
import { arrival, link } from '../../address'
import { session, useRead, type Problem, type Schema } from '../../call'
import { useSystems, useUnits, type System, type Unit as Listed } from '../../kept'
import { Name, PersonLink, Read, Table, Trouble } from '../../parts'
import { count, day, named, said, t } from '../../words'
import { History } from '../History'
import { ACTS, allowed, ruleKey, ruleWords, type Doing, type Unit as One } from './acts'
import { keeps, LETTERHEAD, paperValue, Plans } from './changes'

type Scope = Schema['Scope']
type Own = { u: One; may: Scope[] }

const doing = (u: One, name: string, more = '') => link('unit', `do=${name}${more && '&' + more}`, u.id!)
const can = (may: Scope[], name: string) => allowed(ACTS[name], may)
const UnitLink = ({ unit }: { unit: { id: string; name: string } }) => <a href={link('unit', '', unit.id)} translate={false}>{unit.name}</a>

/** What may not be done says why and who can; it is not hidden. */
function Acts({ d, may }: { d: Doing; may: Scope[] }) {
  const fit = Object.entries(ACTS).filter(([, act]) => !act.unlisted && act.fits(d)), mine = fit.filter(([, act]) => allowed(act, may))
  const mends = mine.filter(([, act]) => act.mends)
  if (mine.length === 0) return <p class="words no-print">{t('site_admin_can', { what: fit.filter(([, act]) => !act.mends).map(([, act]) => t(act.word)).join(', ') })}</p>
  return <>
    <p class="acts no-print">{mine.filter(([, act]) => !act.mends).map(([name, act]) => <a key={name} class="button" href={doing(d.unit, name)}>{t(act.word)}</a>)}</p>
    {mends.length > 0 && <p class="acts no-print"><span class="words">{t('mends')}:</span> {mends.map(([name, act]) => <a key={name} href={doing(d.unit, name)}>{t(act.word)}</a>)}</p>}
  </>
}

function Below({ u, units }: { u: One; units: Listed[] }) {
  const below = units.filter((x) => x.parent?.id === u.id)
  if (below.length === 0) return null
  return <section><h2>{t('units_below', { n: count(below.length) })}</h2>
    <ul class="columns">{below.map((x) => <li key={x.id}><UnitLink unit={{ id: x.id, name: said(x.name) }} />{x.active_to && ` — ${t('unit_ends_short', { day: day(x.active_to) })}`}</li>)}</ul></section>
}

const split = (h: Schema['Headcount']) => Object.entries(h.by_category ?? {}).map(([c, n]) => `${named(c)} ${count(n)}`).join(', ') || '—'

function Headcounts({ u, may }: Own) {
  const list = useRead<Schema['HeadcountList']>(`v1/units/${encodeURIComponent(u.id!)}/headcounts`)
  const [all, showAll] = useState(false), FEW = 6
  return <section>
    <h2>{t('headcounts')}</h2>
    <Read of={list}>{({ items }) => items.length === 0 ? <p>{t('no_headcounts')}</p> : <>
      <Table head={[t('col_on'), t('col_total'), t('category'), t('col_establishment'), t('source'), ...(can(may, 'undeclare') ? [t('acts')] : [])]} rows={(all ? items : items.slice(0, FEW)).map((h) => ({ key: h.on, cells: [day(h.on), count(h.total), split(h), h.establishment === null ? '—' : count(h.establishment), <Name>{h.source ?? '—'}</Name>,
        ...(can(may, 'undeclare') ? [<a class="no-print" href={doing(u, 'undeclare', 'of=' + h.on)}>{t('headcount_wrong')}<span class="out"> {day(h.on)}</span></a>] : [])] }))} />
      {!all && items.length > FEW && <p class="no-print"><button onClick={() => showAll(true)}>{t('show_all', { n: count(items.length) })}</button></p>}
    </>}</Read>
  </section>
}

function Mailbox({ u, may, mailbox, problem, again }: Own & { mailbox?: Schema['UnitMailbox']; problem?: Problem; again: () => void }) {
  const none = problem?.code === 'unit_mailbox_not_found'
  return <section>
    <h2>{t('mailbox')}</h2>
    {problem && !none && <Trouble problem={problem} again={again} />}
    {none && <p>{t('no_mailbox')}</p>}
    {mailbox && <>
      <p><b translate={false}>{mailbox.address}</b> · {t('read_by')}: {mailbox.holder_count === 0 && <span class="trouble">{t('hand_no_holder')}</span>}</p>
      <ul>{mailbox.holders.map((h) => <li key={h.staff.id}><PersonLink id={h.staff.id} name={h.staff.full_name} />{h.leaves && <span class="trouble"> — {t('hand_leaver')}</span>}{can(may, 'unhold') && <> <a class="no-print" href={doing(u, 'unhold', 'of=' + encodeURIComponent(h.staff.id))}>{t('holder_end')}<span class="out"> <Name>{h.staff.full_name}</Name></span></a></>}</li>)}</ul>
      {mailbox.holder_count > mailbox.holders.length && <p>{t('holders_elsewhere', { n: mailbox.holder_count - mailbox.holders.length })}</p>}
    </>}
    {can(may, 'hold') && (none || mailbox) && <p class="no-print"><a href={doing(u, 'hold')}>{t(mailbox ? 'holder_add' : 'mailbox_give')}</a></p>}
  </section>
}

const means = (r: Schema['Required'], u: One) => (!r.blocks.length || (!!u.block && r.blocks.includes(u.block))) && (!r.unit_kinds.length || r.unit_kinds.includes(u.kind))

/** Who of this unit must have which account; the rules are the site's, and the same for all units. */
function MustHave({ u, may, systems }: Own & { systems: System[] }) {
  const change = (s: System, rule: Schema['Required'] | undefined, word: 'change_this' | 'require_end' | 'require_new') => <a href={doing(u, word === 'require_end' ? 'unrequire' : 'require', `system=${encodeURIComponent(s.id)}${rule ? '&of=' + encodeURIComponent(ruleKey(rule)) : ''}`)}>{t(word)}<span class="out"> {said(s.name)}</span></a>
  return <section>
    <h2>{t('must_have_here')}</h2>
    <Table head={[t('system'), t('who_must'), ...(can(may, 'require') ? [t('acts')] : [])]} rows={systems.filter((s) => !s.retired).map((s) => {
      const here = s.required_for.filter((r) => means(r, u))
      return { key: s.id, cells: [said(s.name), here.length === 0 ? t('required_nobody_here') : <>{here.map((r, at) => <Fragment key={at}>{at > 0 && <br />}{ruleWords(r)}</Fragment>)}</>,
        ...(can(may, 'require') ? [<span class="acts no-print">{here.map((r, i) => <span key={i} class="acts">{change(s, r, 'change_this')} {change(s, r, 'require_end')}</span>)}{change(s, undefined, 'require_new')}</span>] : [])] }
    })} />
  </section>
}

function Papers({ u, may }: Own) {
  return <section>
    <h2>{t('letterhead')}</h2>
    {u.letterhead ? <dl class="wide">{LETTERHEAD.map(([name, word]) => [word, paperValue(u.letterhead![name])] as const).filter(([, v]) => v).map(([word, v]) => <Fragment key={word}><dt>{t(word)}</dt><dd translate={false}>{v}</dd></Fragment>)}</dl> : <p>{t('letterhead_above')}</p>}
    {can(may, 'letterhead') && <p class="no-print"><a href={doing(u, 'letterhead')}>{t('change_this')}<span class="out"> {t('letterhead')}</span></a></p>}
  </section>
}

/** Who keeps which facts is settled for the site, by whoever may everywhere; everybody else reads it. */
function Keeping({ u, may }: Own) {
  const facts = u.hr_feed_fields ?? null
  if (!can(may, 'keeping') && !facts?.length) return null
  return <section>
    <h2>{t('hr_feed')}</h2>
    <p>{keeps(facts, !!u.parent)}</p>
    {can(may, 'keeping') && <p class="no-print"><a href={doing(u, 'keeping')}>{t('change_this')}<span class="out"> {t('hr_feed')}</span></a></p>}
  </section>
}

function Planned({ u, units }: { u: One; units: Listed[] }) {
  return u.planned.length === 0 ? null : <section><h2>{t('planned_changes')}</h2><ul><Plans plans={u.planned} units={units} /></ul></section>
}

function Facts({ u }: { u: One }) {
  return <>
    <p>{named(u.kind, 'unit_')} · {t('block')} {named(u.block)}{u.parent && <> · {t('unit_below_of_short')} <UnitLink unit={u.parent} /></>}</p>
    <p>{t('col_unit_code')} <Name>{u.code}</Name>{u.former_codes.length > 0 && <> · {t('unit_former_codes')} <Name>{u.former_codes.join(', ')}</Name></>}{u.slug && <> · {t('col_slug')} <Name>{u.slug}</Name></>}{u.active_from && <> · {t('unit_since', { day: day(u.active_from) })}</>}</p>
    {u.active_to && <p class="trouble">{t(u.active_to <= session.today ? 'unit_ended_on' : 'unit_will_end', { day: day(u.active_to) })}</p>}
  </>
}

export function Unit({ id, filters, may }: { id: string; filters: URLSearchParams; may: Scope[] }) {
  const path = 'v1/units/' + encodeURIComponent(id)
  const unit = useRead<One>(path), mailbox = useRead<Schema['UnitMailbox']>(path + '/mailbox')
  const units = useUnits(), systems = useSystems()
  const [told, tell] = useState(arrival.said), [changes, changed] = useState(0)
  const asked = filters.get('do') ?? '', of = filters.get('of') ?? ''
  useEffect(() => { arrival.said = '' }, [])
  useEffect(() => { if (asked) tell('') }, [asked])
  return <Read of={unit}>{(u) => {
    if (!units || !systems) return <p role="status">{t('loading')}</p>
    const done = (words: string) => { tell(words); unit.again(); mailbox.again(); changed(changes + 1); location.replace(link('unit', '', id)) }
    const d: Doing = { unit: u, units, mailbox: mailbox.data, systems, system: systems.find((s) => s.id === filters.get('system')), of, again: unit.again, done }
    const entry = ACTS[asked], act = entry && allowed(entry, may) && entry.fits(d) && (asked !== 'hold' || !!mailbox.data || mailbox.problem?.code === 'unit_mailbox_not_found') ? entry.make(d) : undefined
    if (act?.now) act.base = act.now(u)
    return <>
      <p class="no-print"><a href={link('overview', 'unit=' + u.id)}>{t('unit_figures')}</a>{may.includes('staff:read') && <> · <a href={link('people', 'unit=' + u.id)}>{t('unit_people')}</a></>}</p>
      <h1 translate={false}>{said(u.name)}</h1>
      <Facts u={u} />
      {told && <p class="good" role="status">{told}</p>}
      {act ? <ActForm key={asked + of + (d.system?.id ?? '')} act={act} form={`unit ${u.id} ${asked} ${of} ${d.system?.id ?? ''}`} close={link('unit', '', id)} /> : <Acts d={d} may={may} />}
      <Planned u={u} units={units} />
      <Below u={u} units={units} />
      <Headcounts key={changes} u={u} may={may} />
      <Mailbox u={u} may={may} mailbox={mailbox.data} problem={mailbox.problem} again={mailbox.again} />
      <MustHave u={u} may={may} systems={systems} />
      <Papers u={u} may={may} />
      <Keeping u={u} may={may} />
      <History key={'h' + changes} path={path + '/history'} />
    </>
  }}</Read>
}
