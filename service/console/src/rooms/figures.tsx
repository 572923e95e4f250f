/** A figure and its bar, as overview and trend show them. */
import type { Schema } from '../call'

export type Figures = Schema['Coverage']
export type Row = Figures['rows'][number]
export type Rate = { ratio: number | null; part: number | null; base: number }

export function issued(row: Row, basis: Figures['basis']): Rate {
  return { ratio: row.coverage, part: row.issued, base: (row.eligible ?? 0) + (basis === 'declared' ? row.unrecorded ?? 0 : 0) }
}

export function using(row: Row, basis: Figures['basis']): Rate {
  return { ratio: row.adoption, part: row.used, base: issued(row, basis).base - (row.on_leave_unused ?? 0) }
}

export const missing = (row: Row) => (row.missing.people ?? 0) + (row.missing.unrecorded ?? 0)

/** A target is in percent. */
export function Bar({ rate, target }: { rate: Rate; target?: number | null }) {
  if (rate.ratio === null) return null
  return <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
    <rect class="whole" width="100" height="6" />
    <rect class="part" width={rate.ratio * 100} height="6" />
    {target != null && <rect class="target" x={Math.min(target, 99.4)} width="0.6" height="6" />}
  </svg>
}
