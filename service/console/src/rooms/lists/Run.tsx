/** Carrying a list out: it is one run at the service, whoever watches; pressed again, or opened by a colleague, it is the same. */
import { useEffect, useState } from 'preact/hooks'
import { link } from '../../address'
import { call, send, type Problem, type Schema } from '../../call'
import { Name, PersonLink, Said, Table } from '../../parts'
import { count, moment, named, t } from '../../words'

type Import = Schema['Import']
type State = Schema['ImportRun']
type Outcome = { row: number; key: string | null; staff: string | null; outcome: string; detail: string | null }

const RUNS = ['create', 'update', 'move', 'depart', 'withdraw', 'reinstate', 'remove', 'needs_decision'] as const
const OPEN = ['held', 'failed', 'changed_since', 'needs_decision'] as const
/** Somebody changed the record: that row is not tried again. */
const TRIED_AGAIN = OPEN.filter((w) => w !== 'changed_since')
const LOOK_MS = 1000
/** So many names are told at most. */
const NAMES = 20

/** Rows that did not come to pass, out of the run's own lines. */
async function unfinished(id: string): Promise<Outcome[]> {
  const text = await (await send('GET', `v1/imports/${id}/run`, undefined, { accept: 'application/x-ndjson' })).text()
  return text.split('\n').filter(Boolean).map((line) => JSON.parse(line)).filter((r) => r.type === 'row' && (OPEN as readonly string[]).includes(r.outcome))
}

function Progress({ run, stopped }: { run: State; stopped: boolean }) {
  return <div class="effect" role="status">
    <p>{run.state === 'ended' ? t('run_ended', { at: run.ended_at ? moment(run.ended_at) : '' }) : t(stopped ? 'run_replaced' : run.state === 'interrupted' ? 'run_interrupted' : 'run_running', { run: count(run.run), n: count(run.rows) })}</p>
    {run.state !== 'ended' && !stopped && <><progress max={run.rows || 1} value={run.run} aria-label={t('progress')} />{run.state === 'running' && <p class="words">{t('run_needs_no_tab')}</p>}</>}
    <p>{Object.entries(run.summary).filter(([, n]) => n > 0).map(([what, n]) => `${named(what, 'run_')}: ${count(n)}`).join(' · ')}</p>
  </div>
}

/** Who made it lets nobody go alone: the button is for those whom the service names. */
function Second({ run, self, agree }: { run: State; self: string; agree: () => void }) {
  const who = run.waits_for
  return <>
    <span class="words">{t('needs_second')} <Name>{who.length ? t('brake_who', { names: who.map((w) => w.name).join(', ') }) : t('brake_nobody')}</Name></span>
    {(who.some((w) => w.token === self) || who.length >= NAMES) && <button onClick={agree}>{t('approve')}</button>}
  </>
}

/** `again`: reads the plan, which may have been replaced while it ran. */
export function Run({ plan, mine, self, again }: { plan: Import; mine: boolean; self: string; again: () => void }) {
  const [run, setRun] = useState<State>()
  const [left, setLeft] = useState<Outcome[]>([])
  const [problem, setProblem] = useState<Problem>()
  const [asked, ask] = useState(0)
  const path = `v1/imports/${plan.id}/run`
  useEffect(() => {
    let timer = 0, off = false
    /** It goes on, by itself or when it is asked to, unless a corrected copy stands in its stead. */
    const waits = () => call<Import>('GET', `v1/imports/${plan.id}`).then((now) => !!now.replaced_by, () => false).then((stopped) => { if (off) return; if (stopped) again(); else timer = window.setTimeout(look, 3 * LOOK_MS) })
    const look = () => call<State>('GET', path).then((state) => {
      if (off) return
      setRun(state)
      if (state.state === 'running') timer = window.setTimeout(look, LOOK_MS)
      else if (state.state === 'interrupted') { if (!plan.replaced_by) waits() }
      else if (state.state === 'ended' && OPEN.some((w) => state.summary[w] > 0)) unfinished(plan.id).then((rows) => off || setLeft(rows), () => {})
    }, (p: Problem) => { if (off) return; if (p.status >= 500 || !p.status) timer = window.setTimeout(look, 3 * LOOK_MS); else setProblem(p) })
    void look()
    return () => { off = true; clearTimeout(timer) }
  }, [plan.id, plan.replaced_by, asked])
  const faulty = (plan.summary.needs_review ?? 0) + (plan.summary.failed ?? 0)
  const todo = RUNS.reduce((sum, a) => sum + (plan.summary[a] ?? 0), 0)
  const start = (way: string, body?: unknown) => { setProblem(undefined); return call<unknown>('POST', way, body).then(() => { setLeft([]); ask((n) => n + 1) }, setProblem) }
  const takeBack = () => call<Import>('POST', `v1/imports/${plan.id}/take-back`).then((made) => { location.hash = link('list', '', made.id) }, setProblem)
  const stopped = run?.state === 'interrupted' && !!plan.replaced_by
  const open = run ? TRIED_AGAIN.reduce((sum, w) => sum + run.summary[w], 0) : 0
  return <section>
    {run && run.state !== 'planned' && <Progress run={run} stopped={stopped} />}
    {left.length > 0 && <Table head={[t('row'), t('name'), t('state'), t('why')]} rows={left.slice(0, 100).map((r, i) => ({ key: r.row + ' ' + i, mark: r.outcome === 'failed' ? 'trouble' : undefined, cells: [r.row, r.staff ? <PersonLink id={r.staff} name={r.key ?? t('person')} /> : r.key ?? '—', named(r.outcome, 'run_'), r.detail ?? '—'] }))} />}
    {problem && <div class="trouble" role="alert"><Said problem={problem} saving /></div>}
    <p class="acts no-print">
      {run?.state === 'planned' && !run.approved && !plan.replaced_by && <Second run={run} self={self} agree={() => start(`v1/imports/${plan.id}/approval`, { digest: plan.digest })} />}
      {run?.state === 'planned' && run.approved && todo > 0 && mine && !plan.replaced_by && <button class={faulty ? undefined : plan.summary.depart ? 'grave' : 'main'} onClick={() => start(path)}>{t('apply_n', { n: count(todo) })}</button>}
      {!mine && todo > 0 && run?.state === 'planned' && <span class="words">{t(plan.kind === 'units' || plan.kind === 'headcounts' ? 'site_admin_can' : 'who_can', { what: t('apply_n', { n: count(todo) }) })}</span>}
      {run?.state === 'planned' && faulty > 0 && todo > 0 && !plan.replaced_by && <span class="words">{t('left_out', { n: count(faulty) })}</span>}
      {run?.state === 'planned' && todo === 0 && <span class="words">{t('nothing_to_do')}</span>}
      {run?.state === 'ended' && open > 0 && mine && !plan.replaced_by && <button onClick={() => start(path)}>{t('try_again_n', { n: count(open) })}</button>}
      {run?.state === 'interrupted' && mine && !plan.replaced_by && <button onClick={() => start(path)}>{t('run_go_on')}</button>}
      {run?.state === 'ended' && plan.kind === 'staff' && run.summary.done > 0 && <a class="button" href={link('slips')}>{t('slips')}</a>}
      {(run?.state === 'ended' || stopped) && mine && !plan.takes_back && <button onClick={takeBack}>{t('take_back')}</button>}
    </p>
  </section>
}
