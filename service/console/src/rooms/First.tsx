/** The first start: a top unit, and two administrators at once, so that nobody is alone. The secret behind the # ends when they are there. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { call, session, useRead, type Problem, type Schema } from '../call'
import { faultsIn, Row, staffFields, typedIn, type Field, type Values } from '../fields'
import { Name, Said } from '../parts'
import { choices, UNIT_KINDS } from '../vocabulary'
import { moment, t } from '../words'
import { activation } from './person/Slip'

type Reset = Schema['CredentialReset']

const FIELDS: Field[] = [
  { name: 'unit_name', label: 'first_unit', required: 'fill_in' }, { name: 'unit_code', label: 'col_unit_code', hint: 'first_code_hint', required: 'fill_in' },
  { name: 'unit_kind', label: 'col_unit_kind', kind: 'choice', required: 'choose', options: choices(UNIT_KINDS, 'unit_') },
  { name: 'one', label: 'first_admin', required: 'name_needed' }, { name: 'two', label: 'second_admin', hint: 'second_admin_hint', required: 'name_needed' }, staffFields.category,
]

/** Safe to repeat: what is there already is left as it is. */
async function administrator(name: string, number: number, unit: string, category: string): Promise<Reset> {
  const person = await call<Schema['Staff']>('POST', 'v1/staff', { full_name: name, unit, category, not_same_as: ['*'] }, { key: `first-${number}-${unit}` })
  const path = 'v1/staff/' + encodeURIComponent(person.id!)
  const { items } = await call<{ items: Schema['Role'][] }>('GET', path + '/roles')
  if (!items.some((r) => r.role === 'site_admin' && r.in_force)) await call('POST', path + '/roles', { role: 'site_admin' })
  return call<Reset>('POST', path + '/accounts/mailbox/credential-resets', {})
}

async function begin(v: Values): Promise<Reset[]> {
  await call('PUT', 'v1/units/' + encodeURIComponent(v.unit_code), { name: { vi: v.unit_name }, kind: v.unit_kind })
  const made = [await administrator(v.one, 1, v.unit_code, v.category), await administrator(v.two, 2, v.unit_code, v.category)]
  const { token } = await call<Schema['Me']>('GET', 'v1/me')
  if (token) await call('DELETE', 'v1/tokens/' + token.id)
  return made
}

function Made({ made }: { made: Reset[] }) {
  return <>
    <p class="good" role="status" tabIndex={-1} ref={(at) => at?.focus()}>{t('first_made')}</p>
    {made.map((r) => <section key={r.login} class="card">
      <h2><Name>{r.staff?.full_name}</Name></h2>
      <p>{t('login_name')}: <b translate={false}>{r.login}</b></p>
      <p><a translate={false} href={`${activation()}#${r.code}`} target="_blank" rel="noopener">{activation()}#{r.code}</a></p>
      <p class="words">{t('valid_until')} {r.expires_at ? moment(r.expires_at) : '—'}</p>
    </section>)}
    <p>{t('first_then')} <a href="#/overview" onClick={() => { session.first = '' }}>{t('sign_in')}</a></p>
  </>
}

export function First({ code }: { code: string }) {
  session.first = code
  const form = useRef<HTMLFormElement>(null)
  const [faults, setFaults] = useState<Values>({})
  const [problem, setProblem] = useState<Problem>()
  const [busy, setBusy] = useState(false)
  const [made, setMade] = useState<Reset[]>()
  const known = useRead<Schema['Me']>('v1/me')
  useEffect(() => () => { session.first = '' }, [])

  async function send(event: Event) {
    event.preventDefault()
    const values = typedIn(form.current!), wrong = faultsIn(FIELDS, values)
    setFaults(wrong)
    setProblem(undefined)
    const bad = FIELDS.find((f) => wrong[f.name])
    if (bad) return (form.current!.elements.namedItem(bad.name) as HTMLElement | null)?.focus()
    if (busy) return
    setBusy(true)
    await begin(values).then(setMade, setProblem)
    setBusy(false)
  }
  return <main>
    <h1>{t('first_title')}</h1>
    {made ? <Made made={made} /> : known.problem?.status === 401 ? <p class="trouble">{t('first_over')} <a href="#/overview" onClick={() => { session.first = '' }}>{t('sign_in')}</a></p>
      : <form class="act" ref={form} onSubmit={send} noValidate autoComplete="off">
        <p>{t('first_words')}</p>
        {FIELDS.map((f) => <Row key={f.name} field={f} first={f.first ?? ''} fault={faults[f.name]} />)}
        {problem && <div class="trouble" role="alert"><Said problem={problem} saving />{problem.errors?.map((e) => <div key={e.pointer}>{e.detail}</div>)}</div>}
        <p><button class="main" aria-disabled={busy}>{t(busy ? 'working' : 'first_begin')}</button></p>
      </form>}
  </main>
}
