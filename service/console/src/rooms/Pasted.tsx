/** A column of codes, addresses or logins, as it stood in a spreadsheet: the same order, and who was not found. */
import { useEffect, useState } from 'preact/hooks'
import { link } from '../address'
import { call, type Problem, type Schema } from '../call'
import { Copy, Name, PersonLink, State, Table, Trouble, usePages, Whole } from '../parts'
import { count, t } from '../words'

type Person = Schema['StaffListItem']
type Line = { key: string; person?: Person; former?: boolean }
/** What one call takes. */
const AT_ONCE = { keys: 500, letters: 5500 }

/** The first cell of each line; one line is no column. */
export function pastedKeys(text: string): string[] {
  const cells = text.split(/[\r\n]+/).map((line) => line.split(/[\t;,]/)[0].replace(/^["']|["']$/g, '').trim()).filter(Boolean)
  return [...new Set(cells)]
}

function* portions(keys: string[]): Generator<string[]> {
  let part: string[] = [], letters = 0
  for (const key of keys) {
    if (part.length === AT_ONCE.keys || letters + encodeURIComponent(key).length > AT_ONCE.letters) { yield part; part = []; letters = 0 }
    part.push(key)
    letters += encodeURIComponent(key).length + 3
  }
  if (part.length) yield part
}

/** As codes, as addresses and as logins at once; a code comes before an address, an address before a login. */
async function find(keys: string[], signal: AbortSignal): Promise<Line[]> {
  const asked = (['login', 'address', 'staff_code'] as const).flatMap((kind) =>
    [...portions(kind === 'address' ? keys : keys.filter((k) => !k.includes('@')))].map((part) =>
      call<Schema['StaffPage']>('GET', `v1/staff?page_size=500&${kind}=${encodeURIComponent(part.join(','))}`, undefined, { signal })))
  const found = new Map<string, Line>()
  for (const page of await Promise.all(asked)) {
    const people = new Map(page.items.map((p) => [p.id, p]))
    for (const h of page.holders ?? []) if (h.staff && people.has(h.staff)) found.set(h.key, { key: h.key, person: people.get(h.staff), former: !h.current })
  }
  return keys.map((key) => found.get(key) ?? { key })
}

export function Pasted({ keys }: { keys: string[] }) {
  const [lines, setLines] = useState<Line[]>()
  const [problem, setProblem] = useState<Problem>()
  const [round, again] = useState(0)
  useEffect(() => {
    const stop = new AbortController()
    setProblem(undefined)
    find(keys, stop.signal).then(setLines, (p) => stop.signal.aborted || setProblem(p))
    return () => stop.abort()
  }, [keys.join(','), round])
  const { shown, first, pager } = usePages(lines ?? [])
  if (problem) return <Trouble problem={problem} again={() => again(round + 1)} />
  if (!lines) return <p role="status">{t('searching')}</p>
  const lost = lines.filter((l) => !l.person).map((l) => l.key)
  return <>
    <p><a href={link('people')}>{t('leave_list')}</a></p>
    <p role="status" id="found">{t('of_list', { found: count(lines.length - lost.length), n: count(lines.length) })}</p>
    {lost.length > 0 && <section class="effect"><h2 id="lost">{t('not_found_n', { n: count(lost.length) })}</h2><p class="lost" translate={false}>{lost.join(', ')}</p><p><Copy text={lost.join('\n')} /></p></section>}
    <Table head={[t('in_list'), t('name'), t('title'), t('unit'), t('address'), t('status')]} rows={shown.map(({ key, person: p, former }, i) => ({ key, mark: p ? undefined : 'lost', cells: [
      <Name>{first + i + 1}. {key}{former && <> ({t('former')})</>}</Name>,
      p ? <PersonLink id={p.id} name={p.full_name} /> : <b>{t('not_found_one')}</b>,
      ...(p ? [<Name>{p.title ?? '—'}</Name>, <Name>{p.unit?.name ?? t('elsewhere_unit')}</Name>, <Whole>{p.address ?? '—'}</Whole>, <State word={p.status} />] : ['—', '—', '—', '—'])] }))} />
    {pager}
  </>
}
