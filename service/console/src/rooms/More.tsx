/** What is needed now and then, and the habits of this browser. */
import { useState } from 'preact/hooks'
import { t } from '../words'

const SLASH = 'congvu-slash'

export function More() {
  const [on, set] = useState(localStorage.getItem(SLASH) !== 'off')
  return <>
    <h1>{t('more')}</h1>
    <p><label><input type="checkbox" checked={on} onChange={(e) => { localStorage.setItem(SLASH, e.currentTarget.checked ? 'on' : 'off'); set(e.currentTarget.checked) }} /> {t('slash')}</label></p>
  </>
}
