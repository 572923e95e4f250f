/** Lists that hardly change, read once and shared by the rooms. */
import { useEffect, useState } from 'preact/hooks'
import { all, call, type Schema } from './call'
import { said } from './words'

export type Unit = Schema['UnitListItem']
export type System = Schema['System']

let units: Promise<Unit[]> | undefined
let systems: Promise<System[]> | undefined

/** For somebody else everything is read anew. */
export const forget = () => { units = systems = undefined }

function useKept<T>(ask: () => Promise<T[]>): T[] | undefined {
  const [list, set] = useState<T[]>()
  useEffect(() => { ask().then(set, () => { forget(); set([]) }) }, [])
  return list
}

/** Every unit in scope, in the order of the tree. */
export const useUnits = () => useKept(() => units ??= all<Unit>('v1/units'))
export const useSystems = () => useKept(() => systems ??= call<Schema['SystemList']>('GET', 'v1/systems').then((list) => list.items))
export const systemName = (list: System[] | undefined, id: string | null) => said(list?.find((s) => s.id === id)?.name)
