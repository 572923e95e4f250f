/** The one way to the API: relative, so that it works under a path prefix; the cookie goes by itself. */
import { useEffect, useState } from 'preact/hooks'
import type { components } from '../generated/api'
import { language } from './words'

export type Schema = components['schemas']
export type Problem = { status: number; code: string; detail: string; errors?: { pointer?: string; detail: string }[] }

export const session: { csrf: string; ended: () => void } = { csrf: '', ended: () => {} }

export async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal, revision?: string): Promise<T> {
  const headers: Record<string, string> = { 'Accept-Language': language, Accept: 'application/json' }
  if (method !== 'GET') headers['X-Congvu-Csrf'] = session.csrf
  if (body !== undefined) headers['Content-Type'] = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  if (revision) headers['If-Match'] = revision
  const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal, credentials: 'same-origin' })
    .catch((error) => { throw signal?.aborted ? error : problem(0) })
  if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as T
  const said = await answer.json().catch(() => ({}))
  if (answer.status === 401) session.ended()
  throw { ...problem(answer.status), ...said } as Problem
}

const problem = (status: number): Problem => ({ status, code: '', detail: '' })

export type Loaded<T> = { data?: T; problem?: Problem; busy: boolean; again: () => void }

/** Reads `path` and again when it changes; an older answer never replaces a newer one. */
export function useRead<T>(path: string): Loaded<T> {
  const [state, set] = useState<{ data?: T; problem?: Problem; busy: boolean }>({ busy: true })
  const [round, again] = useState(0)
  useEffect(() => {
    const stop = new AbortController()
    set((old) => ({ ...old, problem: undefined, busy: true }))
    call<T>('GET', path, undefined, stop.signal)
      .then((data) => stop.signal.aborted || set({ data, busy: false }))
      .catch((problem) => stop.signal.aborted || set({ problem, busy: false }))
    return () => stop.abort()
  }, [path, round])
  return { ...state, again: () => again(round + 1) }
}
