/** What would change of somebody, in words. */
import type { Schema } from '../../call'
import { systemName, useUnits, type System } from '../../kept'
import { Name } from '../../parts'
import { day, lastDay, named, phone, said, t, type Word } from '../../words'

export function Posts({ posts }: { posts: Schema['Post'][] }) {
  return <>{posts.map((p, i) => <li key={i}><Name>{p.unit.name}</Name> · <Name>{p.title ?? '—'}</Name> · {named(p.kind)}: {p.from ? day(p.from) : '—'} → {p.to ? lastDay(p.to) : t('open')}</li>)}</>
}

const FIELD_WORDS: Record<string, Word> = { full_name: 'name', title: 'title', category: 'category', mobile: 'mobile', birth_year: 'birth_year', staff_code: 'staff_code', unit: 'unit', hired_on: 'hired_on', address: 'address', status: 'status', login: 'login_name', aliases: 'former_addresses' }

function valueOf(field: string, v: unknown): string {
  if (Array.isArray(v)) return v.map((x) => x?.address ?? '').filter(Boolean).join(', ') || '—'
  if (v == null || typeof v === 'object') return '—'
  const text = String(v)
  if (field === 'category' || field === 'status') return named(text)
  return field === 'mobile' ? phone(text) : field.endsWith('_on') ? day(text) : text
}

/** The changes that the service names, in words; what has no word here is told by the rest. */
export function Changes({ changes, systems }: { changes: Schema['Change'][]; systems: System[] }) {
  const units = useUnits()
  const told = (field: string, v: unknown) => field === 'unit' && units?.some((u) => u.code === v) ? said(units.find((u) => u.code === v)!.name) : valueOf(field, v)
  const lines = changes.map(({ field, from, to }) => {
    const [what, system, more] = field.split('/')
    if (what === 'accounts' && system && !more) return <li key={field}>{systemName(systems, system)}: {named(to as string, 'want_')}</li>
    const word = FIELD_WORDS[field]
    return word && <li key={field}>{t(word)}: <Name>{told(field, from)}</Name> → <b><Name>{told(field, to)}</Name></b></li>
  }).filter(Boolean)
  return lines.length ? <>{lines}</> : <li>{t(changes.length ? 'other_change' : 'no_change')}</li>
}
