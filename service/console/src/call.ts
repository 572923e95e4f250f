/** The one way to the API: relative, so that it works under a path prefix; the cookie goes by itself. */
import { useEffect, useState } from 'preact/hooks'
import type { components } from '../generated/api'
import { language } from './words'

export type Schema = components['schemas']
export type Problem = Partial<Schema['Problem']> & { status: number; code: string; detail: string }
export type More = { signal?: AbortSignal; revision?: string; key?: string; type?: string; accept?: string }

/** `unit`: that of the role acted in; null is everywhere. `today`: the site's day, as it was when the page was opened. `first`: the one-time secret of a first start, before there is anybody who could sign in. `silent`: told for how many seconds the directory has not been heard; 0: it is. */
export const session: { csrf: string; unit: string | null; today: string; first: string; ended: () => void; silent: (seconds: number) => void } = { csrf: '', unit: null, today: '', first: '', ended: () => {}, silent: () => {} }

const TYPES: Record<string, string> = { PATCH: 'application/merge-patch+json' }
const problem = (status: number): Problem => ({ status, code: '', detail: '' })

export async function send(method: string, path: string, body?: BodyInit, more: More = {}): Promise<Response> {
  const headers: Record<string, string> = { 'Accept-Language': language, Accept: more.accept ?? 'application/json' }
  if (method !== 'GET') headers['X-Congvu-Csrf'] = session.csrf
  if (body !== undefined) headers['Content-Type'] = more.type ?? TYPES[method] ?? 'application/json'
  if (session.first) headers.Authorization = `Bearer ${session.first}`
  if (more.revision) headers['If-Match'] = more.revision
  if (more.key) headers['Idempotency-Key'] = more.key
  const answer = await fetch(path, { method, headers, body, signal: more.signal, credentials: 'same-origin' })
    .catch((error) => { throw more.signal?.aborted ? error : problem(0) })
  // figures say how old they are only while they are old, were it no second yet
  const age = answer.headers.get('Congvu-View-Age')
  if (answer.ok && path.startsWith('v1/coverage?')) session.silent(age === null ? 0 : Math.max(1, Number(age)))
  else if (age !== null) session.silent(Number(age))
  if (answer.ok) return answer
  const said = await answer.json().catch(() => ({}))
  if (answer.status === 401 || said.code === 'csrf_mismatch') session.ended()
  throw { ...problem(answer.status), ...said } as Problem
}

/** A body of a type of its own is sent as it is. */
export async function call<T>(method: string, path: string, body?: unknown, more: More = {}): Promise<T> {
  const answer = await send(method, path, more.type ? body as BodyInit : body === undefined ? undefined : JSON.stringify(body), more)
  return (answer.status === 204 ? undefined : await answer.json()) as T
}

/** A record and its revision, as a write names it; a proxy that compresses makes it a weak one. */
export async function revised<T>(path: string): Promise<{ record: T; revision: string }> {
  const answer = await send('GET', path)
  return { record: await answer.json() as T, revision: (answer.headers.get('ETag') ?? '').replace(/^W\//, '') }
}

export type Loaded<T> = { data?: T; problem?: Problem; busy: boolean; again: () => void }

/** Reads `path` and again when it changes; an older answer never replaces a newer one. An empty path asks nothing. */
export function useRead<T>(path: string): Loaded<T> {
  const [state, set] = useState<{ data?: T; problem?: Problem; busy: boolean }>({ busy: true })
  const [round, again] = useState(0)
  useEffect(() => {
    if (!path) return set({ busy: false })
    const stop = new AbortController()
    set((old) => ({ ...old, problem: undefined, busy: true }))
    call<T>('GET', path, undefined, { signal: stop.signal })
      .then((data) => stop.signal.aborted || set({ data, busy: false }))
      .catch((problem) => stop.signal.aborted || set({ problem, busy: false }))
    return () => stop.abort()
  }, [path, round])
  return { ...state, again: () => again((n) => n + 1) }
}

/** As many as are taken, or read, at once. */
export const MOST = 5000

/** What is asked too often is asked again, a second later; a minute long. */
export async function patient<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try { return await ask() } catch (caught) {
      if ((caught as Problem).status !== 429 || tries === 60) throw caught
      await new Promise((done) => setTimeout(done, 1000))
    }
  }
}

/** Every page of a list, up to `most` items; of people only those about whom something is to be done. */
export async function all<T>(path: string, most = MOST): Promise<T[]> {
  const items: T[] = []
  for (let token: string | null = ''; token !== null && items.length < most;) {
    const page: { items: T[]; next_page_token: string | null } = await call('GET', `${path}${path.includes('?') ? '&' : '?'}page_size=500${token && '&page_token=' + encodeURIComponent(token)}`)
    items.push(...page.items)
    token = page.next_page_token
  }
  return items
}

/** A file of the service, in the language of the page, under a name of ours. */
export async function save(path: string, name: string, accept?: string): Promise<void> {
  keep(await (await send('GET', path, undefined, { accept })).blob(), name)
}

const SHEETS = 100

/** Every page of a sheet under one head, up to so many pages; false: there is more. */
export async function saveAll(path: string, name: string): Promise<boolean> {
  const sheets: string[] = []
  let next: string | null = ''
  for (; next !== null && sheets.length < SHEETS;) {
    const answer: Response = await send('GET', path + (next && '&page_token=' + encodeURIComponent(next)), undefined, { accept: 'text/csv' })
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await answer.arrayBuffer())
    sheets.push(sheets.length ? text.slice(text.indexOf('\n') + 1) : text)
    const link = /<([^>]*)>; *rel="?next/.exec(answer.headers.get('Link') ?? '')
    next = link && new URL(link[1], location.href).searchParams.get('page_token')
  }
  keep(new Blob(sheets, { type: 'text/csv' }), name)
  return next === null
}

function keep(content: Blob, name: string) {
  const at = document.createElement('a')
  at.href = URL.createObjectURL(content)
  at.download = name
  at.click()
  setTimeout(() => URL.revokeObjectURL(at.href), 60_000)
}
