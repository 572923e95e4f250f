/** One person: what he is, has and holds, in time; and everything that can be done about it. */
import { useEffect, useState } from 'preact/hooks'
import { ActForm } from '../../act'
import { arrival, link } from '../../address'
import { session, useRead, type Schema } from '../../call'
import { systemName, useSystems, type System } from '../../kept'
import { Name, Read, Table, Told } from '../../parts'
import { day, decisionWords, lastDay, moment, named, phone, said, t } from '../../words'
import { History } from '../History'
import { ACCOUNT_ACTS, ACTS, doneInHr, mailWords, planned } from './acts'
import { Slip } from './Slip'

type Staff = Schema['Staff']
type Account = Schema['Account']
type Scope = Schema['Scope']
type Props = { id: string; filters: URLSearchParams; may: Scope[] }

const state = (a: Account) => a.observed.state === 'active' ? t('account_active') : named(a.observed.state)

/** Until when it is valid, and where its device is. */
function Held({ c }: { c: NonNullable<Account['certificate']> }) {
  const serial = c.token_serial ?? '', name = c.custodian ? c.custodian.staff?.full_name ?? t('elsewhere_unit') : ''
  return <>{[c.valid_to && t('certificate_until', { day: day(c.valid_to) }),
    serial && (c.token_returned_on ? t('token_back', { serial, day: day(c.token_returned_on) }) : name ? t('token_with', { serial, name }) : t('token_is_out', { serial }))].filter(Boolean).join('; ')}</>
}

/** What is done about an account that is not as it should be; in order is said too. */
function Doing({ a, from, out }: { a: Account; from: string; out: string | null }) {
  const { last_error: error, next_try_at: at, missing_there, awaits, not_taken } = a.observed
  const said: string[] = []
  if (error) said.push(at ? t('retry', { error: error.replace(/\.$/, ''), at: moment(at) }) : t('error', { error }))
  else if (missing_there) said.push(t('missing_there'))
  else if (awaits) said.push(t('awaits'))
  else if (not_taken) said.push(t('not_taken'))
  else if (a.drift) said.push(`${named(a.desired.state, 'want_')}. ${t('waits')}`)
  if (a.cut_off?.state === 'open') said.push(t('cutting_off'))
  if (out && a.desired.state === 'present') said.push(t('locks_on', { day: day(out) }))
  const words = said.join('. ').replace(/\.\./g, '.')
  if (a.certificate) return <>{words && words.replace(/\.?$/, '. ')}<Held c={a.certificate} /></>
  if (a.next_login) return <>{words && words.replace(/\.?$/, '. ')}<Told word="login_changes" login={a.next_login} day={from} /></>
  // of a locked one its reason follows
  return <>{words || (a.desired.state === 'locked' ? '' : t('in_order'))}</>
}

/** Why it is locked; by whom and since when, where the history still has it. */
function Locked({ a, told }: { a: Account; told: Schema['History']['items'] | undefined }) {
  if (a.desired.state !== 'locked') return null
  const last = told?.filter((x) => x.locked?.includes(a.system)).at(-1)
  return <p class="locked">{t('reason')}: {named(a.desired.reason, 'lock_')}{last && <>. {t('locked_by', { who: last.by ?? t('the_service'), at: moment(last.at) })}</>}</p>
}

/** Who may not do it himself asks for it: the same that could be done. */
function Asking({ person, account, system }: { person: Staff; account: Account; system: System | undefined }) {
  const kinds = (['lock', 'reset', 'restore'] as const).filter((kind) => ACCOUNT_ACTS[kind].fits(account, system))
  return <>{kinds.map((kind) => <a key={kind} href={link('requests', `do=${kind}&of=${encodeURIComponent(person.id!)}&system=${account.system}`)}>{named(kind, 'ask_')}<span class="out"> {said(system?.name)}</span></a>)}</>
}

function Accounts({ person, systems, may }: { person: Staff; systems: System[]; may: boolean }) {
  const turns = day(planned(person)?.from ?? session.today)
  const out = person.departure?.state === 'scheduled' ? person.departure.effective_on : null
  const locked = person.accounts.some((a) => a.desired.state === 'locked')
  const told = useRead<Schema['History']>(locked ? `v1/staff/${encodeURIComponent(person.id!)}/history` : '').data?.items
  return <section>
    <h2>{t('accounts')}</h2>
    {person.accounts.length === 0 ? <p>{t('no_accounts')}</p> : <Table head={[t('system'), t('login_name'), t('state'), t('since'), t('doing'), t('acts')]} rows={person.accounts.map((a) => {
      const system = systems.find((s) => s.id === a.system)
      return { key: a.system, cells: [systemName(systems, a.system), <Name>{a.observed.login ?? '—'}</Name>, state(a), a.observed.since ? day(a.observed.since) : '—', <><Doing a={a} from={turns} out={out} /><Locked a={a} told={told} /></>,
        <span class="acts no-print">{may ? Object.entries(ACCOUNT_ACTS).filter(([, act]) => (person.status !== 'departed' || act.after) && act.fits(a, system)).map(([name, act]) =>
          <a key={name} href={link('person', `do=${name}&system=${a.system}`, person.id!)}>{t(act.word)}<span class="out"> {systemName(systems, a.system)}</span></a>) : person.status !== 'departed' && <Asking person={person} account={a} system={system} />}</span>] }
    })} />}
  </section>
}

const ENDS: Schema['DepartureState'][] = ['scheduled', 'in_progress', 'done']

function PostTable({ person }: { person: Staff }) {
  const posts = [...person.posts].sort((a, b) => (b.from ?? '').localeCompare(a.from ?? ''))
  // a post that nothing else ends is over with its holder's departure
  const out = person.departure && ENDS.includes(person.departure.state) ? person.departure.effective_on : null
  return <section>
    <h2>{t('posts')}</h2>
    <Table head={[t('unit'), t('title'), t('kind'), t('from'), t('to'), t('decision')]} rows={posts.map((p, i) => ({ key: String(i), cells: [<Name>{p.unit.name}</Name>, <Name>{p.title ?? '—'}</Name>, named(p.kind),
      p.from ? day(p.from) : '—', p.to ? lastDay(p.to) : out ? lastDay(out) : t('open'), <Name>{p.decision ? decisionWords(p.decision) : '—'}</Name>] }))} />
    {!!person.posts_elsewhere && <p>{t('elsewhere', { n: person.posts_elsewhere })}</p>}
    {person.leave && <p>{named(person.leave.kind, 'leave_')}: {day(person.leave.from)} → {person.leave.to ? day(person.leave.to) : t('open')}{person.leave.decision && ` (${decisionWords(person.leave.decision)})`}</p>}
  </section>
}

function Holds({ person }: { person: Staff }) {
  const aliases = person.aliases, holds = person.holds ?? []
  return <>
    {(holds.length > 0 || !!person.holds_elsewhere) && <section><h2>{t('holds')}</h2>
      <ul>{holds.map((h) => <li key={h.login}><Name>{h.unit.name}: {h.address}</Name></li>)}{!!person.holds_elsewhere && <li>{t('holds_elsewhere', { n: person.holds_elsewhere })}</li>}</ul></section>}
    {aliases.length > 0 && <section><h2>{t('former_addresses')}</h2>
      <ul>{aliases.map((a) => <li key={a.address}><Name>{a.address}</Name>{a.until ? ` — ${t('delivers_until', { day: day(a.until) })}` : ` — ${t('delivers_always')}`}</li>)}</ul></section>}
  </>
}

/** Records that were merged into this one; within a day each can be taken out again. */
function Merged({ person, may }: { person: Staff; may: boolean }) {
  const list = person.merged ?? []
  if (list.length === 0) return null
  return <section><h2>{t('merged_here')}</h2>
    <ul>{list.map((m) => <li key={m.id}><Name>{m.full_name} · {m.staff_code ?? '—'}</Name>{may && <> <a class="no-print" href={link('person', 'do=split&of=' + encodeURIComponent(m.id), person.id!)}>{t('split')}</a></>}</li>)}</ul></section>
}

const REASON: Partial<Record<Schema['DepartureState'], string>> = { held: 'trouble', failed: 'trouble' }

function Departure({ person, systems }: { person: Staff; systems: System[] }) {
  const full = useRead<Schema['Departure']>(person.departure ? `v1/staff/${encodeURIComponent(person.id!)}/departure` : '')
  if (!person.departure) return null
  const d = full.data
  return <section class={REASON[person.departure.state]}>
    <h2>{t('departure')}</h2>
    <p>{t('departs', { day: day(person.departure.effective_on), state: named(person.departure.state) })} — {named(person.departure.reason)}{d?.decision && <> · {t('decision')} <Name>{decisionWords(d.decision)}</Name></>}</p>
    {d && d.steps.length > 0 && <ul>{d.steps.map((s, i) => <li key={i}>{s.system === 'unit-mailbox' ? <Told word="hand_over_needed" login={s.login ?? ''} /> : s.step === 'return_token' ? `${t('return_token', { system: systemName(systems, s.system), serial: s.token_serial! })}: ${s.state === 'done' ? t('step_done') : t('token_out')}` : `${systemName(systems, s.system)}: ${d.state === 'scheduled' && s.state === 'pending' ? t('step_waits', { day: day(d.effective_on) }) : named(s.state, 'step_')}`}{s.last_error && ` — ${s.last_error}`}</li>)}</ul>}
    {d && mailWords(person, d).map((words) => <p key={words}>{words}</p>)}
  </section>
}

/** What may not be done says why and who can; it is not hidden. */
function Acts({ person, may }: { person: Staff; may: Scope[] }) {
  const all = Object.entries(ACTS).filter(([, act]) => act.fits(person) && !act.unlisted)
  const fit = all.filter(([, act]) => !doneInHr(person, act)), there = all.filter(([, act]) => doneInHr(person, act))
  const mine = fit.filter(([, act]) => may.includes(act.scope)), mends = mine.filter(([, act]) => act.mends)
  const others = fit.filter(([, act]) => !act.mends && !may.includes(act.scope))
  const to = (name: string) => link('person', 'do=' + name, person.id!)
  return <>
    <p class="acts no-print">
      {mine.filter(([, act]) => !act.mends).map(([name, act]) => <a key={name} class="button" href={to(name)}>{t(act.word)}</a>)}
      {may.includes('tokens:write') && <a class="button" href={link('access', 'of=' + encodeURIComponent(person.id!))}>{t('roles')}</a>}
      {others.length > 0 && <span class="words">{t('who_can', { what: others.map(([, act]) => t(act.word)).join(', ') })}</span>}
      {there.length > 0 && <span class="words">{t('hr_does', { what: there.map(([, act]) => t(act.word)).join(', ') })}</span>}
    </p>
    {mends.length > 0 && <p class="acts no-print"><span class="words">{t('mends')}:</span> {mends.map(([name, act]) => <a key={name} href={to(name)}>{t(act.word)}</a>)}</p>}
  </>
}

export function Person({ id, filters, may: mine }: Props) {
  const [said, say] = useState('')
  const [round, next] = useState(0)
  const [slip, setSlip] = useState<Schema['CredentialReset']>()
  const person = useRead<Staff>('v1/staff/' + encodeURIComponent(id))
  const known = useSystems(), systems = known ?? []
  const asked = filters.get('do') ?? ''
  useEffect(() => { if (asked) say('') }, [asked])
  return <Read of={person}>{(p) => {
    // of somebody who is at home elsewhere the unit at home alone changes anything
    const may = p.unit ? mine : []
    const a = p.accounts.find((x) => x.system === filters.get('system'))
    const doing = { person: p, systems, of: filters.get('of') ?? '', again: person.again, done: (words: string, answer?: unknown) => { say(words); if (answer) setSlip(answer as Schema['CredentialReset']); person.again(); next(round + 1); location.replace(link('person', '', id)) } }
    const entry = ACTS[asked], ofAccount = a && ACCOUNT_ACTS[asked]
    const act = entry && may.includes(entry.scope) && !doneInHr(p, entry) ? entry.make(doing) : ofAccount && may.includes('accounts:write') ? ofAccount.make(doing, a) : undefined
    if (act?.now) act.base = act.now(p)
    return <>
      <p class="no-print"><a href={link('people', arrival.people)}>{t('back')}</a></p>
      <h1 translate={false}>{p.full_name}</h1>
      <p>{named(p.status)} · <Name>{p.title ?? '—'} · {p.unit?.name ?? t('elsewhere_unit')}</Name> · {named(p.category)}</p>
      <p><b translate={false}>{p.address ?? t('no_address')}</b>{p.staff_code && <> · {t('staff_code')} <Name>{p.staff_code}</Name></>}{p.mobile && <> · <Name>{phone(p.mobile)}</Name></>}{p.birth_year && <> · {t('born', { year: p.birth_year })}</>}
        {p.former_codes.length > 0 && <> · {t('former_codes')} <Name>{p.former_codes.join(', ')}</Name></>}</p>
      {!!p.hr_feed_fields?.length && <p class="words">{t('hr_keeps', { what: p.hr_feed_fields.map((f) => named(f, 'fact_')).join(', ') })}</p>}
      {said && <p class="good" role="status">{said}</p>}
      {slip && <Slip slip={slip} system={systemName(systems, slip.system)} close={() => setSlip(undefined)} />}
      {act && !known ? <p role="status">{t('loading')}</p> : act ? <ActForm key={[asked, a?.system, doing.of].join(' ')} act={act} form={`person ${id} ${asked} ${a?.system ?? ''} ${doing.of}`} close={link('person', '', id)} /> : p.unit ? <Acts person={p} may={may} /> : <p class="words">{t('guest_words')}</p>}
      <Departure key={'d' + round} person={p} systems={systems} />
      <Accounts key={'a' + round} person={p} systems={systems} may={may.includes('accounts:write')} />
      <PostTable person={p} />
      <Holds person={p} />
      <Merged person={p} may={may.includes('staff:write')} />
      <History key={'h' + round} path={`v1/staff/${encodeURIComponent(id)}/history`} open={p.accounts.some((a) => a.desired.state === 'locked')} />
    </>
  }}</Read>
}
