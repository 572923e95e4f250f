/** Lines of other programs whose person may be there already: a person says whether it is so. */
import { useState } from 'preact/hooks'
import { link } from '../address'
import { call, useRead, type Problem, type Schema } from '../call'
import { Name, Read, Said } from '../parts'
import { moment, named, t } from '../words'

type Question = Schema['Duplicate']

function One({ q, may, decided }: { q: Question; may: boolean; decided: () => void }) {
  const [problem, setProblem] = useState<Problem>()
  const decide = (body: Schema['DuplicatePut']) => call('PUT', 'v1/duplicates/' + encodeURIComponent(q.staff_code), body).then(decided, setProblem)
  return <section class="card" data-code={q.staff_code}>
    <h2 translate={false}>{q.full_name} · {q.staff_code}</h2>
    <p><Name>{q.unit?.name ?? t('elsewhere_unit')}{q.birth_year && ` · ${q.birth_year}`}</Name> · {moment(q.asked_at)}</p>
    <h3>{t('maybe_same')}</h3>
    <ul>{q.candidates.map((c) => <li key={c.id}><a href={link('person', '', c.id)} translate={false}>{c.full_name} · {c.unit?.name ?? t('elsewhere_unit')}{c.birth_year && ` · ${c.birth_year}`} · {c.address ?? '—'}</a> ({named(c.status)}){' '}
      {may && <button aria-label={`${t('is_same')}: ${c.full_name}`} onClick={() => decide({ decision: 'same', staff: c.id })}>{t('is_same')}</button>}</li>)}</ul>
    {q.candidates_elsewhere > 0 && <p>{t('maybe_elsewhere', { n: q.candidates_elsewhere })}</p>}
    {may ? <p><button onClick={() => decide({ decision: 'not_same' })}>{t('not_same')}</button></p> : <p class="words">{t('who_can', { what: t('decide') })}</p>}
    {problem && <p class="trouble" role="alert"><Said problem={problem} saving /></p>}
  </section>
}

export function Duplicates({ may }: { may: boolean }) {
  const list = useRead<Schema['DuplicateList']>('v1/duplicates')
  return <>
    <p><a href={link('people')}>{t('back')}</a></p>
    <h1>{t('duplicates_title')}</h1>
    <Read of={list}>{({ items }) => items.length === 0 ? <p>{t('no_duplicates')}</p> : <>{items.map((q) => <One key={q.staff_code} q={q} may={may} decided={list.again} />)}</>}</Read>
  </>
}
