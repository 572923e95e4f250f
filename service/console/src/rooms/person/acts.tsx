/** What can be done about a person: each says what it asks, what it sends and what its effect is in words. */
import { decision, iso, typedOf, type Act } from '../../act'
import { figure, mobile, staffFields, type Field, type Values } from '../../fields'
import { arrival, link } from '../../address'
import { revised, session, type Schema } from '../../call'
import { systemName, type System } from '../../kept'
import { Name, Told, Who } from '../../parts'
import { LEAVES, LOCKS, REASONS, choices } from '../../vocabulary'
import { day, named, nextDay, phone, t, type Word } from '../../words'
import { Changes, Posts } from './changes'

type Staff = Schema['Staff']
type Account = Schema['Account']
type Scope = Schema['Scope']
type Fact = NonNullable<Schema['HrFeedFields']>[number]
/** `of`: which record that was merged into this one. */
export type Doing = { person: Staff; systems: System[]; of: string; again: () => void; done: (said: string, answer?: unknown) => void }

const { unit, from, number, signed, title, category } = staffFields

const path = (p: Staff) => 'v1/staff/' + encodeURIComponent(p.id!)

function transferEffect(now: Staff, systems: System[]) {
  return (answer: Schema['StaffChanges'], v: Values) => {
    const then = answer.staff
    return <ul>
      <Posts posts={then.posts} />
      <li><Told word={then.address === now.address ? 'address_stays' : 'address_changes'} address={then.address ?? '—'} /></li>
      {then.accounts.filter((a) => a.next_login).map((a) => <li key={a.system}>{systemName(systems, a.system)}: <Told word="login_changes" login={a.next_login!} day={v.from} /></li>)}
      {then.accounts.filter((a) => a.desired.state !== now.accounts.find((b) => b.system === a.system)?.desired.state).map((a) => <li key={'w' + a.system}>{systemName(systems, a.system)}: {named(a.desired.state, 'want_')}</li>)}
    </ul>
  }
}

const common = ({ person, again }: Doing) => ({ record: path(person), revision: String(person.revision), anew: again })

type Maker = (d: Doing, account?: Account) => Act

const transfer: Maker = (d) => ({
  ...common(d), title: t('transfer'), fields: [unit, { ...title, label: 'new_title', hint: 'new_title_hint' }, from, { ...number, required: 'number_needed' }, signed],
  wish: (v, { revision }) => ({ method: 'PATCH', path: path(d.person), revision, body: { unit: v.unit, ...(v.title && { title: v.title }), ...decision(v, iso(v.from)) } }),
  effect: transferEffect(d.person, d.systems), verb: (v) => t('transfer_save', { name: d.person.full_name, day: v.from }), done: () => d.done(t('transferred')),
  now: (p: Staff) => ({ unit: p.unit?.id ?? '', title: p.title ?? '' }),
})

const POST_KINDS = ['kiem_nhiem', 'biet_phai'] as const
const addPost: Maker = (d) => ({
  ...common(d), title: t('add_post'),
  fields: [{ name: 'kind', label: 'kind', kind: 'choice', required: 'choose', options: choices(POST_KINDS), pointer: '#/add_post/kind' }, { ...unit, pointer: '#/add_post/unit' }, { ...title, pointer: '#/add_post/title' },
    { ...from, pointer: '#/add_post/from' }, { name: 'to', label: 'to_day', kind: 'day', pointer: '#/add_post/to' }, { ...number, pointer: '#/add_post/decision/number' }],
  wish: (v, { revision }) => ({ method: 'PATCH', path: path(d.person), revision, body: { add_post: { unit: v.unit, kind: v.kind, from: iso(v.from), ...(v.title && { title: v.title }), ...(v.to && { to: nextDay(iso(v.to)!) }), ...decision(v) } } }),
  effect: transferEffect(d.person, d.systems), verb: () => t('save'), done: () => d.done(t('saved')), now: () => ({}),
})
const endPost: Maker = (d) => ({
  ...common(d), title: t('end_post'),
  fields: [{ ...unit, label: 'which_post', kind: 'choice', options: d.person.posts.filter((p) => !p.primary && !past(p.to)).map((p) => [p.unit.id, `${p.unit.name} · ${named(p.kind)}`] as const) }, { name: 'to', label: 'last_day', kind: 'day', required: 'day_form', pointer: '#/end_post/to' }],
  wish: (v, { revision }) => ({ method: 'PATCH', path: path(d.person), revision, body: { end_post: { unit: v.unit, to: nextDay(iso(v.to)!) } } }),
  effect: transferEffect(d.person, d.systems), verb: () => t('save'), done: () => d.done(t('saved')), now: () => ({}),
})

export const planned = (p: Staff) => p.posts.find((x) => x.primary && !!x.from && x.from > session.today)
const takeTransferBack: Maker = (d) => {
  const later = planned(d.person)
  const stay = d.person.posts.filter((x) => x !== later && !past(x.to)).map((x) => ({ unit: x.unit.id, title: x.title, kind: x.kind, primary: x.primary, from: x.from, to: x.primary ? null : x.to, decision: x.decision }))
  return {
    ...common(d), title: t('transfer_back'), words: later && <Told word="transfer_back_words" unit={later.unit.name} day={day(later.from!)} />, fields: [],
    // the whole list is sent: its revision is that of the record it was made of
    wish: () => ({ method: 'PATCH', path: path(d.person), revision: `"${d.person.revision}"`, body: { posts: stay } }),
    effect: transferEffect(d.person, d.systems), verb: () => t('transfer_back'), done: () => d.done(t('transfer_back_done')),
  }
}

/** The HR system keeps it: what is said here would be refused. */
const kept = (p: Staff, fact: string | undefined) => !!p.hr_feed_fields?.some((f) => f === fact)

const details = (p: Staff): Values => ({ full_name: p.full_name, title: p.title ?? '', category: p.category, birth_year: p.birth_year ? String(p.birth_year) : '', mobile: phone(p.mobile), staff_code: p.staff_code ?? '' })
const edit: Maker = (d) => {
  const was = details(d.person)
  const field = (name: string, label: Word, more: Partial<Field> = {}): Field => ({ name, label, first: was[name], pointer: '#/' + name, ...(kept(d.person, name) && { fixed: 'hr_keeps_this' }), ...more })
  return {
    ...common(d), title: t('edit'),
    fields: [field('full_name', 'name', { required: 'name_needed' }), field('title', 'title'), field('category', 'category', category), field('birth_year', 'birth_year', { mode: 'numeric' }), field('mobile', 'mobile', { mode: 'tel' }), field('staff_code', 'staff_code')],
    wish: (v, { revision, was }) => {
      const body: Record<string, unknown> = {}
      for (const name of Object.keys(was)) if (!kept(d.person, name) && (v[name] ?? '') !== was[name]) body[name] = !v[name] ? null : name === 'birth_year' ? figure(v[name]) : name === 'mobile' ? mobile(v[name]) : v[name]
      return { method: 'PATCH', path: path(d.person), revision, body }
    },
    effect: (answer: Schema['StaffChanges']) => <ul><Changes changes={answer.changes} systems={d.systems} /></ul>, verb: () => t('save'), done: () => d.done(t('saved')), now: details,
  }
}

const leave: Maker = (d) => ({
  ...common(d), title: t('leave'), words: t('leave_words'),
  fields: [{ name: 'kind', label: 'leave_kind', kind: 'choice', required: 'choose', options: choices(LEAVES, 'leave_'), pointer: '#/leave/kind' }, { ...from, pointer: '#/leave/from' }, { name: 'to', label: 'leave_to', kind: 'day', pointer: '#/leave/to' }, { ...number, pointer: '#/leave/decision/number' }, { ...signed, pointer: '#/leave/decision/signed_on' }],
  wish: (v, { revision }) => ({ method: 'PATCH', path: path(d.person), revision, body: { status: 'on_leave', leave: { kind: v.kind, from: iso(v.from), ...(v.to && { to: iso(v.to) }), decision: null, ...decision(v) } } }),
  effect: (answer: Schema['StaffChanges']) => <ul>
    {answer.staff.leave && <li>{named(answer.staff.leave.kind, 'leave_')}: {day(answer.staff.leave.from)} → {answer.staff.leave.to ? day(answer.staff.leave.to) : t('open')}</li>}
    <li>{t('leave_accounts')}</li>
  </ul>,
  verb: () => t('save'), done: () => d.done(t('saved')), now: (p: Staff) => ({ kind: p.leave?.kind ?? '', from: typedOf(p.leave?.from), to: typedOf(p.leave?.to), number: p.leave?.decision?.number ?? '', signed: typedOf(p.leave?.decision?.signed_on) }),
})
const back: Maker = (d) => ({
  ...common(d), title: t('back_to_work'), fields: [],
  wish: (_, { revision }) => ({ method: 'PATCH', path: path(d.person), revision, body: { status: 'active' } }),
  effect: (answer: Schema['StaffChanges']) => <ul><Changes changes={answer.changes} systems={d.systems} /></ul>, verb: () => t('back_to_work'), done: () => d.done(t('saved')),
})

/** Until when mail comes in, of somebody who has a mailbox. */
export function mailWords(p: Staff, x: Schema['Departure']): string[] {
  if (x.keep_mail_until) return [t('mail_kept', { day: day(x.keep_mail_until) })]
  if (!p.accounts.some((a) => a.system === 'mailbox')) return []
  return [x.mail_until ? t('mail_until', { day: day(x.mail_until) }) : t('mail_goes_on')]
}

/** Whose first day out has come is locked by the call itself. */
const atOnce = (on: string | undefined) => !!on && on <= session.today

function departureEffect(d: Doing) {
  return (x: Schema['Departure']) => { const now = atOnce(x.effective_on); return <ul>
    <li>{t('would_depart', { day: day(x.effective_on) })} — {named(x.reason)}</li>
    {x.steps.map((s, i) => <li key={i}>{s.system === 'unit-mailbox' ? <Told word="hand_over_needed" login={s.login ?? ''} /> : `${systemName(d.systems, s.system)}: ${s.step === 'return_token' ? t('token_back_needed', { serial: s.token_serial! }) : t(now ? 'locked_at_once' : 'locked_that_day')}`}</li>)}
    {mailWords(d.person, x).map((words) => <li key={words}>{words}</li>)}
    {x.delegate_to && <li>{t('delegate')}: <Who id={x.delegate_to} /></li>}
    <li>{t(now ? 'undo_again' : 'undo_until')}</li>
  </ul> }
}
const depart: Maker = (d) => ({
  ...common(d), title: t('depart'), grave: true,
  fields: [{ name: 'reason', label: 'reason', kind: 'choice', required: 'choose', options: choices(REASONS), pointer: '#/reason' }, { name: 'reason_text', label: 'reason_text', required: 'reason_text_needed', only: ['reason', 'khac'], pointer: '#/reason_text' },
    { ...from, label: 'first_day_out', hint: 'first_day_out_hint', pointer: '#/effective_on' }, number, signed,
    { name: 'delegate', label: 'delegate', hint: 'delegate_hint', kind: 'person', pointer: '#/delegate_to' }, { name: 'keep', label: 'keep_mail', hint: 'keep_mail_hint', kind: 'day', pointer: '#/keep_mail_until' }],
  wish: (v) => ({ method: 'PUT', path: path(d.person) + '/departure', body: { reason: v.reason, ...(v.reason_text && { reason_text: v.reason_text }), effective_on: iso(v.from), ...decision(v), ...(v.delegate && { delegate_to: v.delegate }), ...(v.keep && { keep_mail_until: iso(v.keep) }) } }),
  effect: departureEffect(d), verb: (v) => t('depart_save', { name: d.person.full_name, day: v.from }), done: (_, v) => d.done(t(atOnce(iso(v.from)) ? 'departed_now' : 'departed_saved')), held: () => d.done(t('held_saved')),
})
function withdrawEffect({ person, systems }: Doing) {
  const off = person.departure
  return off && <ul>
    <li>{t('withdraw_day', { day: day(off.effective_on) })} — {named(off.reason)}</li>
    {off.state === 'held' && <li>{t('withdraw_held')}</li>}
    {person.accounts.filter((a) => a.desired.state === 'present').map((a) => <li key={a.system}>{systemName(systems, a.system)} <Name>{a.observed.login ?? ''}</Name>: {t('want_present')}</li>)}
    <li>{t('withdraw_rest')}</li>
  </ul>
}
const withdraw: Maker = (d) => ({
  ...common(d), title: t('withdraw'), words: <Told word="withdraw_words" name={d.person.full_name} />, fields: [],
  foretold: withdrawEffect(d),
  wish: (_, { revision }) => ({ method: 'DELETE', path: path(d.person) + '/departure', revision }), verb: () => t('withdraw'), done: () => d.done(t('withdrawn_saved')),
})
const reinstate: Maker = (d) => ({
  ...common(d), title: t('reinstate'), words: t('reinstate_words'),
  fields: [{ ...unit, required: undefined, label: 'unit_again' }, title, { ...from, required: undefined, within: 'number' }, number, signed],
  wish: (v) => ({ method: 'POST', path: path(d.person) + '/reinstatements', body: { ...(v.unit && { unit: v.unit }), ...(v.title && { title: v.title }), ...decision(v, iso(v.from)) } }),
  effect: (p: Staff) => <ul><Posts posts={p.posts} /><li><Told word="address_stays" address={p.address ?? '—'} /></li>{p.accounts.filter((a) => a.desired.state === 'present').map((a) => <li key={a.system}>{systemName(d.systems, a.system)}: {t('want_present')}</li>)}</ul>,
  verb: () => t('reinstate_save', { name: d.person.full_name }), done: () => d.done(t('reinstated')),
})

/* ---- what was entered wrongly ---- */

const because: Field = { name: 'because', label: 'reason', required: 'reason_needed', pointer: '#/reason' }
const anybody = 'pending,active,on_leave,departing'
const correct = (d: Doing, kind: string, because: string, more = {}) => ({ method: 'POST' as const, path: path(d.person) + '/corrections', body: { kind, reason: because, ...more } })
const corrected = (d: Doing) => ({ verb: () => t('save'), done: () => d.done(t('saved')) })

const swapCodes: Maker = (d) => ({
  ...common(d), title: t('swap_codes'), words: <Told word="swap_codes_words" name={d.person.full_name} code={d.person.staff_code ?? '—'} />,
  fields: [{ name: 'with', label: 'swap_with', kind: 'person', among: anybody, but: d.person.id!, required: 'choose_person', pointer: '#/with' }, because],
  wish: (v) => correct(d, 'swapped_codes', v.because, { with: v.with }),
  effect: (x: Schema['Correction']) => <ul><Changes changes={x.changes} systems={d.systems} /><li><Told word="swap_codes_effect" code={d.person.staff_code ?? '—'} /></li></ul>, ...corrected(d),
})
const dropAlias: Maker = (d) => ({
  ...common(d), title: t('drop_alias'), grave: true,
  fields: [{ name: 'alias', label: 'which_alias', kind: 'choice', required: 'choose', options: d.person.aliases.map((a) => [a.address, a.address] as const), pointer: '#/alias' }, because],
  wish: (v) => correct(d, 'wrong_alias', v.because, { alias: v.alias }),
  effect: (_: Schema['Correction'], v) => <ul><li><Name>{v.alias}</Name>: {t('drop_alias_effect')}</li><li><Told word="address_stays" address={d.person.address ?? '—'} /></li></ul>,
  verb: (v) => t('drop_alias_save', { alias: v.alias }), done: (_, v) => d.done(t('alias_dropped', { alias: v.alias })),
})
const deathDay: Maker = (d) => ({
  ...common(d), title: t('death_day'), fields: [{ ...from, label: 'first_day_out', first: typedOf(d.person.departure?.effective_on), pointer: '#/effective_on' }, because],
  wish: (v) => correct(d, 'death_date', v.because, { effective_on: iso(v.from) }),
  effect: (_: Schema['Correction'], v) => <ul><li>{t('first_day_out')}: {typedOf(d.person.departure?.effective_on)} → <b>{v.from}</b></li></ul>, ...corrected(d),
})
const mistake: Maker = (d) => ({
  ...common(d), title: t('mistake'), words: t('mistake_words'), grave: true, fields: [because],
  wish: (v) => correct(d, 'made_by_mistake', v.because), effect: () => <ul><li><Told word="mistake_effect" name={d.person.full_name} /></li></ul>,
  verb: () => t('mistake_save', { name: d.person.full_name }), done: () => { arrival.said = t('mistake_done', { name: d.person.full_name }); location.replace(link('people')) },
})

const merged = (d: Doing) => (m: Schema['MergeDone']) => <>{[m.emptied, m.into].map(({ staff, changes }) =>
  <div key={staff.id}><h4 translate={false}>{staff.full_name} · {staff.staff_code ?? '—'} · {staff.address ?? '—'}</h4><ul><Changes changes={changes} systems={d.systems} /></ul></div>)}</>
const merge: Maker = (d) => ({
  ...common(d), title: t('merge'), words: <Told word="merge_words" name={d.person.full_name} />, grave: true,
  fields: [{ name: 'into', label: 'merge_into', hint: 'merge_hint', kind: 'person', among: anybody, but: d.person.id!, required: 'choose_person', pointer: '#/into' }, because],
  wish: (v) => ({ method: 'PUT', path: path(d.person) + '/merge', body: { into: v.into, reason: v.because } }),
  effect: merged(d), verb: () => t('merge_save'), done: () => d.done(t('merge_done')),
})
const split: Maker = (d) => {
  const emptied = `v1/staff/${encodeURIComponent(d.of)}/merge`
  return {
    ...common(d), title: t('split'), words: t('split_words'), fields: [],
    wish: async () => ({ method: 'DELETE', path: emptied, revision: (await revised(emptied)).revision }),
    effect: merged(d), verb: () => t('split'), done: () => d.done(t('split_done')),
  }
}

const account = (d: Doing, a: Account) => `${path(d.person)}/accounts/${encodeURIComponent(a.system)}`
const accountEffect = (d: Doing, words: Word) => (a: Account) => <ul><li>{systemName(d.systems, a.system)} <Name>{a.observed.login ?? ''}</Name>: {named(a.desired.state, 'want_')}</li><li>{t(words)}</li>{a.warnings?.some((w) => w.code === 'last_administrator') && <li><b>{t('last_administrator')}</b></li>}</ul>
const lock: Maker = (d, a) => ({
  ...common(d), title: t('lock_title', { system: systemName(d.systems, a!.system) }), grave: true,
  fields: [{ name: 'reason', label: 'reason', kind: 'choice', required: 'choose', options: choices(LOCKS, 'lock_'), pointer: '#/reason' }, staffFields.number, staffFields.signed],
  wish: (v) => ({ method: 'PUT', path: account(d, a!), body: { state: 'locked', reason: v.reason, ...decision(v) } }),
  effect: accountEffect(d, 'lock_effect'), verb: () => t('lock_save', { name: d.person.full_name }), done: () => d.done(t('locked_saved')), held: () => d.done(t('held_saved')),
})
const restore: Maker = (d, a) => ({
  ...common(d), title: t('restore_title', { system: systemName(d.systems, a!.system) }), fields: [],
  wish: () => ({ method: 'PUT', path: account(d, a!), body: { state: 'present' } }),
  effect: accountEffect(d, a!.desired.cause === 'compromise' ? 'restore_compromised' : 'restore_effect'), verb: () => t('restore_save'), done: () => d.done(t('restored')),
})
const revoke: Maker = (d, a) => ({
  ...common(d), title: t('revoke_title', { system: systemName(d.systems, a!.system) }), grave: true, fields: [],
  wish: () => ({ method: 'PUT', path: account(d, a!), body: { state: 'revoked' } }),
  effect: accountEffect(d, 'revoke_effect'), verb: () => t('revoke_save'), done: () => d.done(t('saved')), held: () => d.done(t('held_saved')),
})
const reset: Maker = (d, a) => ({
  ...common(d), title: t('reset_title', { system: systemName(d.systems, a!.system) }), words: t('reset_words'), fields: [],
  foretold: <ul><li>{systemName(d.systems, a!.system)} <Name>{a!.observed.login ?? ''}</Name>: {t('reset_code')}</li><li>{t('reset_password')}</li></ul>,
  wish: () => ({ method: 'POST', path: account(d, a!) + '/credential-resets', body: {} }), verb: () => t('reset_save'), done: (slip) => d.done('', slip),
})
const confirm: Maker = (d, a) => ({
  ...common(d), title: t('confirm_title', { system: systemName(d.systems, a!.system) }),
  fields: [{ name: 'state', label: 'state', kind: 'choice', required: 'choose', options: [['active', t('account_active')], ['provisioned', t('provisioned')], ['temp_locked', t('temp_locked')], ['revoked', t('revoked')]], pointer: '#/state' },
    { name: 'account', label: 'login_name', pointer: '#/login', first: a!.observed.login ?? '' }, { name: 'since', label: 'since', kind: 'day', pointer: '#/since' }],
  wish: (v) => ({ method: 'PUT', path: account(d, a!) + '/observation', body: { state: v.state, ...(v.account && { login: v.account }), ...(v.since && { since: iso(v.since) }) } }), verb: () => t('save'), done: () => d.done(t('saved')),
})

const certificateOf = (a: Account | undefined): Values => ({ valid: typedOf(a?.certificate?.valid_to), serial: a?.certificate?.token_serial ?? '', keeper: a?.certificate?.custodian?.staff?.id ?? '', returned: typedOf(a?.certificate?.token_returned_on) })
const certificate: Maker = (d, a) => {
  const c = a!.certificate, was = certificateOf(a)
  return {
    ...common(d), title: t('certificate_title', { system: systemName(d.systems, a!.system) }),
    fields: [{ name: 'valid', label: 'valid_to', kind: 'day', first: was.valid, pointer: '#/valid_to' }, { name: 'serial', label: 'token_serial', first: was.serial, pointer: '#/token_serial' },
      { name: 'keeper', label: 'custodian', hint: c?.custodian && !c.custodian.staff ? 'custodian_elsewhere' : 'custodian_hint', kind: 'person', first: was.keeper, pointer: '#/custodian' },
      ...(c?.token_serial ? [{ name: 'returned', label: 'token_returned_on', hint: 'token_returned_hint', kind: 'day', first: was.returned, pointer: '#/token_returned_on' } as const] : [])],
    // what was not touched is left out; so a keeper whom one may not see stays
    wish: (v, { revision, was }) => {
      const differs = (name: string) => (v[name] ?? '') !== was[name]
      return { method: 'PUT', path: account(d, a!) + '/certificate', revision, body: { ...(differs('valid') && { valid_to: iso(v.valid) ?? null }), ...(differs('serial') && { token_serial: v.serial || null }),
        ...(v.serial && differs('keeper') && { custodian: v.keeper || null }), ...(c?.token_serial && differs('returned') && { token_returned_on: iso(v.returned) ?? null }) } }
    },
    verb: () => t('save'), done: () => d.done(t('saved')), now: (p: Staff) => certificateOf(p.accounts.find((x) => x.system === a!.system)),
  }
}

const past = (on: string | null) => !!on && on <= session.today
/** `fact`: what it changes; `mends`: rare, and stands behind what is done every week; `unlisted`: reached from its own line. */
type Entry = { make: Maker; scope: Scope; word: Word; fits: (p: Staff) => boolean; fact?: Fact; mends?: true; unlisted?: true }
export const doneInHr = (p: Staff, act: Entry) => kept(p, act.fact)
const stays = (p: Staff) => p.status !== 'departed'

/** In the order of how often they are needed. */
export const ACTS: Record<string, Entry> = {
  transfer: { make: transfer, scope: 'staff:write', word: 'transfer', fact: 'posts', fits: stays },
  'transfer-back': { make: takeTransferBack, scope: 'staff:write', word: 'transfer_back', fact: 'posts', fits: (p) => stays(p) && !!planned(p) },
  leave: { make: leave, scope: 'staff:write', word: 'leave', fact: 'leave', fits: (p) => stays(p) },
  back: { make: back, scope: 'staff:write', word: 'back_to_work', fact: 'leave', fits: (p) => p.status === 'on_leave' || !!p.leave },
  depart: { make: depart, scope: 'departures:write', word: 'depart', fits: stays },
  withdraw: { make: withdraw, scope: 'departures:write', word: 'withdraw', fits: (p) => p.departure?.state === 'scheduled' || p.departure?.state === 'held' },
  reinstate: { make: reinstate, scope: 'departures:write', word: 'reinstate', fits: (p) => p.status === 'departed' },
  edit: { make: edit, scope: 'staff:write', word: 'edit', fits: stays },
  'add-post': { make: addPost, scope: 'staff:write', word: 'add_post', fact: 'posts', fits: stays },
  'end-post': { make: endPost, scope: 'staff:write', word: 'end_post', fact: 'posts', fits: (p) => p.posts.some((x) => !x.primary && !past(x.to)) },
  merge: { make: merge, scope: 'staff:write', word: 'merge', fits: stays, mends: true },
  'drop-alias': { make: dropAlias, scope: 'staff:write', word: 'drop_alias', fits: (p) => p.aliases.length > 0, mends: true },
  'swap-codes': { make: swapCodes, scope: 'staff:write', word: 'swap_codes', fits: (p) => stays(p) && !!p.staff_code, mends: true },
  'death-day': { make: deathDay, scope: 'staff:write', word: 'death_day', fits: (p) => p.departure?.reason === 'tu_tran', mends: true },
  mistake: { make: mistake, scope: 'staff:write', word: 'mistake', fits: stays, mends: true },
  split: { make: split, scope: 'staff:write', word: 'split', fits: (p) => (p.merged ?? []).length > 0, mends: true, unlisted: true },
}

const open = (a: Account) => a.desired.state === 'present'
/** `after`: also of who has left. */
export const ACCOUNT_ACTS: Record<string, { make: Maker; word: Word; fits: (a: Account, s: System | undefined) => boolean; after?: true }> = {
  reset: { make: reset, word: 'reset', fits: (a, s) => open(a) && !!s?.activation && a.observed.state !== 'requested' },
  lock: { make: lock, word: 'lock', fits: open },
  restore: { make: restore, word: 'restore', fits: (a) => !open(a) },
  revoke: { make: revoke, word: 'revoke', fits: (a) => !a.required && open(a) },
  confirm: { make: confirm, word: 'confirm', fits: (_, s) => s?.kind === 'manual', after: true },
  certificate: { make: certificate, word: 'certificate', fits: (a, s) => !!s?.certificates || !!a.certificate, after: true },
}
