// Habits: typing Vietnamese, days, shared machines, keyboards, readers of screens.
import assert from 'node:assert/strict'
import { api, axeClean, browser, given, inEnglish, make, oneLanguage, picture, plainWords, room, settled, signIn, signOut } from './browser.mjs'

// ---- typing as UniKey does it: no composition, only letters and backspaces ----

const MARKS = { â: 'a', ă: 'a', ê: 'e', ô: 'o', ơ: 'o', ư: 'u', đ: 'd' }
const TONES = /[\u0300\u0301\u0303\u0309\u0323]/
/** A letter as it is built: bare, with its mark, with its tone. */
function built(letter) {
  const low = letter.toLowerCase(), toned = [...low.normalize('NFD')]
  const marked = low === 'đ' ? 'đ' : toned.filter((c) => !TONES.test(c)).join('').normalize('NFC')
  return { bare: MARKS[marked] ?? marked, marked, whole: low }
}

/** What stands in the field after each key of a word. Telex marks a vowel at once (`nguyeenx`), VNI when the word is there (`nguyen64`); the tone comes last in both. */
function states(word, method) {
  const letters = [...word.normalize('NFC')].map(built), out = []
  let text = []
  const show = () => out.push(text.join(''))
  for (const letter of letters) {
    text.push(letter.bare)
    show()
    if (method === 'telex' && letter.marked !== letter.bare) { text[text.length - 1] = letter.marked; show() }
  }
  if (method === 'vni') letters.forEach((letter, at) => { if (letter.marked !== letter.bare) { text[at] = letter.marked; show() } })
  letters.forEach((letter, at) => { if (letter.whole !== letter.marked) { text[at] = letter.whole; show() } })
  return out
}

/** The keys that reach the page: as many backspaces as it takes, then the letters that follow. Some versions send an invisible sign first, and take it back. */
function keysOf(text, method, first = '') {
  const keys = []
  text.split(' ').forEach((word, n) => {
    if (n) keys.push(' ')
    let there = ''
    for (const next of states(word, method)) {
      let same = 0
      while (same < there.length && there[same] === next[same]) same++
      const back = there.length - same
      if (back && first) keys.push(first)
      for (let i = 0; i < back + (back && first ? 1 : 0); i++) keys.push('Backspace')
      keys.push(...next.slice(same))
      there = next
    }
  })
  return keys
}

async function type(page, keys, pause) {
  for (const key of keys) {
    if (key === 'Backspace') await page.keyboard.press(key)
    else await page.keyboard.insertText(key)
    if (pause > 5) await page.waitForTimeout(pause)
  }
}

const NAME = 'nguyễn đức ước đồng', SHORT = 'lưu đức'
/** With both speeds twelve traces. */
const WAYS = ['', '\u202F', '\u200A'].flatMap((first) => ['telex', 'vni'].map((method) => [method, first]))
/** Every text field that is seen in a room; days and numbers take no letters. */
const FIELDS = 'main input:not([type]):not([inputmode=numeric]):not([inputmode=tel]), main textarea'

const escaped = (id) => id.replace(/[^\w-]/g, '\\$&')

async function typedInto(page, where, id, keys, pause, expected) {
  const field = page.locator('#' + escaped(id))
  await field.fill('')
  await field.focus()
  await type(page, keys, pause)
  assert.deepEqual(await field.evaluate((at) => [at.value, at.selectionStart]), [expected, expected.length], `${where} #${id}, ${pause} ms`)
  // also in the middle of what stands there
  if (pause > 5) return
  await field.evaluate((at) => at.setSelectionRange(0, 0))
  await type(page, keysOf('đỗ', 'telex'), pause)
  assert.deepEqual(await field.evaluate((at) => [at.value, at.selectionStart]), ['đỗ' + expected, 2], `${where} #${id}, in front`)
}
/** `slow`: fields that are typed into at both speeds; `all`: in every way. */
async function typeEverywhere(page, rooms, slow, all = []) {
  let fields = 0
  for (const where of rooms) {
    await room(page, where)
    await page.locator('h1').waitFor()
    await page.waitForLoadState('networkidle')
    await page.locator('main details').evaluateAll((all) => all.forEach((at) => { at.open = true }))
    const ids = await page.locator(FIELDS).evaluateAll((all) => all.filter((at) => at.offsetParent && at.id).map((at) => at.id))
    for (const id of ids) {
      const [method, first] = WAYS[fields++ % WAYS.length]
      await typedInto(page, where, id, keysOf(NAME, method, first), 5, NAME)
      if (slow.includes(id)) for (const [method, first] of WAYS.slice(0, 2)) await typedInto(page, where, id, keysOf(SHORT, method, first), 80, SHORT)
      if (all.includes(id)) for (const [method, first] of WAYS) for (const pause of [5, 80]) await typedInto(page, where, id, keysOf(SHORT, method, first), pause, SHORT)
    }
  }
  return fields
}

/* ---- every room ---- */

async function roomsOf(who) {
  const [person] = (await api('GET', `/v1/staff?unit=${given.office}&recursive=false&has=mailbox`)).items.slice(5)
  const of = (what, acts) => acts.map((x) => what + x)
  if (who === 'admin') return ['overview?by=tree', 'unit/' + given.top, 'audit', 'access', `access?of=${person.id}`, 'more', ...of(`unit/${given.office}?do=`, ['add', 'edit', 'move', 'merge', 'dissolve', 'declare', 'letterhead', 'keeping', 'require&system=mailbox', 'remove'])]
  return ['overview', 'people', 'people?list=NS-0001,NS-0002,KHONG', 'people?q=zzz&status=departed', 'onboard', 'duplicates', `overview?unit=${given.office}`, `unit/${given.office}`, `unit/${given.office}?do=hold`, 'leavers', 'lists', 'slips', 'requests', 'requests?do=transfer', 'requests?do=new_account',
    'me', 'me?do=password', 'reports', 'reports?do=make', 'more', ...of(`person/${person.id}`, ['', ...of('?do=', ['transfer', 'merge', 'swap-codes', 'mistake', 'edit', 'depart', 'leave', 'add-post', 'lock&system=mailbox', 'reset&system=mailbox'])])]
}

/** No browser helps with what is about somebody else: neither a saved login nor an address of one's own. One's own password is the only exception. */
async function unhelped(page, where) {
  const helped = await page.evaluate(() => [...document.querySelectorAll('main input:not([type=hidden], [type=radio], [type=checkbox], [type=file]), main textarea')]
    .filter((at) => !/(current|new)-password/.test(at.autocomplete) && (at.type === 'password' || (at.autocomplete || at.form?.autocomplete) !== 'off' || /^(login|user|username|email|password|tel|name)$/.test(at.name)))
    .map((at) => at.outerHTML.slice(0, 120)))
  assert.deepEqual(helped, [], `${where}: a browser would fill it in`)
}

/** Edges of fields, bars and lines stand out from what they stand on, three to one. */
async function graphics(page, where) {
  const pairs = await page.evaluate(() => {
    const rgb = (text) => (text.match(/[\d.]+/g) ?? []).map(Number)
    const page = rgb(getComputedStyle(document.body).backgroundColor)
    const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b }
    const over = (c, alpha) => c.slice(0, 3).map((v, i) => v * alpha + page[i] * (1 - alpha))
    const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05) }
    const style = (at, name) => { const found = document.querySelector(at); return found && rgb(getComputedStyle(found)[name]) }
    const track = document.querySelector('.bar .whole'), whole = over(rgb(getComputedStyle(track).fill), Number(getComputedStyle(track).opacity))
    const against = [['.bar .part', 'fill', whole], ['.bar .part', 'fill', page], ['.bar .target', 'fill', whole], ['button', 'borderTopColor', page], ['.trend polyline.issued', 'stroke', page], ['.trend polyline.using', 'stroke', page], ['.card[aria-current]', 'borderTopColor', page]]
    return against.map(([at, name, other]) => [at, style(at, name), other]).filter(([, colour]) => colour).map(([at, colour, other]) => [at, ratio(colour, other)])
  })
  assert.ok(pairs.length >= 4 && pairs.every(([, ratio]) => ratio >= 3), `${where}: ${JSON.stringify(pairs)}`)
}

/** The room that was gone to is drawn, and everything that it asked for is there. */
async function come(page) {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  await page.waitForFunction(() => { const text = document.querySelector('main').innerText; return text && !/Đang (lấy số liệu|tìm)/.test(text) })
  await page.waitForLoadState('networkidle')
}

/** Texts that are seen (heads of columns stand before each cell on a narrow page), how much can be pressed, and what cannot be reached. */
function shown() {
  const seen = (at) => { const box = at.getBoundingClientRect(); return box.width > 1 && box.height > 1 && at.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && getComputedStyle(at).clipPath === 'none' }
  const texts = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walk.nextNode()) if (walk.currentNode.data.trim() && !walk.currentNode.parentElement.closest('thead, script, option') && seen(walk.currentNode.parentElement)) texts.push(walk.currentNode.data.trim())
  const pressed = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter(seen)
  return { texts, pressed: pressed.length, beyond: pressed.filter((at) => at.getBoundingClientRect().right > innerWidth + 1).map((at) => at.outerHTML.slice(0, 80)) }
}

/** What cannot be pressed says why beside it, and nothing is merely grey. */
async function explained(page, where) {
  const silent = await page.evaluate(() => [...document.querySelectorAll('[disabled], [aria-disabled=true]')].filter((at) => at.offsetParent && (at.disabled || !at.closest('p, form').querySelector('.words:not(:empty), .trouble:not(:empty)'))).map((at) => at.outerHTML.slice(0, 120)))
  assert.deepEqual(silent, [], `${where}: not said why`)
}

/** What is seen that is coloured, or does not fit. */
function onPaper() {
  const wrong = [], grey = (text) => { const [r, g, b, a = 1] = (text.match(/[\d.]+/g) ?? [0, 0, 0]).map(Number); return a === 0 || (r === g && g === b) }
  for (const at of document.querySelectorAll('body, body *')) {
    const style = getComputedStyle(at), box = at.getBoundingClientRect()
    if (!box.width || !box.height || style.visibility === 'hidden' || style.clipPath !== 'none') continue
    const colours = at instanceof SVGElement ? [style.fill, style.stroke] : [style.color, style.backgroundColor, ...(parseFloat(style.borderTopWidth) ? [style.borderTopColor] : []), ...(parseFloat(style.borderLeftWidth) ? [style.borderLeftColor] : [])]
    if (!colours.every((c) => c === 'none' || grey(c))) wrong.push(`${at.outerHTML.slice(0, 80)} ${colours}`)
    if (style.overflow !== 'visible' && !(at instanceof SVGElement) && (at.scrollWidth > at.clientWidth + 1 || at.scrollHeight > at.clientHeight + 1)) wrong.push(`cut: ${at.outerHTML.slice(0, 80)}`)
    if (box.right > innerWidth + 1) wrong.push(`beyond the edge: ${at.outerHTML.slice(0, 80)}`)
  }
  return wrong
}

export default {
  typing: async () => {
    const person = await make('Ninh Thị Gõ Chữ')
    await api('PATCH', `/v1/staff/${person.id}`, { login: `gochu${process.pid}` })
    const doing = ['transfer', 'depart', 'edit', 'add-post', 'merge', 'swap-codes', 'drop-alias', 'mistake'].map((x) => `person/${person.id}?do=${x}`)
    await browser(async (page) => {
      await signIn(page, given.hr)
      const fields = await typeEverywhere(page, ['people', 'onboard', ...doing, 'requests?do=transfer', 'lists', 'reports?do=make'], ['full_name', 'unit-words', 'into', 'comment', 'number'], ['q', 'own_name'])
      assert.ok(fields > 25, `${fields} fields`)
      await signOut(page)
      await signIn(page, given.admin)
      assert.ok(await typeEverywhere(page, ['audit', 'access', ...['add', 'edit', 'letterhead', 'declare', 'merge', 'require&system=mailbox'].map((x) => `unit/H43.99.01?do=${x}`)], ['called', 'recipients']) > 12)
    })
  },
  composing: () => browser(async (page) => {
    await signIn(page, given.hr)
    await room(page, 'people')
    await settled(page)
    await page.locator('#q').focus()
    const ime = await page.context().newCDPSession(page)
    const compose = (text) => ime.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
    const press = (key) => ime.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key, code: key, windowsVirtualKeyCode: 229 })
    await page.evaluate(() => {
      window.typedAt = window.askedAt = 0
      document.querySelector('#q').addEventListener('input', () => { window.typedAt = performance.now() })
      addEventListener('hashchange', () => { window.askedAt = performance.now() })
    })
    for (const text of ['n', 'ng', 'ngu', 'nguy', 'nguyê', 'nguyên']) await compose(text)
    for (const key of ['Enter', 'Escape', 'Tab', 'ArrowDown', 'ArrowLeft']) await press(key)
    assert.equal(await page.evaluate(() => document.activeElement.id), 'q', 'no key leaves while composing; nor does it ask: see the pause')
    assert.equal(await page.locator('#q').inputValue(), 'nguyên')
    await page.waitForFunction(() => location.hash.includes('q=nguy'))
    const pause = await page.evaluate(() => window.askedAt - window.typedAt)
    assert.ok(pause >= 295 && pause < 1500, `asked ${pause} ms after the last letter`)
    await settled(page)
    assert.equal(await page.locator('#q').inputValue(), 'nguyên', 'an answer that comes while composing leaves the text alone')
    await compose('nguyễn')
    await ime.send('Input.insertText', { text: 'nguyễn' })
    await page.waitForFunction(() => decodeURIComponent(location.hash).includes('q=nguyễn'))
    assert.deepEqual(await page.locator('#q').evaluate((at) => [at.value, at.selectionStart]), ['nguyễn', 6])
    // a form is not sent by the Enter that ends a word, and the word stays when the page is drawn anew around it
    await room(page, 'onboard')
    let sent = 0
    page.on('request', (request) => { if (request.url().includes('validate_only')) sent++ })
    await page.getByLabel('Họ và tên').focus()
    await compose('Trần Thị Ước')
    for (const key of ['Enter', 'Escape']) await press(key)
    await page.keyboard.press('Enter')
    assert.equal(await page.getByText('Vui lòng chọn đơn vị').count(), 0, 'nothing was asked')
    assert.equal(await page.locator('#full_name').inputValue(), 'Trần Thị Ước')
    await ime.send('Input.insertText', { text: 'Trần Thị Ước' })
    await page.keyboard.press('Enter')
    await page.getByText('Vui lòng chọn đơn vị').first().waitFor()
    assert.equal(sent, 0)
    // the same people, however the marks are written
    const totals = []
    for (const words of ['nguyễn thị'.normalize('NFC'), 'nguyễn thị'.normalize('NFD'), 'nguyễn '.normalize('NFC') + 'thị'.normalize('NFD')]) {
      await room(page, 'people?q=' + encodeURIComponent(words))
      await page.waitForFunction((q) => document.querySelector('#q')?.value === q && /\d/.test(document.querySelector('#found')?.textContent ?? ''), words)
      totals.push(await page.locator('#found').innerText())
    }
    assert.ok(new Set(totals).size === 1 && /[1-9]/.test(totals[0]), totals.join(' '))
  }),
  a_day_is_a_day: async () => {
    for (const locale of ['en-US', 'vi-VN']) for (const timezoneId of ['America/Los_Angeles', 'Asia/Ho_Chi_Minh']) {
      await browser(async (page) => {
        await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
        await signIn(page, given.hr)
        for (const way of ['typed', 'pasted']) {
          await room(page, 'more')
          await room(page, 'onboard')
          const day = page.getByLabel('Ngày nhận việc')
          await day.fill('')
          await day.focus()
          if (way === 'typed') await page.keyboard.type('05/12/2026')
          else {
            await page.evaluate(() => navigator.clipboard.writeText(' 05/12/2026\r\n'))
            await page.keyboard.press('Control+V')
          }
          await page.getByText('thứ Bảy, 05/12/2026').waitFor()
          await page.getByLabel('Họ và tên').fill('Bùi Xuân Trường')
          await page.locator('select#unit').selectOption({ index: 3 })
          await page.getByLabel('Đối tượng').selectOption('cong_chuc')
          const [asked] = await Promise.all([page.waitForRequest((r) => r.url().includes('validate_only')), page.getByRole('button', { name: 'Xem trước' }).click()])
          assert.equal(asked.postDataJSON().hired_on, '2026-12-05', `${way} ${locale} ${timezoneId}`)
          assert.equal(await page.locator('input[type=date]').count(), 0)
          await page.getByRole('link', { name: 'Thôi, không lưu' }).click()
        }
        // a day without its year is not guessed
        await room(page, 'onboard')
        await page.getByLabel('Ngày nhận việc').fill('01/01')
        await page.getByRole('button', { name: 'Xem trước' }).click()
        await page.getByText('Vui lòng ghi cả năm').waitFor()
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
    // what the first one looked for is not where the next one comes back to, whether he signed out or was only out
    for (const leaves of [() => signOut(page), async () => { await page.context().clearCookies(); await room(page, 'leavers'); await page.getByText('Phiên làm việc đã hết').waitFor() }]) {
      await page.context().clearCookies()
      await page.goto('about:blank')
      await signIn(page, given.hr)
      await room(page, 'people')
      await settled(page)
      await page.locator('#q').fill('nguyen')
      await page.waitForFunction(() => location.hash.includes('q=nguyen'))
      await settled(page)
      await page.locator('tbody a[href^="#/person/"]').first().click()
      await page.getByRole('link', { name: 'Về trang Nhân sự' }).waitFor()
      await leaves()
      await page.locator('#login').fill(given.head)
      await page.locator('#password').fill(given.password)
      await page.keyboard.press('Enter')
      await page.locator('header', { hasText: 'Lãnh đạo đơn vị' }).waitFor()
      await page.locator('.card').first().waitFor()
      assert.doesNotMatch(page.url(), /nguyen/)
      await page.evaluate((id) => { location.hash = `#/person/${id}` }, (await api('GET', `/v1/staff?unit=${given.office}&recursive=false&status=active&page_size=1`)).items[0].id)
      assert.equal(await page.getByRole('link', { name: 'Về trang Nhân sự' }).getAttribute('href'), '#/people')
    }
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
    // what was typed is there behind it
    await room(page, 'onboard')
    await page.getByLabel('Họ và tên').fill('Trịnh Thị Nâng Cấp')
    let gone = 0
    await page.route(/console\/Leavers-/, (route) => gone++ ? route.continue() : route.fulfill({ status: 404, body: '' }))
    await page.getByRole('link', { name: 'Nghỉ, chuyển đi', exact: true }).click()
    await page.locator('#brake').waitFor()
    await page.goBack()
    await page.getByLabel('Họ và tên').waitFor()
    assert.equal(await page.getByLabel('Họ và tên').inputValue(), 'Trịnh Thị Nâng Cấp')
  }),
  /** What was said stays until somebody goes on: nothing is taken away by time alone. */
  nothing_by_time: () => browser(async (page) => {
    const person = await make('Trịnh Thị Thời Gian'), seen = async () => (await page.locator('main').innerText()).split('\n')
    const gone = async (before) => { const now = await seen(); return before.filter((line) => !now.some((l) => l.includes(line))) } // what comes late is no loss
    await page.clock.install()
    await signIn(page, given.hr)
    await room(page, `person/${person.id}?do=edit`)
    await page.getByLabel('Chức vụ').fill('Phó phòng')
    await page.getByRole('button', { name: 'Xem trước thay đổi' }).click()
    await page.getByText('Sau khi lưu (chưa lưu gì)').waitFor()
    for (const step of ['looked', 'saved']) {
      if (step === 'saved') { await page.getByRole('button', { name: 'Lưu' }).click(); await page.locator('.good').waitFor() }
      await come(page)
      const before = await seen()
      await page.clock.fastForward('03:00:00')
      assert.deepEqual(await gone(before), [], step)
    }
    for (const name of ['overview', 'people?q=khongcoai&status=departed', 'leavers', 'slips', 'requests', 'reports', 'lists']) {
      await room(page, name)
      await page.locator('h1').waitFor()
      await come(page)
      const before = await seen()
      await page.clock.fastForward('03:00:00')
      assert.deepEqual(await gone(before), [], name)
    }
  }),
  /** Four times as large on a usual screen: what is seen before is seen then, and what can be pressed is within reach. */
  enlarged: () => browser(async (page) => {
    for (const who of ['hr', 'admin']) {
      await page.setViewportSize({ width: 1280, height: 1024 })
      await signIn(page, given[who])
      for (const name of await roomsOf(who)) {
        await page.setViewportSize({ width: 1280, height: 1024 })
        await room(page, name)
        await page.locator('h1').waitFor()
        await come(page)
        const wide = await page.evaluate(shown)
        await page.setViewportSize({ width: 320, height: 256 })
        await page.waitForFunction(() => innerWidth === 320)
        const large = await page.evaluate(shown), there = new Set(large.texts)
        assert.deepEqual(wide.texts.filter((text) => !there.has(text)), [], `${name}: lost`)
        assert.ok(large.pressed >= wide.pressed, `${name}: ${wide.pressed} can be pressed, ${large.pressed} enlarged`)
        assert.deepEqual(large.beyond, [], `${name}: beyond the edge`)
      }
      await signOut(page)
    }
  }, { deviceScaleFactor: 4 }),
  axe: async () => {
    const { colorScheme, forcedColors, width, language } = given
    await browser(async (page) => {
      for (const who of ['hr', 'admin']) {
        await signIn(page, given[who])
        if (language === 'en') await inEnglish(page)
        for (const name of await roomsOf(who)) {
          await room(page, name)
          await page.locator('h1').waitFor()
          await page.waitForLoadState('networkidle')
          const where = `${name} ${width} ${colorScheme} ${language ?? 'vi'}`
          if (width > 320) await axeClean(page, where)
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width, `${where} is too wide`)
          assert.ok(await page.evaluate(() => document.activeElement !== document.body), `${where}: the focus is on nothing`)
          await oneLanguage(page, where, language ?? 'vi')
          await unhelped(page, where)
          await explained(page, where)
          await plainWords(page)
          if (name === 'overview') await graphics(page, where)
          await picture(page, `${width}-${colorScheme}${forcedColors ? '-forced' : ''}-${language ?? 'vi'}-${who}-${name.replace(/stf_\w+/, 'one').replace(/\W+/g, '-')}`)
        }
        if (language === 'en') await page.getByRole('button', { name: 'Tiếng Việt' }).click()
        await signOut(page)
      }
    }, { viewport: { width, height: 844 }, colorScheme, ...(forcedColors && { forcedColors }) })
  },
  /** Paper is black and white, without anything to press, and nothing on it is cut. */
  printed: () => browser(async (page) => {
    for (const who of ['hr', 'admin']) {
      await signIn(page, given[who])
      await page.emulateMedia({ media: 'print' })
      await page.setViewportSize({ width: 680, height: 960 })
      for (const name of await roomsOf(who)) {
        await room(page, name)
        await page.locator('h1').waitFor()
        await page.waitForLoadState('networkidle')
        assert.deepEqual(await page.locator('button:visible, input:visible, nav:visible, select:visible, textarea:visible, a.button:visible, summary:visible').evaluateAll((all) => all.map((at) => at.outerHTML.slice(0, 90))), [], `${name}: nothing to press is printed`)
        assert.deepEqual(await page.evaluate(onPaper), [], `${name}: black and white, and whole`)
        await picture(page, `print-${who}-${name.replace(/\W+/g, '-')}`)
      }
      await page.setViewportSize({ width: 1280, height: 900 })
      await page.emulateMedia({ media: 'screen' })
      await signOut(page)
    }
  }),
}
