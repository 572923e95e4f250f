/** Issued and using over a quarter; a day without a figure is a gap, never a line across it. */
import { useRead, type Schema } from '../call'
import { Table } from '../parts'
import { day, percent, t } from '../words'

type Point = { on: string; ratio: number | null }
const WIDTH = 640, HEIGHT = 120

/** Runs of days that have a figure. */
function runs(points: Point[]): { x: number; y: number }[][] {
  const out: { x: number; y: number }[][] = []
  let open: { x: number; y: number }[] | undefined
  points.forEach((p, i) => {
    if (p.ratio === null) return void (open = undefined)
    if (!open) out.push(open = [])
    open.push({ x: points.length > 1 ? i / (points.length - 1) * WIDTH : 0, y: HEIGHT - p.ratio * HEIGHT })
  })
  return out
}

function Line({ points, kind }: { points: Point[]; kind: string }) {
  return <>{runs(points).map((run, i) => run.length === 1 ? <circle key={i} class={kind} cx={run[0].x} cy={run[0].y} r="3" />
    : <polyline key={i} class={kind} points={run.map((p) => `${p.x.toFixed(1)},${p.y.toFixed(1)}`).join(' ')} />)}</>
}

const said = (ratio: number | null) => ratio === null ? t('unknown') : percent(ratio)

export function Trend({ unit, system, name }: { unit: string; system: string; name: string }) {
  const asked = `unit=${encodeURIComponent(unit)}&system=${encodeURIComponent(system)}`
  const has = useRead<Schema['CoverageTrend']>('v1/coverage/trend?' + asked), uses = useRead<Schema['AdoptionTrend']>('v1/adoption/trend?' + asked)
  if (!has.data || !uses.data) return null
  const issued = has.data.points.map((p) => ({ on: p.on, ratio: p.coverage })), using = uses.data.points.map((p) => ({ on: p.on, ratio: p.adoption }))
  const known = issued.filter((p) => p.ratio !== null).length
  if (known < 2) return <section><h2>{t('trend_of', { system: name })}</h2><p class="words">{t('trend_short')}</p></section>
  const weeks = issued.map((p, i) => ({ ...p, uses: using[i]?.ratio ?? null })).filter((_, i) => (issued.length - 1 - i) % 7 === 0)
  return <section>
    <h2>{t('trend_of', { system: name })}</h2>
    <p>{t('from_to', { from: day(has.data.from), to: day(has.data.to) })} · <span class="key issued">━</span> {t('issued')} · <span class="key using">┅</span> {t('using')} · {t('trend_scale')}; {t('gaps')}</p>
    <svg class="trend" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t('trend_said', { system: name, from: said(issued[0].ratio), to: said(issued[issued.length - 1].ratio) })}>
      {[0, 0.5, 1].map((y) => <line key={y} x1="0" x2={WIDTH} y1={HEIGHT - y * HEIGHT} y2={HEIGHT - y * HEIGHT} class="grid" />)}
      <Line points={issued} kind="issued" /><Line points={using} kind="using" />
    </svg>
    <details class="no-print"><summary>{t('as_table')}</summary><Table head={[t('on_day'), t('issued'), t('using')]} rows={weeks.map((w) => ({ key: w.on, cells: [day(w.on), said(w.ratio), said(w.uses)] }))} /></details>
  </section>
}
