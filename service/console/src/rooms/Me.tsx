/** One's own account: the password, the second factor, and all that is kept about oneself. */
import { useEffect, useState } from 'preact/hooks'
import { ActForm, type Act } from '../act'
import { link } from '../address'
import { useRead, type Schema } from '../call'
import type { Field } from '../fields'
import { systemName, useSystems } from '../kept'
import { Copy, Name, Read, Table } from '../parts'
import { count, day, lastDay, named, phone, t } from '../words'

type Session = Schema['Session']
type Record = Schema['MyRecord']
type Seed = Schema['SecondFactor']
type Own = { session: Session; renew: () => Promise<void>; out: () => void }

const HOME = link('me')
const current: Field = { name: 'current', label: 'current_password', kind: 'secret', required: 'fill_in', pointer: '#/current' }

function Password({ renew, done }: { renew: () => Promise<void>; done: (said: string) => void }) {
  const act: Act = {
    title: t('change_password'), words: t('change_password_words'),
    fields: [current, { name: 'fresh', label: 'new_password', kind: 'secret', required: 'fill_in', hint: 'new_password_hint', pointer: '#/password' }, { name: 'again', label: 'new_password_again', kind: 'secret', same: 'fresh' }],
    wish: (v) => ({ method: 'PUT', path: 'v1/me/password', body: { current: v.current, password: v.fresh } }),
    verb: () => t('change_password'), done: () => void renew().catch(() => {}).then(() => done(t('password_changed'))), // changed it is, whatever is heard next
  }
  return <ActForm act={act} form="password" close={HOME} />
}

/** The seed is shown once; it counts when the app has shown a code of it. */
function Factor({ renew, done }: { renew: () => Promise<void>; done: (said: string) => void }) {
  const [seed, setSeed] = useState<Seed>()
  const begin: Act = {
    title: t('set_factor'), words: t('set_factor_words'), fields: [current],
    wish: (v) => ({ method: 'POST', path: 'v1/me/second-factor', body: { current: v.current } }), verb: () => t('go_on'), done: setSeed,
  }
  const confirm: Act = {
    title: t('factor_code'), fields: [{ name: 'code', label: 'factor_code', required: 'code_needed', mode: 'numeric', pointer: '#/code' }],
    wish: (v) => ({ method: 'PUT', path: 'v1/me/second-factor', body: { code: v.code.replace(/\s/g, '') } }),
    verb: () => t('set_factor'), done: () => void renew().catch(() => {}).then(() => done(t('factor_set'))),
  }
  if (!seed) return <ActForm key="begin" act={begin} form="factor" close={HOME} />
  return <>
    <div class="effect" role="status">
      <p>{t('factor_seed')}</p>
      <p><b class="code" translate={false}>{seed.secret.replace(/(.{4})(?=.)/g, '$1 ')}</b> <Copy text={seed.secret} /></p>
      <p><a href={seed.uri}>{t('factor_on_phone')}</a></p>
    </div>
    <ActForm key="confirm" act={confirm} form="factor code" close={HOME} />
  </>
}

function Kept({ r }: { r: Record }) {
  const systems = useSystems()
  return <>
    <section><h2>{t('my_record')}</h2>
      <dl class="wide">
        <dt>{t('name')}</dt><dd translate={false}>{r.staff.full_name}</dd>
        <dt>{t('title')}</dt><dd translate={false}>{r.staff.title ?? '—'} · {r.staff.unit?.name ?? '—'}</dd>
        <dt>{t('staff_code')}</dt><dd translate={false}>{[r.staff.staff_code, ...r.staff.former_codes].filter(Boolean).join(', ') || '—'}</dd>
        <dt>{t('category')}</dt><dd>{named(r.staff.category)}</dd>
        <dt>{t('birth_year')}</dt><dd>{r.staff.birth_year ?? '—'}</dd>
        <dt>{t('mobile')}</dt><dd translate={false}>{phone(r.staff.mobile) || '—'}</dd>
        <dt>{t('names_held')}</dt><dd translate={false}>{r.names_held.map((n) => n.replace(/^.*\//, '')).join(', ') || '—'}</dd>
        <dt>{t('hr_ref')}</dt><dd>{t(r.sign_in.hr_ref ? 'kept_as_digest' : 'not_kept')}</dd>
        <dt>{t('password')}</dt><dd>{r.sign_in.password_set_on ? t('set_on', { day: day(r.sign_in.password_set_on) }) : t('not_set')}</dd>
        <dt>{t('factor')}</dt><dd>{t(r.sign_in.second_factor ? 'factor_is_set' : 'not_set')}</dd>
        {r.sign_in.provider && <><dt>{t('provider')}</dt><dd translate={false}>{r.sign_in.provider}</dd></>}
      </dl>
      {r.changes_kept_days > 0 && <p class="words">{t('changes_kept', { n: count(r.changes_kept_days) })}</p>}
    </section>
    <section><h2>{t('my_use')}</h2><p class="words">{t('my_use_words')}</p>
      {r.use.length === 0 ? <p>{t('no_use')}</p> : <Table head={[t('system'), t('days_used'), t('last_used')]} rows={r.use.map((u) => ({ key: u.system, cells: [systemName(systems, u.system), count(u.days.length + u.earlier_days), u.last_on ? day(u.last_on) : '—'] }))} />}
    </section>
    <section><h2>{t('my_roles')}</h2>
      {r.roles.length === 0 ? <p>{t('no_roles')}</p> : <Table head={[t('role'), t('unit'), t('from'), t('to')]} rows={r.roles.map((x) => ({ key: String(x.number), cells: [named(x.role), <Name>{x.unit?.name ?? t('whole_scope')}</Name>, x.from ? day(x.from) : '—', x.to ? lastDay(x.to) : t('open')] }))} />}
    </section>
  </>
}

export function Me({ filters, session, renew, out }: Own & { filters: URLSearchParams }) {
  const record = useRead<Record>('v1/me/record')
  const [said, say] = useState('')
  const doing = filters.get('do')
  useEffect(() => { if (doing) say('') }, [doing])
  const done = (words: string) => { say(words); record.again(); location.replace(HOME) }
  return <>
    <h1>{t('my_account')}</h1>
    {session.role === null && <p class="effect">{t(session.second_factor === 'none' ? 'no_role_yet' : session.second_factor === 'needed' ? 'factor_needed' : 'factor_sign_in')} {session.second_factor === 'used' && <button class="main" onClick={() => { location.hash = link('overview'); out() }}>{t('sign_in_again')}</button>}</p>}
    {said && <p class="good" role="status">{said}</p>}
    {doing === 'password' ? <Password renew={renew} done={done} /> : doing === 'factor' && !record.data?.sign_in.second_factor ? <Factor renew={renew} done={done} />
      : <p class="acts no-print"><a class="button" href={link('me', 'do=password')}>{t('change_password')}</a>
        {record.data && (record.data.sign_in.second_factor ? <span class="words">{t('factor_lost')}</span> : <a class="button" href={link('me', 'do=factor')}>{t('set_factor')}</a>)}</p>}
    <Read of={record}>{(r) => <Kept r={r} />}</Read>
  </>
}
