import { useRef, useState } from 'preact/hooks'
import { call, useRead, type Problem, type Schema } from '../call'
import { t } from '../words'

type Props = { ended: boolean; opened: (session: Schema['Session']) => void }

function why(problem: Problem): string {
  if (problem.status === 429) return t('too_fast')
  if (problem.code === 'second_factor_needed') return t('code_needed')
  return problem.status >= 500 || !problem.status ? t('away') : t('refused')
}

const COMING_BACK = { refused: 'common_refused', cancelled: 'common_cancelled', wait: 'too_fast', later: 'common_away' } as const

/** What the common sign-in said on the way back; told once. */
function comingBack(): string {
  const word = new URLSearchParams(location.search).get('sign_in')
  if (!word) return ''
  history.replaceState(null, '', location.pathname + location.hash)
  return t(COMING_BACK[word as keyof typeof COMING_BACK] ?? 'common_refused')
}

export function SignIn({ ended, opened }: Props) {
  const form = useRef<HTMLFormElement>(null)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState(comingBack)
  const [coded, setCoded] = useState(false)
  const service = useRead<Schema['Version']>('version')

  async function send(event: Event) {
    event.preventDefault()
    const given = new FormData(form.current!)
    const login = String(given.get('login')).trim(), password = String(given.get('password'))
    if (!login || !password) return setFault(t('fill_both'))
    setBusy(true)
    setFault('')
    try {
      const code = String(given.get('code') ?? '').replace(/\s/g, '')
      opened(await call<Schema['Session']>('POST', 'v1/sessions', { login, password, ...(code && { code }) }))
    } catch (problem) {
      setFault(why(problem as Problem))
      setCoded((was) => was || (problem as Problem).code === 'second_factor_needed')
    }
    setBusy(false)
  }

  return <main class="sign-in">
    <form ref={form} onSubmit={send} noValidate>
      <h1>{t('sign_in')}</h1>
      <p>{t(ended ? 'ended' : 'sign_in_hint')}</p>
      <label for="login">{t('login')}</label>
      <input id="login" name="login" autoComplete="username" autoCapitalize="none" spellcheck={false} aria-describedby="fault" />
      <label for="password">{t('password')}</label>
      <input id="password" name="password" type="password" autoComplete="current-password" aria-describedby="fault" />
      {coded && <><label for="code">{t('factor_code')}</label>
        <input id="code" name="code" inputMode="numeric" autoComplete="one-time-code" aria-describedby="fault" /></>}
      <p id="fault" class="trouble" role="alert">{fault}</p>
      <button class="main" disabled={busy}>{t(busy ? 'signing_in' : 'sign_in')}</button>
      {service.data?.oidc && <p><a class="button" href="v1/oidc/start">{t('common_sign_in')}</a></p>}
      <p><a href="kichhoat">{t('have_slip')}</a></p>
    </form>
  </main>
}
