/** Lines of other programs of which a person says whom they mean. */
import { useState } from 'preact/hooks'
import { link, onThisPage } from '../address'
import { call, useRead, type Problem, type Schema } from '../call'
import { MaybeSame, Name, Read, Said } from '../parts'
import { moment, t } from '../words'

type Question = Schema['Duplicate']

const codeOf = (q: Question) => q.staff_code ?? q.unit_code ?? ''
const keyOf = (q: Question) => q.staff_code ?? `unit:${q.unit_code}`
const about = (q: Question) => q.about === 'looks_alike' ? t('maybe_same') : q.about === 'other_name' ? t('code_other_name') : t('code_former')

function One({ q, may, decided }: { q: Question; may: boolean; decided: () => void }) {
  const [problem, setProblem] = useState<Problem>()
  const decide = (body: Schema['DuplicatePut']) => call('PUT', 'v1/duplicates/' + encodeURIComponent(keyOf(q)), body).then(decided, setProblem)
  return <section class="card" data-code={codeOf(q)}>
    <h2 translate={false}>{q.full_name} · {codeOf(q)}</h2>
    <p><Name>{q.unit?.name ?? t('elsewhere_unit')}{q.birth_year && ` · ${q.birth_year}`}</Name> · {moment(q.asked_at)}</p>
    <MaybeSame title={about(q)} who={q.candidates} elsewhere={q.candidates_elsewhere} decides={q.decides} each={(c) => may && <button aria-label={`${t('is_same')}: ${c.full_name}`} onClick={() => decide({ decision: 'same', staff: c.id })}>{t('is_same')}</button>} />
    {may && q.unit_code && <p><button onClick={() => decide({ decision: 'same' })}>{t('is_same_unit')}</button></p>}
    {may ? <p><button onClick={() => decide({ decision: 'not_same' })}>{t(q.unit_code ? 'not_same_unit' : 'not_same')}</button></p> : <p class="words">{t('who_can', { what: t('decide') })}</p>}
    {problem && <p class="trouble" role="alert"><Said problem={problem} saving /></p>}
  </section>
}

export function Duplicates({ filters, may }: { filters: URLSearchParams; may: boolean }) {
  const asked = new URLSearchParams({ page_size: '100' })
  if (filters.get('page_token')) asked.set('page_token', filters.get('page_token')!)
  const list = useRead<Schema['DuplicatePage']>('v1/duplicates?' + asked)
  return <>
    <p><a href={link('people')}>{t('back')}</a></p>
    <h1>{t('duplicates_title')}</h1>
    <Read of={list}>{({ items, next_page_token: next }) => items.length === 0 ? <p>{t('no_duplicates')}</p> : <>
      {items.map((q) => <One key={keyOf(q)} q={q} may={may} decided={list.again} />)}
      {next && <p class="pages no-print"><a href={link('duplicates', onThisPage(filters, { page_token: next }))}>{t('next_page')}</a></p>}
    </>}</Read>
  </>
}
