/** Somebody new: name, unit and category are enough; the address and accounts are shown before anything is made. */
import { ActForm, iso, type Act } from '../act'
import { link } from '../address'
import type { Schema } from '../call'
import { systemName, useSystems } from '../kept'
import { Name } from '../parts'
import { t } from '../words'
import { figure, mobile, staffFields } from '../fields'

type Staff = Schema['Staff']

export function Onboard({ may }: { may: boolean }) {
  const systems = useSystems()
  if (!may) return <p>{t('who_can', { what: t('onboard') })}</p>
  const { unit, from, number, signed, title, category } = staffFields
  const act: Act = {
    title: t('onboard'), words: <>{t('many_at_once')} <a href={link('lists')}>{t('lists')}</a>. {t('from_elsewhere')} <a href={link('requests', 'do=transfer')}>{t('request_transfer')}</a></>,
    fields: [{ name: 'full_name', label: 'name', required: 'name_needed', pointer: '#/full_name' }, { ...unit, label: 'unit' }, title, category, { ...from, label: 'hired_on', required: undefined, pointer: '#/hired_on' },
      { name: 'birth_year', label: 'birth_year', mode: 'numeric', pointer: '#/birth_year' }, { name: 'mobile', label: 'mobile', mode: 'tel', pointer: '#/mobile' }, { name: 'staff_code', label: 'staff_code', pointer: '#/staff_code' }, number, signed,
      { name: 'own_name', label: 'own_name', hint: 'own_name_hint', pointer: '#/login' }],
    wish: (v, { notSame }) => ({ method: 'POST', path: 'v1/staff', body: {
      full_name: v.full_name, unit: v.unit, category: v.category, ...(v.title && { title: v.title }), ...(v.from && { hired_on: iso(v.from) }), ...(v.birth_year && { birth_year: figure(v.birth_year) }), ...(v.mobile && { mobile: mobile(v.mobile) }),
      ...(v.staff_code && { staff_code: v.staff_code }), ...(v.own_name && { login: v.own_name }), ...(v.number && { decision: { number: v.number, ...(v.signed && { signed_on: iso(v.signed) }), ...(v.from && { effective_on: iso(v.from) }) } }), ...(notSame.length && { not_same_as: notSame }),
    } }),
    effect: (p: Staff) => <ul>
      <li>{t('name_parts')}: <Name><b>{[p.family_name, p.middle_name, p.given_name].map((x) => x || '—').join(' | ')}</b></Name>{p.proposed_name && <> · {t('proposed_name')} <Name>{p.proposed_name}</Name></>}</li>
      <li>{t('address')}: <b translate={false}>{p.address ?? '—'}</b></li>
      {p.accounts.filter((a) => a.desired.state === 'present').map((a) => <li key={a.system}>{systemName(systems, a.system)}: {t('will_be_issued')} <Name>{a.observed.login ?? ''}</Name></li>)}
    </ul>,
    verb: (v) => t('onboard_save', { name: v.full_name }),
    done: (p: Staff | undefined) => location.replace(p?.id ? link('person', '', p.id) : link('people')),
  }
  return <><p class="no-print"><a href={link('people')}>{t('back')}</a></p><ActForm act={act} form="onboard" close={link('people')} whole /></>
}
