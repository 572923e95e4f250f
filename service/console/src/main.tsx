import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { link, usePlace, type Place } from './address'
import { call, session as held, type Schema } from './call'
import { Overview } from './rooms/Overview'
import { People } from './rooms/People'
import { Person } from './rooms/Person'
import { SignIn } from './rooms/SignIn'
import { named, otherLanguage, t } from './words'
import './style.css'

type Session = Schema['Session']

function Room({ place, session }: { place: Place; session: Session }) {
  const may = session.roles.find((r) => r.number === session.role)?.scopes ?? []
  if (place.room === 'people') return <People filters={place.filters} />
  if (place.room === 'person') return <Person key={place.what} id={place.what} mayWrite={may.includes('staff:write')} />
  return <Overview filters={place.filters} />
}

function Head({ session, room, out }: { session: Session; room: string; out: () => void }) {
  const role = session.roles.find((r) => r.number === session.role)
  const here = (names: string[]) => names.includes(room) ? 'page' as const : undefined
  return <header>
    <nav aria-label="Congvu">
      <a href={link('overview')} aria-current={here(['overview'])}>{t('overview')}</a>
      <a href={link('people')} aria-current={here(['people', 'person'])}>{t('people')}</a>
    </nav>
    <p><b translate={false}>{session.staff.full_name}</b> · {named(role?.role)}{role?.unit && <span translate={false}> · {role.unit.name}</span>}</p>
    <p><button onClick={otherLanguage}>{t('language')}</button> <button onClick={out}>{t('sign_out')}</button></p>
  </header>
}

function App() {
  const place = usePlace()
  const [session, setSession] = useState<Session | null | undefined>(undefined)
  const [ended, setEnded] = useState(false)

  function opened(session: Session) {
    held.csrf = session.csrf
    setSession(session)
    setEnded(false)
  }
  useEffect(() => {
    call<Session>('GET', 'v1/sessions/current').then(opened).catch(() => setSession(null))
    held.ended = () => setEnded(true)
  }, [])
  async function out() {
    await call('DELETE', 'v1/sessions/current').catch(() => {})
    held.csrf = ''
    setSession(null)
    setEnded(false)
  }

  if (session === undefined) return <p role="status">{t('loading')}</p>
  if (session === null) return <SignIn ended={false} opened={opened} />
  // what was typed stays behind the sign-in of the same person; for another one everything is new
  return <>
    {ended && <SignIn ended opened={opened} />}
    <div hidden={ended} key={`${session.staff.id} ${session.role}`}>
      <Head session={session} room={place.room} out={out} />
      <main><Room place={place} session={session} /></main>
    </div>
  </>
}

render(<App />, document.getElementById('app')!)
