/** Who may do what: roles of people and tokens of programs. */
import { useState } from 'preact/hooks'
import { ActForm, iso, type Act } from '../act'
import { link } from '../address'
import { useRead, type Schema } from '../call'
import { Copy, Name, Read, Table } from '../parts'
import { day, lastDay, moment, named, nextDay, t } from '../words'
import { staffFields } from '../fields'

const ROLES = ['unit_hr', 'unit_head', 'unit_admin', 'clerk', 'inspector', 'site_admin'] as const
const SCOPES = ['staff:read', 'staff:write', 'accounts:write', 'departures:write', 'brake:release', 'units:read', 'units:write', 'systems:write', 'coverage:read', 'tokens:write', 'usage:write', 'reports:write', 'audit:read'] as const

function Roles({ id, self }: { id: string; self: string }) {
  const person = useRead<Schema['Staff']>('v1/staff/' + encodeURIComponent(id)), list = useRead<{ items: Schema['Role'][] }>(`v1/staff/${encodeURIComponent(id)}/roles`)
  const [giving, give] = useState(false)
  const [taking, ask] = useState<Schema['Role']>()
  const [said, say] = useState('')
  const act: Act = {
    title: t('give_role'),
    fields: [{ name: 'role', label: 'role', kind: 'choice', required: 'choose', options: ROLES.map((r) => [r, named(r)] as const), pointer: '#/role' }, { ...staffFields.unit, label: 'role_unit', required: undefined }, { ...staffFields.from, required: undefined, pointer: '#/from' },
      { name: 'to', label: 'to_day', kind: 'day', pointer: '#/to' }, staffFields.number],
    wish: (v) => ({ method: 'POST', path: `v1/staff/${encodeURIComponent(id)}/roles`, body: { role: v.role, ...(v.unit && { unit: v.unit }), ...(v.from && { from: iso(v.from) }), ...(v.to && { to: nextDay(iso(v.to)!) }), ...(v.number && { decision: { number: v.number } }) } }),
    verb: () => t('give_role'), done: () => { give(false); list.again() },
  }
  // whoever takes the last right of an administrator, or his own, is told by the service; his own is not offered here
  const take = (r: Schema['Role'], name: string): Act => ({
    title: t('take_role'), grave: true, fields: [],
    foretold: <ul><li><Name>{name}</Name>: {t('take_role_effect', { role: named(r.role) })} <Name>{r.unit?.name ?? t('whole_scope')}</Name></li><li>{t('take_role_now')}</li></ul>,
    wish: () => ({ method: 'DELETE', path: `v1/staff/${encodeURIComponent(id)}/roles/${r.number}`, revision: '*' }),
    verb: () => t('take_role_save', { name }), done: () => { ask(undefined); say(t('role_taken')); list.again() },
  })
  return <Read of={person}>{(p) => <section>
    <h2><Name>{p.full_name}</Name></h2>
    {said && <p class="good" role="status">{said}</p>}
    {taking && <ActForm key={taking.number} act={take(taking, p.full_name)} form={`take ${id} ${taking.number}`} close={link('access', 'of=' + encodeURIComponent(id))} left={() => ask(undefined)} />}
    <Read of={list}>{({ items }) => items.length === 0 ? <p>{t('no_roles')}</p> : <Table head={[t('role'), t('unit'), t('from'), t('to'), t('decision'), t('acts')]} rows={items.map((r) => ({ key: String(r.number), cells: [named(r.role) + (r.in_force ? '' : ` (${t('not_in_force')})`), <Name>{r.unit?.name ?? t('whole_scope')}</Name>,
      r.from ? day(r.from) : '—', r.to ? lastDay(r.to) : t('open'), <Name>{r.decision?.number ?? '—'}</Name>, id === self ? <span class="words">{t('yourself')}</span> : r.in_force ? <button class="no-print" onClick={() => ask(r)} aria-label={`${t('take_role')}: ${named(r.role)}`}>{t('take_role')}</button> : ''] }))} />}</Read>
    {giving ? <ActForm act={act} form={'role ' + id} close={link('access', 'of=' + encodeURIComponent(id))} left={() => give(false)} /> : <p><button onClick={() => give(true)}>{t('give_role')}</button></p>}
  </section>}</Read>
}

function Tokens() {
  const list = useRead<Schema['TokenList']>('v1/tokens')
  const [ending, ask] = useState<Schema['Token']>()
  const [said, say] = useState('')
  const [secret, setSecret] = useState<string | null>('')
  const [making, make] = useState(false)
  const act: Act = {
    title: t('make_token'), words: t('token_words'),
    fields: [{ name: 'called', label: 'token_name', required: 'name_needed', pointer: '#/name' }, { name: 'scope', label: 'token_right', kind: 'many', required: 'choose', options: SCOPES.map((s) => [s, named(s.replace(':', '_'), 'scope_')] as const), pointer: '#/scopes' }, { ...staffFields.unit, name: 'token_unit', label: 'role_unit', required: undefined }],
    wish: (v) => ({ method: 'POST', path: 'v1/tokens', body: { name: v.called, scopes: v.scope.split(','), ...(v.token_unit && { unit: v.token_unit }) } }),
    verb: () => t('make_token'), done: (made: Schema['TokenWithSecret']) => { make(false); setSecret(made.secret ?? null); list.again() },
  }
  const end = (k: Schema['Token']): Act => ({
    title: t('end_token_title'), grave: true, fields: [],
    foretold: <ul><li><Name>{k.name}</Name>: {t('end_token_effect')}</li><li>{t('end_token_rest')}</li></ul>,
    wish: () => ({ method: 'DELETE', path: 'v1/tokens/' + encodeURIComponent(k.id) }),
    verb: () => t('end_token_save', { name: k.name }), done: () => { ask(undefined); say(t('token_ended')); list.again() },
  })
  return <section>
    <h2>{t('tokens')}</h2>
    {secret === null && <p class="trouble" role="status">{t('secret_gone')}</p>}
    {secret && <div class="effect" role="status"><p>{t('secret_once')}</p><p><b class="code" translate={false}>{secret}</b> <Copy text={secret} /></p></div>}
    {said && <p class="good" role="status">{said}</p>}
    {ending && <ActForm key={ending.id} act={end(ending)} form={'end ' + ending.id} close={link('access')} left={() => ask(undefined)} />}
    <Read of={list}>{({ items }) => <Table head={[t('token_name'), t('rights'), t('unit'), t('created'), t('valid_until'), t('acts')]} rows={items.map((k) => ({ key: k.id, cells: [<><Name>{k.name}</Name>{k.feed && <span class="words"> {t('token_feed')}</span>}</>, k.scopes.map((s) => named(s.replace(':', '_'), 'scope_')).join(', '), <Name>{k.unit?.name ?? t('whole_scope')}</Name>, moment(k.created_at), k.expires_at ? moment(k.expires_at) : t('open'),
      <button class="no-print" onClick={() => ask(k)} aria-label={`${t('end_token')}: ${k.name}`}>{t('end_token')}</button>] }))} />}</Read>
    {making ? <ActForm act={act} form="token" close={link('access')} left={() => make(false)} /> : <p><button onClick={() => make(true)}>{t('make_token')}</button></p>}
  </section>
}

export function Access({ filters, self }: { filters: URLSearchParams; self: string }) {
  const of = filters.get('of')
  return <>
    <h1>{t('access')}</h1>
    {of ? <Roles key={of} id={of} self={self} /> : <p>{t('roles_hint')} <a href={link('people')}>{t('people')}</a></p>}
    <Tokens />
  </>
}
