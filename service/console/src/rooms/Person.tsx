/** One person: posts in time, accounts with what is done about them, departure. */
import { useState } from 'preact/hooks'
import { link } from '../address'
import { useRead, type Schema } from '../call'
import { Read } from '../parts'
import { Transfer } from './Transfer'
import { day, moment, named, said, t } from '../words'

type Staff = Schema['Staff']
type Account = Schema['Account']

function state(account: Account): string {
  const is = account.observed.state
  return is === 'active' ? t('account_active') : named(is)
}

function doing(account: Account): string {
  const { last_error: error, next_try_at: at } = account.observed
  if (error) return at ? t('retry', { error, at: moment(at) }) : t('error', { error })
  if (account.drift) return `${named(account.desired.state, 'want_')}. ${t('waits')}`
  return t('in_order')
}

function Accounts({ accounts, name }: { accounts: Account[]; name: (id: string) => string }) {
  return <section>
    <h2>{t('accounts')}</h2>
    <table>
      <thead><tr><th>{t('system')}</th><th>{t('state')}</th><th>{t('since')}</th><th>{t('doing')}</th></tr></thead>
      <tbody>{accounts.map((a) => <tr key={a.system}>
        <th scope="row">{name(a.system)}</th>
        <td data-label={t('state')}>{state(a)}</td>
        <td data-label={t('since')}>{a.observed.since ? day(a.observed.since) : '—'}</td>
        <td data-label={t('doing')}>{doing(a)}</td>
      </tr>)}</tbody>
    </table>
  </section>
}

function Posts({ person }: { person: Staff }) {
  const posts = [...person.posts].sort((a, b) => (b.from ?? '').localeCompare(a.from ?? ''))
  return <section>
    <h2>{t('posts')}</h2>
    <table>
      <thead><tr><th>{t('unit')}</th><th>{t('title')}</th><th>{t('kind')}</th><th>{t('from')}</th><th>{t('to')}</th></tr></thead>
      <tbody>{posts.map((p, i) => <tr key={i}>
        <th scope="row" translate={false}>{p.unit.name}</th>
        <td data-label={t('title')}>{p.title ?? '—'}</td>
        <td data-label={t('kind')}>{named(p.kind)}</td>
        <td data-label={t('from')}>{p.from ? day(p.from) : '—'}</td>
        <td data-label={t('to')}>{p.to ? day(p.to) : t('open')}</td>
      </tr>)}</tbody>
    </table>
    {!!person.posts_elsewhere && <p>{t('elsewhere', { n: person.posts_elsewhere })}</p>}
  </section>
}

export function Person({ id, mayWrite }: { id: string; mayWrite: boolean }) {
  const [doing, setDoing] = useState<'' | 'transfer' | 'transferred'>('')
  const person = useRead<Staff>('v1/staff/' + encodeURIComponent(id))
  const systems = useRead<Schema['SystemList']>('v1/systems')
  return <Read of={person}>{(p) => <>
    <p><a href={link('people')}>{t('back')}</a></p>
    <h1 translate={false}>{p.full_name}</h1>
    <p>{named(p.status)} · {p.title ?? '—'} · <span translate={false}>{p.unit?.name ?? t('elsewhere_unit')} · {p.address ?? '—'}</span></p>
    {p.departure && <section><h2>{t('departure')}</h2><p>{t('departs', { day: day(p.departure.effective_on), state: named(p.departure.state) })}</p></section>}
    {mayWrite && doing !== 'transfer' && <p><button onClick={() => setDoing('transfer')}>{t('transfer')}</button></p>}
    {doing === 'transfer' && <Transfer person={p} done={() => { setDoing('transferred'); person.again() }} />}
    {doing === 'transferred' && <p role="status">{t('transferred')}</p>}
    <Posts person={p} />
    <Accounts accounts={p.accounts} name={(id) => said(systems.data?.items.find((s) => s.id === id)?.name)} />
  </>}</Read>
}
