/** One write: typed, looked at (nothing is saved by looking), then done. What the service says stands beside its field. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { call, revised, type Problem, type Schema } from './call'
import { draft, keepDraft } from './drafts'
import { faultsIn, keepable, Row, typedIn, type Field, type Values } from './fields'
import { BrakeWords, MaybeSame, Said, Who } from './parts'
import { day, moment, t, typedDay } from './words'

export type Wish = { method: 'POST' | 'PATCH' | 'PUT' | 'DELETE'; path: string; body?: unknown; revision?: string; type?: string }

export type Act = {
  title: string
  words?: ComponentChildren
  fields: Field[]
  /** `was`: how the fields stand in the record of that revision; what differs was typed. */
  wish: (values: Values, also: { notSame: string[]; revision: string; was: Values }) => Wish | Promise<Wish>
  /** What the service would do, in words; absent: there is nothing to look at and the title says it all. */
  effect?: (answer: any, values: Values) => ComponentChildren
  /** What it will do, where the service need not be asked: it stands there from the beginning. */
  foretold?: ComponentChildren
  verb: (values: Values) => string
  /** The button harms: it never has the first focus and is red. */
  grave?: boolean
  done: (answer: any, values: Values) => void
  /** Kept and waiting for a second person, where the brake keeps. */
  held?: (problem: Problem) => void
  /** Where the brake stopped it: what else is to be known. */
  stopped?: string
  /** For "Bạn nhập / Đang có": where the record is read, how its fields stood when the form opened, and how to read them. */
  record?: string
  base?: Values
  now?: (record: any) => Values
  revision?: string
  /** Where there is no such field: what is asked is made anew of what somebody else changed. */
  anew?: () => void
}

const away = (p: Problem) => p.status >= 500 || !p.status

/** The service's faults beside their fields; what belongs to none stands above the buttons. Whom somebody may be is shown by itself. */
function faultsOf(problem: Problem, fields: Field[]): Values {
  const faults: Values = {}
  for (const { pointer = '', detail, code } of problem.errors ?? []) {
    if (problem.code === 'possible_duplicate' && code === 'duplicate') continue
    const field = fields.find((f) => f.pointer === pointer) ?? fields.find((f) => '#/' + f.name === pointer) ?? fields.find((f) => f.pointer && pointer.startsWith(f.pointer + '/'))
    const name = field?.name ?? ' '
    faults[name] = faults[name] ? `${faults[name]}. ${detail}` : detail
  }
  return faults
}

type Differs = { field: Field; mine: string; theirs: string }

/** A value of a form as it is read: the words of a choice, the path of a unit, somebody by name. */
function valueOf(field: Field, value: string): ComponentChildren {
  if (!value) return '—'
  if (field.kind === 'person') return <Who id={value} />
  if (field.kind === 'choice') return field.options?.find(([v]) => v === value)?.[1] ?? value
  if (field.kind === 'unit') return document.querySelector<HTMLOptionElement>(`#${CSS.escape(field.name)} option[value="${CSS.escape(value)}"]`)?.text ?? value
  return value
}

function Conflict({ heading: Heading, differs, who, told, take }: { heading: 'h2' | 'h3'; differs: Differs[]; who: string; told: string; take: (d: Differs) => void }) {
  return <div class="effect" role="alert">
    <Heading>{t('changed_meanwhile')}</Heading>
    {told && <p translate={false}>{told}</p>}
    {differs.length > 0 && <table>
      <thead><tr><th>{t('field')}</th><th>{t('you_typed')}</th><th>{t('now_there')}{who && ` (${who})`}</th><th><span class="out">{t('choose')}</span></th></tr></thead>
      <tbody>{differs.map((d) => <tr key={d.field.name}>
        <th scope="row">{t(d.field.label)}</th><td data-label={t('you_typed')} translate={false}>{valueOf(d.field, d.mine)}</td><td data-label={t('now_there')} translate={false}>{valueOf(d.field, d.theirs)}</td>
        <td>{d.field.kind !== 'person' && <button type="button" aria-label={`${t('take_theirs')}: ${t(d.field.label)}`} onClick={() => take(d)}>{t('take_theirs')}</button>}</td>
      </tr>)}</tbody>
    </table>}
    <p>{t('look_again')}</p>
  </div>
}

function Candidates({ problem, heading, other }: { problem: Problem; heading: 'h2' | 'h3'; other: (ids: string[]) => void }) {
  const who = problem.candidates ?? []
  return <div class="effect" role="alert">
    <MaybeSame heading={heading} who={who} elsewhere={problem.candidates_elsewhere} decides={problem.decides} />
    {who.length > 0 ? <p>{t('same_open')} <button type="button" onClick={() => other(who.map((c) => c.id))}>{t('not_same')}</button></p>
      : <p>{t('same_elsewhere')} <button type="button" onClick={() => other(['*'])}>{t('somebody_else')}</button></p>}
  </div>
}

type Seen = { wish: Wish; values: Values; answer: any; brake?: Problem; key: string }

/** `whole`: the form is the room, and its title the room's; `left`: where the form is opened by no address, and leaving it goes nowhere. */
export function ActForm({ act, form: name, close, whole, left }: { act: Act; form: string; close: string; whole?: boolean; left?: () => void }) {
  const Title = whole ? 'h1' : 'h2', Under = whole ? 'h2' : 'h3'
  const box = useRef<HTMLFormElement>(null), head = useRef<HTMLHeadingElement>(null)
  const [first] = useState(() => draft(name))
  const also = useRef({ notSame: [] as string[], revision: act.revision ? `"${act.revision}"` : '', was: act.base ?? {} as Values })
  /** Such a field shows the record; another one begins empty, and that is an answer too. */
  const shows = (f: Field) => f.first !== undefined && !f.fixed && f.name in also.current.was
  const begun = () => Object.fromEntries(act.fields.map((f) => [f.name, shows(f) ? also.current.was[f.name] : f.first ?? '']))
  const [faults, setFaults] = useState<Values>({})
  const [problem, setProblem] = useState<Problem>()
  // by looking nothing was saved, whatever became of the answer
  const [looked, setLooked] = useState(true)
  const [seen, setSeen] = useState<Seen>()
  const [busy, setBusy] = useState(false)
  const running = useRef(false)
  const [typing, setTyping] = useState<Values>(() => ({ ...begun(), ...first }))
  const fields = act.fields.filter((f) => !f.only || typing[f.only[0]] === f.only[1])
  const [differs, setDiffers] = useState<{ rows: Differs[]; who: string; told: string }>()
  // the same once more, after an answer that was lost, is the same call for the service; but a code is told once, and a new one ends it
  const sent = useRef<{ what: string; key: string }>()
  function keyOf({ method, path, body }: Wish): string {
    const what = JSON.stringify([method, path, body])
    if (sent.current?.what !== what || path.endsWith('/credential-resets')) sent.current = { what, key: crypto.randomUUID() }
    return sent.current.key
  }
  // what it does is read first: the button that does it never has the first focus
  const shown = useRef<HTMLDivElement>(null)
  useEffect(() => { if (seen) shown.current?.focus() }, [seen])
  useEffect(() => { head.current?.focus(); head.current?.scrollIntoView({ block: 'nearest' }) }, [])
  // what had the focus goes with the form
  useEffect(() => () => { setTimeout(() => { if (document.activeElement === document.body) document.getElementById('main')?.focus({ preventScroll: true }) }) }, [])

  const at = (field: Field | undefined) => field && box.current!.querySelector<HTMLInputElement>('#' + CSS.escape(field.name))

  async function trouble(caught: unknown) {
    const problem = caught as Problem
    if (problem.status === 412 && act.record) return conflict()
    const found = faultsOf(problem, act.fields)
    setFaults(found)
    if (problem.status !== 401) setProblem(problem)
    at(act.fields.find((f) => found[f.name]))?.focus()
  }
  async function conflict() {
    try {
      const { record, revision } = await revised<Partial<Schema['Staff'] & Schema['Unit']>>(act.record!)
      const now = act.now?.(record) ?? {}, { was } = also.current, values = typedIn(box.current!)
      const theirs = act.fields.filter((f) => !f.fixed && f.name in now && now[f.name] !== was[f.name])
      // what was not touched becomes what stands there, or is not sent; the rest is for the clerk to judge
      const untouched = (f: Field) => shows(f) && (values[f.name] ?? '') === was[f.name]
      also.current.was = { ...was, ...now }
      for (const f of theirs.filter(untouched)) if (!put(f, now[f.name])) also.current.was[f.name] = was[f.name]
      const rows = theirs.filter((f) => !untouched(f) && now[f.name] !== (values[f.name] ?? '')).map((field) => ({ field, mine: values[field.name] ?? '', theirs: now[field.name] }))
      // who it was is in the record's history, in a sentence
      const told = await call<Schema['History']>('GET', act.record! + '/history').then((h) => h.items.at(-1)?.text ?? '', () => '')
      also.current.revision = revision
      setDiffers({ rows, who: record.updated_at ? moment(record.updated_at) : '', told })
      if (!act.now) act.anew?.()
    } catch (again) {
      setProblem(again as Problem)
    }
  }
  /** As if it were typed: kept, and said as a day. Not a choice that this page does not offer, nor somebody, who is more than a text. */
  function put(field: Field, value: string): boolean {
    const there = at(field)
    if (!there || field.kind === 'person') return false
    const before = there.value
    there.value = value
    if (there.value !== value) { there.value = before; return false }
    there.dispatchEvent(new Event('input', { bubbles: true }))
    return true
  }
  function take(d: Differs) {
    setDiffers((old) => old && { ...old, rows: old.rows.filter((r) => r !== d) })
    put(d.field, d.theirs)
    at(d.field)?.focus()
  }
  async function look() {
    const values = typedIn(box.current!)
    const wrong = faultsIn(fields, values)
    setFaults(wrong)
    setProblem(undefined)
    setSeen(undefined)
    setDiffers(undefined)
    setLooked(true)
    const bad = act.fields.find((f) => wrong[f.name])
    if (bad) return at(bad)?.focus()
    const wish = await act.wish(values, also.current), key = keyOf(wish)
    if (!act.effect) return done({ wish, values, answer: undefined, key })
    try {
      setSeen({ wish, values, key, answer: await call(wish.method, wish.path + '?validate_only=true', wish.body, { revision: wish.revision, type: wish.type }) })
    } catch (caught) {
      const problem = caught as Problem
      if (problem.code === 'brake_engaged') setSeen({ wish, values, key, answer: undefined, brake: problem })
      else await trouble(caught)
    }
  }
  async function done(now: Seen) {
    setLooked(false)
    try {
      const answer = await call(now.wish.method, now.wish.path, now.wish.body, { revision: now.wish.revision, type: now.wish.type, key: now.wish.method === 'POST' ? now.key : undefined })
      keepDraft(name, null)
      sent.current = undefined
      act.done(answer, now.values)
    } catch (caught) {
      const problem = caught as Problem
      if (problem.code === 'brake_engaged' && problem.kept && act.held) {
        keepDraft(name, null)
        act.held(problem)
      } else {
        if (!away(problem) && problem.status !== 401) setSeen(undefined)
        await trouble(caught)
      }
    }
  }
  /** Pressed three times it happens once: nothing else begins while it runs, and the service knows the key of a repeat. */
  async function go() {
    if (running.current) return
    running.current = true
    setBusy(true)
    await (seen ? done(seen) : look()).catch(setProblem)
    running.current = false
    setBusy(false)
  }
  function typed() {
    setSeen(undefined)
    const values = keepable(box.current!), was: Values = begun()
    // what was not touched is not kept: somebody else may change it, and it would be put back
    keepDraft(name, Object.fromEntries(Object.entries(values).filter(([field, value]) => value !== (was[field] ?? ''))))
    setTyping(values)
  }

  return <form class="act" ref={box} onSubmit={(e) => { e.preventDefault(); void go() }} onInput={typed} noValidate autoComplete="off" data-act={name}>
    <Title ref={head} tabIndex={-1}>{act.title}</Title>
    {act.words && <p>{act.words}</p>}
    {fields.map((f) => <Row key={f.name} field={f} first={(f.fixed ? undefined : first[f.name]) ?? f.first ?? ''} fault={faults[f.name]} />)}
    {differs && <Conflict heading={Under} differs={differs.rows} who={differs.who} told={differs.told} take={take} />}
    {problem?.code === 'possible_duplicate' && <Candidates problem={problem} heading={Under} other={(ids) => { also.current.notSame.push(...ids); void go() }} />}
    {problem && problem.code !== 'possible_duplicate' && (faults[' '] || !Object.keys(faults).length) && <p class="trouble" role="alert">{faults[' '] ?? <><Said problem={problem} saving={looked ? 'looked' : true} />{problem.code === 'brake_engaged' && act.stopped && <p>{act.stopped}</p>}</>}</p>}
    {seen && act.effect && <div class="effect" role="status" tabIndex={-1} ref={shown}>
      <Under>{t('effect')}</Under>
      {seen.brake ? <><BrakeWords problem={seen.brake} ahead />{act.stopped && <p>{act.stopped}</p>}</> : act.effect(seen.answer, seen.values)}
    </div>}
    {act.foretold && <div class="effect"><Under>{t('effect')}</Under>{act.foretold}</div>}
    <p class="doing">
      <button key={seen ? 'do' : 'look'} class={act.grave && (seen || !act.effect) ? 'grave' : 'main'} aria-disabled={busy}>{busy ? t('working') : seen || !act.effect ? (seen?.brake ? t('send_to_second') : act.verb(seen?.values ?? {})) : t('look_first')}</button>
      {' '}<a href={close} onClick={(e) => { keepDraft(name, null); if (left) { e.preventDefault(); left() } }}>{t('leave_form')}</a>
    </p>
  </form>
}

/** Days of a form as the contract writes them; an empty one is left out. */
export const iso = (text: string | undefined) => (text && typedDay(text)) || undefined
export const typedOf = (iso: string | null | undefined) => iso ? day(iso) : ''
/** By which decision, where one was typed. */
export const decision = (v: Values, from?: string) => v.number ? { decision: { number: v.number, ...(iso(v.signed) && { signed_on: iso(v.signed) }), ...(from && { effective_on: from }) } } : {}
