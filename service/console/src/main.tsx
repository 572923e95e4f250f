import './translated'
import { render } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { arrival, forgetArrival, link, usePlace, type Place } from './address'
import { call, session as held, type Schema } from './call'
import { draftsOf } from './drafts'
import { slash } from './habits'
import { forget } from './kept'
import { room } from './rooms'
import { Overview } from './rooms/Overview'
import { SignIn } from './rooms/SignIn'
import { named, otherLanguage, spoken, t, type Word } from './words'
import './style.css'

type Session = Schema['Session']
type Scope = Schema['Scope']

const Duplicates = room(() => import('./rooms/Duplicates').then((m) => m.Duplicates))
const Leavers = room(() => import('./rooms/Leavers').then((m) => m.Leavers))
const List = room(() => import('./rooms/lists/List').then((m) => m.List))
const Lists = room(() => import('./rooms/lists/Lists').then((m) => m.Lists))
const Reports = room(() => import('./rooms/Reports').then((m) => m.Reports))
const First = room(() => import('./rooms/First').then((m) => m.First))
const Access = room(() => import('./rooms/Access').then((m) => m.Access))
const Slips = room(() => import('./rooms/Slips').then((m) => m.Slips))
const Unit = room(() => import('./rooms/unit/Unit').then((m) => m.Unit))
const Requests = room(() => import('./rooms/Requests').then((m) => m.Requests))
const Audit = room(() => import('./rooms/Audit').then((m) => m.Audit))
const More = room(() => import('./rooms/More').then((m) => m.More))
const Me = room(() => import('./rooms/Me').then((m) => m.Me))
const Onboard = room(() => import('./rooms/Onboard').then((m) => m.Onboard))
const People = room(() => import('./rooms/People').then((m) => m.People))
const Person = room(() => import('./rooms/person/Person').then((m) => m.Person))

const scopesOf = (session: Session) => session.roles.find((r) => r.number === session.role)?.scopes ?? []

type Own = { session: Session; renew: () => Promise<void>; out: () => void; stuck: boolean }

function Room({ place, ...own }: Own & { place: Place }) {
  const { session } = own
  const may = scopesOf(session), can = (scope: Scope) => may.includes(scope)
  // without a role in force there is the own account alone
  if (session.role === null) return <Me filters={place.filters} {...own} />
  switch (place.room) {
    case 'me': return <Me filters={place.filters} {...own} />
    case 'people': return <People filters={place.filters} may={may} self={session.staff.id} />
    case 'person': return <Person key={place.what} id={place.what} filters={place.filters} may={may} />
    case 'unit': return <Unit key={place.what} id={place.what} filters={place.filters} may={may} />
    case 'onboard': return <Onboard may={can('staff:write')} />
    case 'duplicates': return <Duplicates filters={place.filters} may={can('staff:write')} />
    case 'leavers': return <Leavers filters={place.filters} may={may} self={session.staff.id} />
    case 'lists': return <Lists may={may} />
    case 'list': return <List key={place.what} id={place.what} filters={place.filters} may={may} self={session.staff.id} />
    case 'reports': return <Reports filters={place.filters} may={can('reports:write')} />
    case 'access': return <Access filters={place.filters} self={session.staff.id} />
    case 'slips': return <Slips filters={place.filters} may={can('accounts:write')} />
    case 'requests': return <Requests key={place.what} id={place.what} filters={place.filters} may={may} />
    case 'audit': return <Audit filters={place.filters} />
    case 'more': return <More may={may} />
    default: return <Overview filters={place.filters} head={session.roles.some((r) => r.number === session.role && r.role === 'unit_head')} may={may} />
  }
}

/** Five at most, so that they fit a phone. */
const NAV: { room: string; word: Word; needs: Scope; also: string[] }[] = [
  { room: 'overview', word: 'overview', needs: 'coverage:read', also: ['unit'] },
  { room: 'people', word: 'people', needs: 'staff:read', also: ['person', 'onboard', 'duplicates', 'slips', 'requests'] },
  { room: 'leavers', word: 'leavers', needs: 'staff:read', also: [] },
  { room: 'lists', word: 'lists', needs: 'staff:read', also: ['list'] },
  { room: 'more', word: 'more', needs: 'coverage:read', also: ['reports', 'access', 'audit'] },
]

function Head({ session, room, out, stuck }: { session: Session; room: string; out: () => void; stuck: boolean }) {
  const role = session.roles.find((r) => r.number === session.role), may = scopesOf(session)
  return <header>
    <nav aria-label="Congvu">{NAV.filter((n) => may.includes(n.needs)).map((n) => <a key={n.room} href={link(n.room)} aria-current={n.room === room || n.also.includes(room) ? 'page' : undefined}>{t(n.word)}</a>)}</nav>
    <div><p><a href={link('me')} aria-current={room === 'me' ? 'page' : undefined} translate={false}>{session.staff.full_name}</a>{role && <> · {named(role.role)}</>}{role?.unit && <span translate={false}> · {role.unit.name}</span>}</p>
    <p><button onClick={otherLanguage}>{t('language')}</button> <button onClick={out} title={t('sign_out_where')}>{t('sign_out')}</button></p>{stuck && <p class="trouble" role="alert">{t('still_in')}</p>}</div>
  </header>
}

/** `/` goes to the search box, from everywhere but a field; it can be switched off. */
function useSlash() {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const at = event.target as HTMLElement
      if (event.key !== '/' || event.ctrlKey || event.altKey || event.metaKey || /^(input|textarea|select)$/i.test(at.tagName) || !slash.on()) return
      event.preventDefault()
      const box = document.getElementById('q')
      if (box) box.focus()
      else { arrival.search = true; location.hash = link('people') }
    }
    addEventListener('keydown', pressed)
    return () => removeEventListener('keydown', pressed)
  }, [])
}

/** While letters are being composed Enter and Esc are the keyboard program's: they send no form and close nothing. */
function useComposing() {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => { if (event.isComposing && (event.key === 'Enter' || event.key === 'Escape')) event.preventDefault() }
    addEventListener('keydown', pressed, true)
    return () => removeEventListener('keydown', pressed, true)
  }, [])
}

/** Another room: its title is read and what has gone takes no focus with it; the focus is never on nothing. */
function useArrival(place: Place, main: { current: HTMLElement | null }) {
  const where = place.room + '/' + place.what
  const [first, arrived] = useState(where)
  useEffect(() => {
    if (where === first) return
    arrived(where)
    if (!main.current?.contains(document.activeElement)) main.current?.focus({ preventScroll: true })
    scrollTo(0, 0)
  }, [where])
  // within a room a form goes with what had the focus
  const at = where + '?' + place.filters
  useEffect(() => { if (document.activeElement === document.body) main.current?.focus({ preventScroll: true }) }, [at])
}

/** The directory is not heard: what is shown is what was known before, and for how long is said. */
function Silent() {
  const [minutes, set] = useState(0)
  useEffect(() => { held.silent = (seconds) => set(Math.ceil(seconds / 60)); return () => { held.silent = () => {} } }, [])
  return minutes > 0 ? <p class="effect" role="status">{t('directory_silent', { n: minutes })}</p> : null
}

function Inside({ place, ...own }: Own & { place: Place }) {
  const main = useRef<HTMLElement>(null)
  useSlash()
  useComposing()
  useArrival(place, main)
  return <>
    <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); main.current?.focus() }}>{t('skip')}</a>
    <Head session={own.session} room={place.room} out={own.out} stuck={own.stuck} />
    <main id="main" ref={main} tabIndex={-1}><Silent /><Room place={place} {...own} /></main>
  </>
}

function App() {
  const place = usePlace()
  const [session, setSession] = useState<Session | null | undefined>(undefined)
  const [ended, setEnded] = useState(false)
  const [stuck, setStuck] = useState(false)
  const last = useRef('')

  function opened(session: Session) {
    if (last.current && last.current !== session.staff.id) startAnew()
    last.current = session.staff.id
    held.csrf = session.csrf
    held.today = session.today
    held.unit = session.roles.find((r) => r.number === session.role)?.unit?.id ?? null
    draftsOf(session.staff.id)
    forget()
    setSession(session)
    setEnded(false)
  }
  /** Whoever is next begins at his own start, and finds nothing of the one before. */
  function startAnew() {
    forgetArrival()
    location.replace(link('overview'))
  }
  useEffect(() => {
    renew().catch(() => setSession(null))
    held.ended = () => setEnded(true)
  }, [])
  const renew = () => call<Session>('GET', 'v1/sessions/current').then(opened)
  async function out() {
    // what the service did not hear of is not over: it is said, not hidden
    const open = await call('DELETE', 'v1/sessions/current').then(() => false, (p: { status: number }) => p.status !== 401)
    setStuck(open)
    if (open) return
    held.csrf = ''
    draftsOf('')
    last.current = ''
    startAnew()
    setSession(null)
    setEnded(false)
  }

  // whoever is in again stands in the room, not on what has gone
  useEffect(() => { if (document.activeElement === document.body) document.getElementById('main')?.focus({ preventScroll: true }) }, [session, ended])
  if (place.room === 'first') return <First code={place.filters.get('code') ?? ''} />
  if (session === undefined) return <p role="status">{t('loading')}</p>
  if (session === null) return <SignIn ended={false} opened={opened} />
  // what was typed stays behind the sign-in of the same person; for another one everything is new
  return <>
    {ended && <SignIn ended opened={opened} />}
    <div hidden={ended} key={`${session.staff.id} ${session.role}`}><Inside place={place} session={session} renew={renew} out={out} stuck={stuck} /></div>
  </>
}

spoken.then(() => render(<App />, document.getElementById('app')!))
