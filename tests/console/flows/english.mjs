// The daily forms in English: sent, refused and done; no Vietnamese is left but names, titles and what a list holds.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { api, axeClean, browser, dayIn, given, inEnglish, isoOf, make, oneLanguage, picture, plainWords, room, signIn } from './browser.mjs'

const NAMES = ['Ngô Thị Ngoại Ngữ', 'Mạc Thị Song Ngữ']
const clean = async (page, where) => { await oneLanguage(page, where, 'en', NAMES); await plainWords(page); await picture(page, 'english-' + where) }
const press = (page) => page.locator('form.act .doing button').first().click()
const effect = (page) => page.locator('form.act .effect').waitFor()

async function filled(page, values) {
  for (const [id, value] of Object.entries(values)) {
    const at = page.locator('#' + id)
    if (await at.evaluate((e) => e.tagName === 'SELECT')) await at.selectOption(value)
    else await at.fill(value)
  }
}

export default {
  english_forms: () => browser(async (page) => {
    await signIn(page, given.hr)
    await inEnglish(page)
    // a day that is none, and what the service finds wrong
    await room(page, 'onboard')
    await filled(page, { full_name: NAMES[0], unit: { index: 2 }, category: 'cong_chuc', from: '31/02/2027', mobile: '12' })
    await press(page)
    await page.locator('#fault-from:not(:empty)').waitFor()
    await clean(page, 'onboard-day')
    await filled(page, { from: dayIn(2) })
    await press(page)
    await page.locator('#fault-mobile:not(:empty)').waitFor()
    await clean(page, 'onboard-refused')
    await filled(page, { mobile: '' })
    await press(page)
    await effect(page)
    await clean(page, 'onboard-effect')
    await axeClean(page, 'onboard in English')
    await press(page)
    await page.locator('h1', { hasText: NAMES[0] }).waitFor()
    await page.getByRole('heading', { name: 'Accounts' }).waitFor()
    await clean(page, 'person')
    const person = await make(NAMES[1])
    await room(page, `person/${person.id}?do=transfer`)
    await filled(page, { unit: { index: 3 }, from: dayIn(10), number: '91/QĐ-UBND' })
    await press(page)
    await effect(page)
    await clean(page, 'transfer')
    await press(page)
    await page.locator('.good').waitFor()
    await clean(page, 'transferred')
    await room(page, `person/${person.id}?do=depart`)
    await filled(page, { reason: 'nghi_huu', from: dayIn(40), number: '92/QĐ-UBND' })
    await press(page)
    await effect(page)
    await clean(page, 'departure')
    await press(page)
    await page.locator('.good').waitFor()
    await clean(page, 'departing')
    assert.equal((await api('GET', `/v1/staff/${person.id}/departure`)).effective_on, isoOf(dayIn(40)))
  }),
  english_list: () => browser(async (page) => {
    const path = `${given.profile}-english.csv`
    writeFileSync(path, '\ufeffSTT;Họ và tên;Năm sinh;Chức vụ;Mã định danh đơn vị;Đối tượng;Số điện thoại\r\n' + ['090-xx', '0911000771'].map((phone, i) => `${i + 1};Khuất Thúy Anh${'hn'[i]};197${i};Chuyên viên;${given.office};Công chức;${phone}\r\n`).join(''))
    await signIn(page, given.hr)
    await inEnglish(page)
    await room(page, 'lists')
    await page.locator('#kind').selectOption('staff')
    await page.locator('#file').setInputFiles(path)
    await clean(page, 'lists')
    await page.locator('form.act button.main').click()
    await page.locator('input.bad').first().waitFor()
    await clean(page, 'list-faulty')
    await axeClean(page, 'a list in English')
    await page.locator('input.bad').first().fill('0911000772')
    await page.locator('main > form button.main').click()
    await page.locator('input.bad').waitFor({ state: 'detached' })
    await page.locator('section .acts button.main').click()
    await page.locator('section .effect progress').waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Slips' }).or(page.locator('section .acts a.button')).first().waitFor()
    await clean(page, 'list-done')
  }),
}
