/** The slip that is handed to the person: the code is shown once and is nowhere else. */
import type { Schema } from '../../call'
import { Name } from '../../parts'
import { moment, t } from '../../words'

type Reset = Schema['CredentialReset']

/** Where the code is redeemed: beside this console, wherever that is reached. */
export const activation = () => location.href.replace(/#.*/, '').replace(/console$/, 'kichhoat')

export function Slip({ slip, system, close }: { slip: Reset; system: string; close: () => void }) {
  return <section class="slip" role="status" aria-label={t('slip')}>
    <h2>{t('slip')}</h2>
    <dl class="wide">
      <dt>{t('name')}</dt><dd><Name>{slip.staff?.full_name}</Name></dd>
      <dt>{t('unit')}</dt><dd><Name>{slip.staff?.unit?.name ?? '—'}</Name></dd>
      <dt>{t('system')}</dt><dd>{system}</dd>
      <dt>{t('login_name')}</dt><dd><Name>{slip.login ?? '—'}</Name></dd>
      <dt>{t('one_time_code')}</dt><dd><b class="code" translate={false}>{slip.code}</b></dd>
      <dt>{t('valid_until')}</dt><dd>{slip.expires_at ? moment(slip.expires_at) : '—'}</dd>
    </dl>
    <p>{t('slip_words')} <Name>{activation()}</Name></p>
    <p class="no-print">{t('slip_former')}</p>
    <p class="no-print"><button class="main" onClick={() => print()}>{t('print_slip')}</button> <button onClick={close}>{t('slip_done')}</button></p>
  </section>
}
