/** What is needed now and then, and the habits of this browser. */
import { useState } from 'preact/hooks'
import { link } from '../address'
import type { Schema } from '../call'
import { slash } from '../habits'
import { t } from '../words'

export function More({ may }: { may: Schema['Scope'][] }) {
  const [on, set] = useState(slash.on)
  return <>
    <h1>{t('more')}</h1>
    <ul>
      <li><a href={link('reports')}>{t('reports')}</a></li>
      {may.includes('audit:read') && <li><a href={link('audit')}>{t('audit')}</a></li>}
      {may.includes('tokens:write') && <li><a href={link('access')}>{t('access')}</a></li>}
    </ul>
    <p><label><input type="checkbox" checked={on} onChange={(e) => { slash.set(e.currentTarget.checked); set(e.currentTarget.checked) }} /> {t('slash')}</label></p>
  </>
}
