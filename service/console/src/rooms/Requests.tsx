/** What units ask of each other: sent, confirmed or refused, withdrawn, printed. Nothing changes before somebody answers who may do it himself. */
import { useState } from 'preact/hooks'
import { ActForm, decision, iso, type Act } from '../act'
import { link, onThisPage, withFilters } from '../address'
import { send, useRead, type Problem, type Schema } from '../call'
import { figure, mobile, staffFields, type Field } from '../fields'
import { systemName, useSystems, useUnits, type System } from '../kept'
import { openPaper } from '../paper'
import { Name, PersonLink, Read, Said, State, Table } from '../parts'
import { choices, LOCKS } from '../vocabulary'
import { day, decisionWords, moment, named, said, t } from '../words'
import { Changes } from './person/changes'

type Request = Schema['Request']
type Kind = Schema['RequestKind']
type Scope = Schema['Scope']

const KINDS = ['transfer', 'new_account', 'lock', 'restore', 'reset'] as const
const OPEN = 'waiting,confirmed'
/** Whose turn it is, by name where that may be known; somebody from elsewhere is answered for by who keeps him. */
const answers = (r: Request) => r.waits_for?.name ?? (r.state !== 'waiting' ? '—' : t(r.kind === 'transfer' && r.risen === 0 ? 'answers_home' : 'answers_above'))
const who = (r: Request) => r.staff?.full_name ?? r.person.full_name ?? r.new_staff?.full_name ?? r.person.key ?? '—'
const needs = (kind: Kind): Scope => kind === 'transfer' || kind === 'new_account' ? 'staff:write' : 'accounts:write'

/* ---- asking ---- */

const { unit, title, category, from, number, signed } = staffFields
const note: Field = { name: 'note', label: 'note', kind: 'lines', pointer: '#/note' }
const asking: Field = { ...unit, label: 'asking_unit' }

function transferAct(): Partial<Act> {
  return {
    fields: [{ ...asking, label: 'new_unit' }, { name: 'key', label: 'person_key', hint: 'person_key_hint', required: 'fill_in', pointer: '#/person/key' }, { name: 'full_name', label: 'name', required: 'name_needed', pointer: '#/person/full_name' }, title, { ...from, required: undefined, within: 'number' }, number, signed, note],
    wish: (v) => ({ method: 'POST', path: 'v1/requests', body: { kind: 'transfer', unit: v.unit, person: { key: v.key, full_name: v.full_name }, ...(v.title && { title: v.title }), ...decision(v, iso(v.from)), ...(v.note && { note: v.note }) } }),
  }
}
function newcomerAct(): Partial<Act> {
  const at = (name: string) => '#/new_staff/' + name
  return {
    fields: [{ ...asking, label: 'unit' }, { name: 'full_name', label: 'name', required: 'name_needed', pointer: at('full_name') }, { ...title, pointer: at('title') }, { ...category, pointer: at('category') }, { ...from, label: 'hired_on', required: undefined, pointer: at('hired_on') },
      { name: 'birth_year', label: 'birth_year', mode: 'numeric', pointer: at('birth_year') }, { name: 'mobile', label: 'mobile', mode: 'tel', pointer: at('mobile') }, { name: 'staff_code', label: 'staff_code', pointer: at('staff_code') }, number, signed, note],
    wish: (v) => ({ method: 'POST', path: 'v1/requests', body: { kind: 'new_account', unit: v.unit, new_staff: { full_name: v.full_name, category: v.category, ...(v.title && { title: v.title }), ...(v.from && { hired_on: iso(v.from) }), ...(v.birth_year && { birth_year: figure(v.birth_year) }), ...(v.mobile && { mobile: mobile(v.mobile) }), ...(v.staff_code && { staff_code: v.staff_code }) },
      ...decision(v), ...(v.note && { note: v.note }) } }),
  }
}
function accountAct(kind: Kind, person: Schema['Staff'] | undefined, systems: System[], system: string): Partial<Act> {
  const chosen: Field = person ? { name: 'who', label: 'name', kind: 'choice', required: 'choose', options: [[person.id!, person.full_name]], first: person.id!, pointer: '#/person/key' } : { name: 'who', label: 'name', kind: 'person', required: 'choose_person', pointer: '#/person/key' }
  return {
    // of a guest the home is not seen: the unit asks that he is lent to
    fields: [{ ...asking, first: (person?.unit ?? person?.posts[0]?.unit)?.id }, chosen, { name: 'system', label: 'system', kind: 'choice', required: 'choose', options: systems.map((s) => [s.id, said(s.name)] as const), first: system || 'mailbox', pointer: '#/system' },
      ...(kind === 'lock' ? [{ name: 'reason', label: 'reason', kind: 'choice', required: 'choose', options: choices(LOCKS, 'lock_'), pointer: '#/reason' } as Field] : []), note],
    wish: (v) => ({ method: 'POST', path: 'v1/requests', body: { kind, unit: v.unit, person: { key: v.who }, system: v.system, ...(v.reason && { reason: v.reason }), ...(v.note && { note: v.note }) } }),
  }
}

function Ask({ kind, filters, asked }: { kind: Kind; filters: URLSearchParams; asked: (r: Request) => void }) {
  const of = filters.get('of') ?? '', systems = useSystems()
  const person = useRead<Schema['Staff']>(of ? 'v1/staff/' + encodeURIComponent(of) : '')
  if (!systems || (of && !person.data)) return <p role="status">{t('loading')}</p>
  const own = kind === 'transfer' ? transferAct() : kind === 'new_account' ? newcomerAct() : accountAct(kind, person.data, systems, filters.get('system') ?? '')
  const act = {
    title: named(kind, 'request_'), words: t('request_words'), verb: () => t('send_request'), done: asked,
    effect: (r: Request) => <ul><li>{named(r.kind, 'request_')}: <Name>{who(r)}</Name></li>{r.system && <li>{t('system')}: {systemName(systems, r.system)}</li>}<li>{t('asking_unit')}: <Name>{r.unit.name}</Name></li>{r.title && <li>{t('title')}: <Name>{r.title}</Name></li>}<li>{t('waits_for')}: <Name>{answers(r)}</Name></li>{r.decision && <li>{t('decision')}: <Name>{decisionWords(r.decision)}{r.decision.effective_on && ` · ${t('from')} ${day(r.decision.effective_on)}`}</Name></li>}<li>{t('answer_due', { day: day(r.due_on) })}</li></ul>, ...own,
  } as Act
  const form = ['request', kind, of, filters.get('system') ?? ''].join(' ')
  return <ActForm key={form} act={act} form={form} close={link('requests')} />
}

/* ---- one of them ---- */

function Facts({ r }: { r: Request }) {
  const systems = useSystems(), n = r.new_staff
  const line = (words: string, value: unknown) => value ? <><dt>{words}</dt><dd>{value as string}</dd></> : null
  return <dl class="wide">
    {line(t('name'), r.staff ? <PersonLink id={r.staff.id} name={r.staff.full_name} /> : <Name>{who(r)}{r.person.key && ` · ${r.person.key}`}</Name>)}
    {line(t('asking_unit'), <Name>{r.unit.name}</Name>)}
    {line(t('system'), r.system && systemName(systems, r.system))}
    {line(t('reason'), r.reason && named(r.reason, 'lock_'))}
    {line(t('title'), (r.title ?? n?.title) && <Name>{r.title ?? n?.title}</Name>)}
    {line(t('category'), n?.category && named(n.category))}
    {line(t('hired_on'), n?.hired_on && day(n.hired_on))}
    {line(t('decision'), r.decision && <Name>{decisionWords(r.decision)}{r.decision.effective_on && ` · ${t('from')} ${day(r.decision.effective_on)}`}</Name>)}
    {line(t('note'), r.note && <Name>{r.note}</Name>)}
    {line(t('asked_at'), moment(r.asked_at))}
    {line(t('state'), named(r.state, 'asked_'))}
    {line(t('answer_until'), r.state === 'waiting' && day(r.due_on))}
    {line(t('waits_for'), r.state === 'waiting' && <Name>{answers(r)}</Name>)}
    {line(t('answered_at'), r.answered_at && moment(r.answered_at))}
    {line(t('why'), r.answer && <Name>{r.answer}</Name>)}
  </dl>
}

type Answering = 'confirm' | 'refuse' | 'withdraw'
type Answered = Schema['RequestAnswered']

function answerAct(r: Request, way: Answering, systems: System[], done: (a: Answered) => void): Act {
  const put = (answer: string, more = {}) => ({ method: 'PUT' as const, path: `v1/requests/${r.id}/answer`, body: { answer, ...more } })
  if (way === 'refuse') return { title: t('refuse'), fields: [{ name: 'reason', label: 'why', kind: 'lines', required: 'reason_needed', pointer: '#/reason' }], wish: (v) => put('refused', { reason: v.reason }), verb: () => t('refuse'), done }
  if (way === 'withdraw') return { title: t('withdraw_request'), fields: [], wish: () => put('withdrawn'), verb: () => t('withdraw_request'), done }
  return {
    title: t('confirm_request'), words: t('confirm_words'), stopped: t('request_waits_again'), fields: [], wish: (_, { notSame }) => put('confirmed', notSame.length ? { not_same_as: notSame } : {}),
    effect: (a: Answered) => <ul><li>{named(r.kind, 'request_')}: <Name>{who(r)}</Name></li>{a.changes && a.changes.length > 0 && <Changes changes={a.changes} systems={systems} />}</ul>, verb: () => t('confirm_request'), done,
  }
}

function One({ r, way, may, answered }: { r: Request; way: string; may: Scope[]; answered: (a: Answered) => void }) {
  const systems = useSystems() ?? [], units = useUnits() ?? []
  const open = r.state === 'waiting' || r.state === 'confirmed'
  const mine = units.some((u) => u.id === r.unit.id), mayAnswer = (!!r.staff?.unit || r.kind === 'new_account') && may.includes(needs(r.kind))
  // what was confirmed is under way: the same answer ends it, another one is refused
  const ways: Answering[] = open ? [...(mayAnswer ? ['confirm'] as const : []), ...(mayAnswer && r.state === 'waiting' ? ['refuse'] as const : []), ...(mine && r.state === 'waiting' ? ['withdraw'] as const : [])] : []
  const chosen = ways.find((w) => w === way)
  return <>
    <p class="no-print"><a href={link('requests')}>{t('back_requests')}</a></p>
    <h1>{named(r.kind, 'request_')}: <Name>{who(r)}</Name></h1>
    {chosen ? <ActForm key={chosen} act={answerAct(r, chosen, systems, answered)} form={`answer ${r.id} ${chosen}`} close={link('requests', '', r.id!)} />
      : <p class="acts no-print">{ways.map((w) => <a key={w} class="button" href={link('requests', 'do=' + w, r.id!)}>{t(w === 'confirm' ? 'confirm_request' : w === 'refuse' ? 'refuse' : 'withdraw_request')}</a>)}
        {open && !mayAnswer && <span class="words">{t('answered_elsewhere')}</span>}</p>}
    <Facts r={r} />
  </>
}

function Single({ id, filters, may }: { id: string; filters: URLSearchParams; may: Scope[] }) {
  const request = useRead<Request>('v1/requests/' + encodeURIComponent(id))
  // told once: it stays whatever becomes of the next reading
  const [code, setCode] = useState<Answered>()
  const answered = (a: Answered) => { if (a?.code) setCode(a); request.again(); location.replace(link('requests', '', id)) }
  return <>
    {code && <section class="slip" role="status"><p>{t('one_time_code')}: <b class="code" translate={false}>{code.code}</b></p><p>{code.expires_at && `${t('valid_until')} ${moment(code.expires_at)}`}</p></section>}
    <Read of={request}>{(r) => <One r={r} way={filters.get('do') ?? ''} may={may} answered={answered} />}</Read>
  </>
}

/* ---- all of them ---- */

export function Requests({ id, filters, may }: { id: string; filters: URLSearchParams; may: Scope[] }) {
  if (id) return <Single id={id} filters={filters} may={may} />
  return <All filters={filters} may={may} />
}

/** In the language of the page: a link would carry that of the browser. */
function Print({ state }: { state: string }) {
  const [problem, setProblem] = useState<Problem>()
  const [refused, setRefused] = useState(false)
  async function print() {
    const paper = openPaper()
    setProblem(undefined)
    setRefused(!paper)
    if (!paper) return
    try {
      paper.show(await (await send('GET', 'v1/requests?format=html&page_size=500&state=' + state, undefined, { accept: 'text/html' })).text())
    } catch (caught) {
      paper.close()
      setProblem(caught as Problem)
    }
  }
  return <><button onClick={print}>{t('print_requests')}</button>{(problem || refused) && <span class="trouble" role="alert"> {problem ? <Said problem={problem} /> : t('window_refused')}</span>}</>
}

function All({ filters, may }: { filters: URLSearchParams; may: Scope[] }) {
  const state = filters.get('state') ?? OPEN, kind = KINDS.find((k) => k === filters.get('do'))
  const asked = new URLSearchParams({ state, page_size: '100' })
  if (filters.get('page_token')) asked.set('page_token', filters.get('page_token')!)
  const list = useRead<Schema['RequestPage']>('v1/requests?' + asked)
  const [told, tell] = useState<Request>()
  // one that could do it himself needs not ask; somebody from elsewhere is asked for by whoever takes him on
  const kinds = KINDS.filter((k) => (k === 'transfer') === may.includes(needs(k)))
  const choice = (value: string, words: string) => <a href={link('requests', withFilters(filters, { state: value === OPEN ? '' : value, do: '' }))} aria-current={state === value ? 'true' : undefined}>{words}</a>
  return <>
    <p class="no-print"><a href={link('people')}>{t('back')}</a></p>
    <h1>{t('requests')}</h1>
    {told && <p class="good" role="status">{t('request_sent')} {t('waits_for')}: <Name>{answers(told)}</Name>.</p>}
    {kind ? <Ask kind={kind} filters={filters} asked={(r) => { tell(r); list.again(); location.replace(link('requests')) }} /> : <p class="acts no-print">{kinds.map((k) => <a key={k} class="button" href={link('requests', 'do=' + k)} onClick={() => tell(undefined)}>{named(k, 'request_')}</a>)}</p>}
    <p class="choice no-print">{choice(OPEN, t('still_waiting_answer'))} {choice('done', t('asked_done'))} {choice('refused,withdrawn,lapsed', t('asked_not_done'))} <Print state={state} /></p>
    <Read of={list}>{(page) => page.items.length === 0 ? <p>{t('no_requests')}</p> : <>
      <Table head={[t('request'), t('name'), t('asking_unit'), t('asked_at'), t('state'), t('answer_until'), t('waits_for')]} rows={page.items.map((r) => ({ key: r.id!, cells: [
        <a href={link('requests', '', r.id!)}>{named(r.kind, 'request_')}<span class="out"> <Name>{who(r)}</Name></span></a>, <Name>{who(r)}</Name>, <Name>{r.unit.name}</Name>, moment(r.asked_at), <State word={'asked_' + r.state} />, r.state === 'waiting' ? day(r.due_on) : '—', <Name>{answers(r)}</Name>] }))} />
      {page.next_page_token && <p class="pages no-print"><a href={link('requests', onThisPage(filters, { page_token: page.next_page_token }))}>{t('next_page')}</a></p>}
    </>}</Read>
  </>
}
