/** The address holds where one is: #/room/what?filters. */
import { useEffect, useState } from 'preact/hooks'

export type Place = { room: string; what: string; filters: URLSearchParams }

function read(): Place {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?')
  const [room = '', what = ''] = path.split('/').map(decodeURIComponent)
  return { room: room || 'overview', what, filters: new URLSearchParams(query) }
}

export function usePlace(): Place {
  const [place, set] = useState(read)
  useEffect(() => {
    const moved = () => set(read())
    addEventListener('hashchange', moved)
    return () => removeEventListener('hashchange', moved)
  }, [])
  return place
}

/** Filters with some changed; an empty one goes. A changed filter starts at the first page. */
export const withFilters = (filters: URLSearchParams, changed: Record<string, string>): string => onThisPage(filters, { page_token: '', ...changed })

/** Where one is in the list stays, unless another page is asked for. */
export function onThisPage(filters: URLSearchParams, changed: Record<string, string>): string {
  const all = new URLSearchParams(filters)
  for (const [name, value] of Object.entries(changed)) value ? all.set(name, value) : all.delete(name)
  return all.toString()
}

export const link = (room: string, query = '', what = '') => `#/${room}${what && '/' + encodeURIComponent(what)}${query && '?' + query}`

/** What the next room is told by the one before: `/` asked for the search box; what was done there; how people were last looked for. */
export const arrival = { search: false, said: '', people: '' }

/** Whoever is next is told nothing of it. */
export const forgetArrival = () => Object.assign(arrival, { search: false, said: '', people: '' })
