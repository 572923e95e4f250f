/** Rooms come when they are first entered. One that this build no longer has is of an older page: it is read anew, once. */
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { t } from './words'

const TRIED = 'congvu-reloaded'

export function room<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let come: ComponentType<P> | undefined
  return function Room(props: P) {
    const [There, set] = useState<ComponentType<P> | undefined>(() => come)
    const [lost, setLost] = useState(false)
    useEffect(() => {
      if (There) return
      load().then((c) => { come = c; sessionStorage.removeItem(TRIED); set(() => c) }, () => {
        if (sessionStorage.getItem(TRIED)) return setLost(true)
        sessionStorage.setItem(TRIED, 'yes')
        location.reload()
      })
    }, [])
    if (lost) return <p class="trouble" role="alert">{t('away')} <button onClick={() => location.reload()}>{t('again')}</button></p>
    return There ? <There {...props} /> : <p role="status">{t('loading')}</p>
  }
}
