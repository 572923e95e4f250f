/** One person: what he is, has and holds, in time; and everything that can be done about it. */
import { useEffect, useState } from 'preact/hooks'
import { ActForm } from '../../act'
import { link } from '../../address'
import { useRead, type Schema } from '../../call'
import { systemName, useSystems, type System } from '../../kept'
import { Name, Read, Table } from '../../parts'
import { day, moment, named, t } from '../../words'
import { ACCOUNT_ACTS, ACTS } from './acts'
import { Slip } from './Slip'

type Staff = Schema['Staff']
type Account = Schema['Account']
type Scope = Schema['Scope']
type Props = { id: string; filters: URLSearchParams; may: Scope[] }

const state = (a: Account) => a.observed.state === 'active' ? t('account_active') : named(a.observed.state)

/** What is done about an account that is not as it should be; in order is said too. */
function doing(a: Account): string {
  const { last_error: error, next_try_at: at, missing_there, awaits, not_taken } = a.observed
  const said: string[] = []
  if (error) said.push(at ? t('retry', { error: error.replace(/\.$/, ''), at: moment(at) }) : t('error', { error }))
  else if (missing_there) said.push(t('missing_there'))
  else if (awaits) said.push(t('awaits'))
  else if (not_taken) said.push(t('not_taken'))
  else if (a.drift) said.push(`${named(a.desired.state, 'want_')}. ${t('waits')}`)
  if (a.cut_off?.state === 'open') said.push(t('cutting_off'))
  if (a.desired.state === 'locked' && a.desired.reason) said.push(`${t('reason')}: ${named(a.desired.reason, 'lock_')}`)
  if (a.next_login) said.push(t('login_changes', { login: a.next_login }))
  return said.join('. ').replace(/\.\./g, '.') || t('in_order')
}

/** Who may not do it himself asks for it. */
function Asking({ person, account }: { person: Staff; account: Account }) {
  const kinds = account.desired.state === 'present' ? ['lock', 'reset'] as const : ['restore'] as const
  return <>{kinds.map((kind) => <a key={kind} href={link('requests', `do=${kind}&of=${encodeURIComponent(person.id!)}&system=${account.system}`)}>{named(kind, 'ask_')}<span class="out"> {account.system}</span></a>)}</>
}

function Accounts({ person, systems, may }: { person: Staff; systems: System[]; may: boolean }) {
  return <section>
    <h2>{t('accounts')}</h2>
    {person.accounts.length === 0 ? <p>{t('no_accounts')}</p> : <Table head={[t('system'), t('login_name'), t('state'), t('since'), t('doing'), t('acts')]} rows={person.accounts.map((a) => {
      const system = systems.find((s) => s.id === a.system)
      return { key: a.system, cells: [systemName(systems, a.system), <Name>{a.observed.login ?? '—'}</Name>, state(a), a.observed.since ? day(a.observed.since) : '—', doing(a),
        <span class="acts no-print">{may ? Object.entries(ACCOUNT_ACTS).filter(([, act]) => person.status !== 'departed' && act.fits(a, system)).map(([name, act]) =>
          <a key={name} href={link('person', `do=${name}&system=${a.system}`, person.id!)}>{t(act.word)}<span class="out"> {systemName(systems, a.system)}</span></a>) : person.status !== 'departed' && <Asking person={person} account={a} />}</span>] }
    })} />}
  </section>
}

function PostTable({ person }: { person: Staff }) {
  const posts = [...person.posts].sort((a, b) => (b.from ?? '').localeCompare(a.from ?? ''))
  return <section>
    <h2>{t('posts')}</h2>
    <Table head={[t('unit'), t('title'), t('kind'), t('from'), t('to'), t('decision')]} rows={posts.map((p, i) => ({ key: String(i), cells: [<Name>{p.unit.name}</Name>, <Name>{p.title ?? '—'}</Name>, named(p.kind),
      p.from ? day(p.from) : '—', p.to ? day(p.to) : t('open'), <Name>{p.decision?.number ?? '—'}</Name>] }))} />
    {!!person.posts_elsewhere && <p>{t('elsewhere', { n: person.posts_elsewhere })}</p>}
    {person.leave && <p>{named(person.leave.kind, 'leave_')}: {day(person.leave.from)} → {person.leave.to ? day(person.leave.to) : t('open')}</p>}
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

const REASON: Partial<Record<Schema['DepartureState'], string>> = { held: 'trouble', failed: 'trouble' }

function Departure({ person, systems }: { person: Staff; systems: System[] }) {
  const full = useRead<Schema['Departure']>(person.departure ? `v1/staff/${encodeURIComponent(person.id!)}/departure` : '')
  if (!person.departure) return null
  const d = full.data
  return <section class={REASON[person.departure.state]}>
    <h2>{t('departure')}</h2>
    <p>{t('departs', { day: day(person.departure.effective_on), state: named(person.departure.state) })} — {named(person.departure.reason)}{d?.decision && <> · <Name>{d.decision.number}</Name></>}</p>
    {d && d.steps.length > 0 && <ul>{d.steps.map((s, i) => <li key={i}>{s.system === 'unit-mailbox' ? t('hand_over_needed', { login: s.login ?? '' }) : `${systemName(systems, s.system)}: ${named(s.state, 'step_')}`}{s.last_error && ` — ${s.last_error}`}</li>)}</ul>}
    {d?.keep_mail_until && <p>{t('mail_kept', { day: day(d.keep_mail_until) })}</p>}
  </section>
}

/** Told in sentences; read only when it is opened. */
function History({ id }: { id: string }) {
  const [asked, ask] = useState(false)
  const history = useRead<Schema['History']>(asked ? `v1/staff/${encodeURIComponent(id)}/history` : '')
  return <details onToggle={(e) => e.currentTarget.open && ask(true)}>
    <summary>{t('history')}</summary>
    {asked && <Read of={history}>{(h) => <>
      {h.items.length === 0 ? <p>{t('no_history')}</p> : <ul class="notes" translate={false}>{[...h.items].reverse().map((x, i) => <li key={i}>{x.text}</li>)}</ul>}
      <p class="words">{h.complete_since && t('complete_since', { at: moment(h.complete_since) })} {h.missing_from.length > 0 && t('missing_from', { n: h.missing_from.length })}</p>
    </>}</Read>}
  </details>
}

/** What may not be done says why and who can; it is not hidden. */
function Acts({ person, may }: { person: Staff; may: Scope[] }) {
  const fit = Object.entries(ACTS).filter(([, act]) => act.fits(person))
  const mine = fit.filter(([, act]) => may.includes(act.scope))
  return <p class="acts no-print">
    {mine.map(([name, act]) => <a key={name} class="button" href={link('person', 'do=' + name, person.id!)}>{t(act.word)}</a>)}
    {may.includes('tokens:write') && <a class="button" href={link('access', 'of=' + encodeURIComponent(person.id!))}>{t('roles')}</a>}
    {mine.length < fit.length && <span class="words">{t('who_can', { what: fit.filter((f) => !mine.includes(f)).map(([, act]) => t(act.word)).join(', ') })}</span>}
  </p>
}

export function Person({ id, filters, may }: Props) {
  const [said, say] = useState('')
  const [slip, setSlip] = useState<Schema['CredentialReset']>()
  const person = useRead<Staff>('v1/staff/' + encodeURIComponent(id))
  const systems = useSystems() ?? []
  const asked = filters.get('do') ?? ''
  useEffect(() => { if (asked) say('') }, [asked])
  return <Read of={person}>{(p) => {
    const a = p.accounts.find((x) => x.system === filters.get('system'))
    const doing = { person: p, systems, done: (words: string, answer?: unknown) => { say(words); if (answer) setSlip(answer as Schema['CredentialReset']); person.again(); location.replace(link('person', '', id)) } }
    const entry = ACTS[asked], ofAccount = a && ACCOUNT_ACTS[asked]
    const act = entry && may.includes(entry.scope) ? entry.make(doing) : ofAccount && may.includes('accounts:write') ? ofAccount.make(doing, a) : undefined
    if (act?.now) act.base = act.now(p)
    return <>
      <p class="no-print"><a href={link('people')}>{t('back')}</a></p>
      <h1 translate={false}>{p.full_name}</h1>
      <p>{named(p.status)} · <Name>{p.title ?? '—'} · {p.unit?.name ?? t('elsewhere_unit')}</Name> · {named(p.category)}</p>
      <p><b translate={false}>{p.address ?? t('no_address')}</b>{p.staff_code && <> · {t('staff_code')} <Name>{p.staff_code}</Name></>}{p.mobile && <> · <Name>{p.mobile}</Name></>}{p.birth_year && <> · {t('born', { year: p.birth_year })}</>}
        {p.former_codes.length > 0 && <> · {t('former_codes')} <Name>{p.former_codes.join(', ')}</Name></>}</p>
      {!!p.hr_feed_fields?.length && <p class="words">{t('hr_keeps', { what: p.hr_feed_fields.map((f) => named(f, 'fact_')).join(', ') })}</p>}
      {said && <p class="good" role="status">{said}</p>}
      {slip && <Slip slip={slip} system={systemName(systems, slip.system)} close={() => setSlip(undefined)} />}
      {act && systems.length > 0 ? <ActForm key={asked + (a?.system ?? '')} act={act} form={`person ${id} ${asked} ${a?.system ?? ''}`} close={link('person', '', id)} /> : <Acts person={p} may={may} />}
      <Departure person={p} systems={systems} />
      <Accounts person={p} systems={systems} may={may.includes('accounts:write')} />
      <PostTable person={p} />
      <Holds person={p} />
      <History id={id} />
    </>
  }}</Read>
}
