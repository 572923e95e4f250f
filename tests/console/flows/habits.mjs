// Habits: typing Vietnamese, days, shared machines, keyboards, readers of screens.
import assert from 'node:assert/strict'
import { axeClean, api, browser, given, picture, room, settled, signIn } from './browser.mjs'

/** What UniKey sends for a word: letters, then as many backspaces as it takes back, and what it puts there; some versions send U+202F first and take it back. */
function trace(steps) {
  const keys = []
  for (const step of steps) {
    const [back, text] = step
    for (let i = 0; i < back; i++) keys.push('Backspace')
    for (const letter of text) keys.push(letter)
  }
  return keys
}
/** Telex "nguyeenx vawn ddoong" and VNI "nguye6n4 va8n d9o6ng" end in the same text by the same kind of steps. */
const TYPED = {
  telex: [[0, 'nguye'], [1, 'ê'], [0, 'n'], [2, 'ễn'], [0, ' va'], [1, 'ă'], [0, 'n d'], [1, 'đ'], [0, 'o'], [1, 'ô'], [0, 'ng']],
  vni: [[0, 'nguye'], [1, 'ê'], [0, 'n'], [2, 'ễn'], [0, ' va'], [1, 'ă'], [0, 'n d'], [1, 'đ'], [0, 'o'], [1, 'ô'], [0, 'ng']],
  with_u202f: [[0, 'nguye'], [0, '\u202F'], [2, 'ê'], [0, 'n'], [0, '\u202F'], [3, 'ễn'], [0, ' va'], [0, '\u202F'], [2, 'ă'], [0, 'n d'], [0, '\u202F'], [2, 'đ'], [0, 'o'], [0, '\u202F'], [2, 'ô'], [0, 'ng']],
}

export default {
  typing: () => browser(async (page) => {
    await signIn(page, given.hr)
    for (const [place, field] of [['people', '#q'], ['onboard', '#full_name'], ['onboard', '#title'], ['onboard', '#unit-words'], ['onboard', '#number']]) {
      for (const [method, steps] of Object.entries(TYPED)) for (const delay of [5, 80]) {
        if (delay === 80 && !['#q', '#full_name'].includes(field)) continue
        await room(page, place)
        await page.locator(field).waitFor()
        await page.locator(field).fill('')
        await page.locator(field).focus()
        for (const key of trace(steps)) {
          if (key === 'Backspace') await page.keyboard.press(key)
          else await page.keyboard.insertText(key)
          if (delay > 5) await page.waitForTimeout(delay)
        }
        const [value, caret] = await page.locator(field).evaluate((at) => [at.value, at.selectionStart])
        assert.deepEqual([value, caret], ['nguyễn văn đông', 15], `${field} ${method} ${delay} ms`)
      }
    }
  }),
  composing: () => browser(async (page) => {
    await signIn(page, given.hr)
    await room(page, 'people')
    await settled(page)
    await page.locator('#q').focus()
    const ime = await page.context().newCDPSession(page)
    const compose = (text) => ime.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
    for (const text of ['n', 'ng', 'ngu', 'nguy', 'nguyê', 'nguyên']) await compose(text)
    await page.waitForFunction(() => location.hash.includes('q=nguy'))
    await settled(page)
    assert.equal(await page.locator('#q').inputValue(), 'nguyên', 'an answer that comes while composing leaves the text alone')
    await compose('nguyễn')
    await ime.send('Input.insertText', { text: 'nguyễn' })
    await page.waitForFunction(() => decodeURIComponent(location.hash).includes('q=nguyễn'))
    assert.deepEqual(await page.locator('#q').evaluate((at) => [at.value, at.selectionStart]), ['nguyễn', 6])
    // the same people, however the marks are written
    const totals = []
    for (const form of ['NFC', 'NFD']) {
      await room(page, 'people?q=' + encodeURIComponent('nguyễn thị'.normalize(form)))
      await page.waitForFunction((q) => document.querySelector('#q')?.value === q && /\d/.test(document.querySelector('#found')?.textContent ?? ''), 'nguyễn thị'.normalize(form))
      totals.push(await page.locator('#found').innerText())
    }
    assert.equal(totals[0], totals[1])
  }),
  a_day_is_a_day: async () => {
    for (const [locale, timezoneId] of [['en-US', 'America/Los_Angeles'], ['vi-VN', 'Asia/Ho_Chi_Minh']]) {
      await browser(async (page) => {
        await signIn(page, given.hr)
        await room(page, 'onboard')
        await page.getByLabel('Ngày nhận việc').fill('05/12/2026')
        await page.getByText('thứ Bảy, 05/12/2026').waitFor()
        await page.getByLabel('Họ và tên').fill('Bùi Xuân Trường')
        await page.locator('select#unit').selectOption({ index: 3 })
        await page.getByLabel('Đối tượng').selectOption('cong_chuc')
        const [asked] = await Promise.all([page.waitForRequest((r) => r.url().includes('validate_only')), page.getByRole('button', { name: 'Xem trước' }).click()])
        assert.equal(asked.postDataJSON().hired_on, '2026-12-05')
        assert.equal(await page.locator('input[type=date]').count(), 0)
      }, { locale, timezoneId })
    }
  },
  shared_machine: () => browser(async (page) => {
    await signIn(page, given.hr)
    await room(page, 'onboard')
    await page.getByLabel('Họ và tên').fill('Trần Bí Mật')
    await page.reload()
    await page.getByLabel('Họ và tên').waitFor()
    assert.equal(await page.getByLabel('Họ và tên').inputValue(), 'Trần Bí Mật', 'a reload brings the form back')
    // in another tab somebody else signs in; this one, drawn for the first, is refused
    const other = await page.context().newPage()
    await other.goto(`${given.url}/console`)
    await other.getByRole('button', { name: 'Đăng xuất' }).click()
    await other.getByLabel('Mật khẩu').waitFor()
    await signIn(other, given.head)
    await page.locator('select#unit').selectOption({ index: 2 })
    await page.getByLabel('Đối tượng').selectOption('cong_chuc')
    await page.getByRole('button', { name: 'Xem trước' }).click()
    await page.getByText('Phiên làm việc đã hết').waitFor()
    await page.locator('#login').fill(given.head)
    await page.locator('#password').fill(given.password)
    await page.keyboard.press('Enter')
    await page.locator('header', { hasText: 'Lãnh đạo đơn vị' }).waitFor()
    assert.ok(!(await page.content()).includes('Bí Mật'), 'nothing of the first is left')
    assert.deepEqual(await page.evaluate(() => Object.entries(sessionStorage).filter(([key, value]) => (key + value).includes('Bí Mật'))), [])
  }),
  slash: () => browser(async (page) => {
    await signIn(page, given.hr)
    await page.locator('h1').waitFor()
    await page.keyboard.press('/')
    await page.waitForFunction(() => document.activeElement?.id === 'q')
    await page.keyboard.type('a/b')
    assert.equal(await page.locator('#q').inputValue(), 'a/b')
    await room(page, 'more')
    await page.getByLabel('Phím /').uncheck()
    await page.locator('h1').click()
    await page.keyboard.press('/')
    assert.match(page.url(), /more/)
    assert.equal(await page.evaluate(() => document.activeElement === document.body), false)
  }),
  upgraded: () => browser(async (page) => {
    await signIn(page, given.hr)
    let once = 0
    await page.route(/console\/People-/, (route) => once++ ? route.continue() : route.fulfill({ status: 404, body: '' }))
    await page.getByRole('link', { name: 'Nhân sự', exact: true }).click()
    await settled(page)
    assert.equal(once, 2, 'one reading anew opens the room')
  }),
  axe: async () => {
    const person = (await api('GET', '/v1/staff?unit=H43.99.01&recursive=false&has=mailbox')).items[5]
    const rooms = ['overview', 'people', 'people?list=NS-0001,NS-0002,KHONG', 'people?q=zzz&status=departed', 'onboard', 'duplicates', 'overview?unit=H43.99.01', 'leavers', 'lists', 'slips', 'requests', 'requests?do=transfer', 'me', 'me?do=password', 'reports', 'reports?do=make', 'access', 'more', ...['', '?do=transfer', '?do=merge', '?do=swap-codes', '?do=mistake', '?do=edit', '?do=depart', '?do=lock&system=mailbox'].map((x) => `person/${person.id}${x}`), ...(given.rooms ?? [])]
    const { colorScheme, width } = given
    await browser(async (page) => {
      await signIn(page, given.hr)
      for (const name of rooms) {
        await room(page, name)
        await page.locator('h1').waitFor()
        await page.waitForLoadState('networkidle')
        if (width > 320) await axeClean(page, `${name} ${width} ${colorScheme}`)
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width, `${name} is wider than ${width}`)
        if (colorScheme === 'light' && width === 390) await picture(page, `phone-${name.replace(/\W+/g, '-')}`)
      }
    }, { viewport: { width, height: 844 }, colorScheme })
  },
}
