/** The slip's one-time code becomes a password of one's own. Nobody is signed in here. */
import { useRef, useState } from 'preact/hooks'
import { link } from '../address'
import { call, type Problem } from '../call'
import { Said } from '../parts'
import { t } from '../words'

export function Activate() {
  const form = useRef<HTMLFormElement>(null)
  const [fault, setFault] = useState('')
  const [problem, setProblem] = useState<Problem>()
  const [busy, setBusy] = useState(false)
  const [done, setDone] = useState(false)

  async function send(event: Event) {
    event.preventDefault()
    const given = new FormData(form.current!)
    const code = String(given.get('code')).trim().toUpperCase(), password = String(given.get('new'))
    setProblem(undefined)
    setFault(!code || !password ? t('fill_code') : password !== given.get('again') ? t('not_twice') : '')
    if (!code || !password || password !== given.get('again') || busy) return
    setBusy(true)
    await call('POST', 'v1/activations', { code, password }).then(() => setDone(true), setProblem)
    setBusy(false)
  }
  if (done) return <main class="sign-in"><h1>{t('activated')}</h1><p><a href={link('overview')}>{t('sign_in')}</a></p></main>
  return <main class="sign-in">
    <form ref={form} onSubmit={send} noValidate>
      <h1>{t('activate')}</h1>
      <p>{t('activate_words')}</p>
      <label for="code">{t('one_time_code')}</label>
      <input id="code" name="code" autoComplete="one-time-code" autoCapitalize="characters" spellcheck={false} aria-describedby="fault" />
      <label for="new">{t('new_password')}</label>
      <input id="new" name="new" type="password" autoComplete="new-password" aria-describedby="fault" />
      <label for="again">{t('new_password_again')}</label>
      <input id="again" name="again" type="password" autoComplete="new-password" aria-describedby="fault" />
      <div id="fault" class="trouble" role="alert">{fault}{problem && (problem.errors?.map((e) => e.detail).join('. ') || <Said problem={problem} saving />)}</div>
      <button class="main" aria-disabled={busy}>{t(busy ? 'working' : 'activate')}</button>
    </form>
  </main>
}
