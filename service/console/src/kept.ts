/** Lists that hardly change, read once and shared by the rooms. */
import { useEffect, useState } from 'preact/hooks'
import { all, call, session, type Problem, type Schema } from './call'
import { said } from './words'

export type Unit = Schema['UnitListItem']
export type System = Schema['System']

let units: Promise<Unit[]> | undefined
let systems: Promise<System[]> | undefined

const drop = () => { units = systems = undefined }
const AGAIN_MS = 3000
const readers = new Set<() => void>()

/** For somebody else, and after a change, everything is read anew. */
export function forget() {
  drop()
  for (const again of readers) again()
}

function useKept<T>(ask: () => Promise<T[]>): T[] | undefined {
  const [list, set] = useState<T[]>()
  useEffect(() => {
    let timer = 0
    // what was not answered is asked again, never taken for an empty list; what one may not read is one
    const read = () => { clearTimeout(timer); ask().then(set, (p: Partial<Problem>) => { drop(); if (!p.status || p.status === 429 || p.status >= 500) timer = window.setTimeout(read, AGAIN_MS); else set([]) }) }
    readers.add(read)
    read()
    return () => { readers.delete(read); clearTimeout(timer) }
  }, [])
  return list
}

/** Every unit in scope, in the order of the tree. */
export const useUnits = () => useKept(() => units ??= all<Unit>('v1/units'))
/** Of whose people this role knows the names: the units of its own unit's block (Party and mass bodies, or government); of others it reads the sums. */
export function knownIn(list: Unit[]): (unit: Unit) => boolean {
  if (!session.unit) return () => true
  const byId = new Map(list.map((u) => [u.id, u]))
  const blockOf = (unit: Unit | undefined): string | null => unit ? unit.block ?? blockOf(unit.parent ? byId.get(unit.parent.id) : undefined) : null
  const own = blockOf(byId.get(session.unit))
  return (unit) => own !== null && blockOf(unit) === own
}

/** With all units below it; no unit: everything. */
export function isBelow(list: Unit[], unit: Unit, top: Unit | undefined): boolean {
  for (let at: Unit | undefined = unit; at; at = list.find((u) => u.id === at!.parent?.id)) if (at === top) return true
  return !top
}

export const useSystems = () => useKept(() => systems ??= call<Schema['SystemList']>('GET', 'v1/systems').then((list) => list.items))
export const systemName = (list: System[] | undefined, id: string | null) => said(list?.find((s) => s.id === id)?.name)
