// Many locked at once: the last administrator stays, by which decision, and what was left half way is gone on with.
import assert from 'node:assert/strict'
import { api, axeClean, browser, given, make, oneLanguage, picture, plainWords, room, settled, signIn } from './browser.mjs'

const IN = { lands: 'h1' }, REAL = /accounts\/mailbox$/
const state = async (id) => (await api('GET', `/v1/staff/${id}`)).accounts.find((a) => a.system === 'mailbox').desired.state

async function ticked(page, words, n) {
  await room(page, 'people?q=' + encodeURIComponent(words))
  await settled(page)
  await page.getByRole('checkbox', { name: `Chọn cả ${n} dòng trong bảng này` }).check()
  await page.getByRole('button', { name: `Khóa tài khoản của ${n} người đã chọn` }).click()
}
async function looked(page) {
  await page.locator('form.act').getByLabel('Lý do').selectOption('compromised')
  await page.locator('form.act').getByLabel('Số quyết định').fill('31/QĐ-UBND')
  await page.locator('form.act').getByLabel('Ngày ký quyết định').fill('03/11/2026')
  await page.getByRole('button', { name: 'Xem trước thay đổi' }).click()
}

export default {
  last_administrator: () => browser(async (page) => {
    await signIn(page, given.hr, IN)
    await ticked(page, 'Đặng Quản Trị', 2)
    await looked(page)
    await page.getByRole('button', { name: 'Khóa 2 người' }).click()
    await page.getByRole('heading', { name: 'Đã khóa 1 người.' }).waitFor()
    const stays = page.locator('.effect details', { hasText: 'Không gồm quản trị viên cuối cùng' })
    const name = await stays.locator('li').innerText()
    await picture(page, 'many-last')
    assert.deepEqual((await Promise.all(given.administrators.map(state))).sort(), ['locked', 'present'], 'of two who are ticked one stays')
    const locked = (await state(given.administrators[0])) === 'locked' ? 0 : 1, [gone, left] = [given.administrators[locked], given.administrators[1 - locked]]
    assert.ok(name.startsWith((await api('GET', `/v1/staff/${left}`)).full_name))
    // the log tells of a change when its outcome is durable, a moment later
    const told = async () => (await api('GET', `/v1/staff/${gone}/history`, undefined, { 'Accept-Language': 'vi' })).items.some((e) => /Khóa tài khoản .* theo QĐ 31\/QĐ-UBND ngày 03\/11\/2026/.test(e.text))
    for (let tries = 0; !await told(); tries++) assert.ok(tries < 500, 'by which decision')
    // alone he is left out before anything is done, and nothing is left to press
    await ticked(page, (await api('GET', `/v1/staff/${left}`)).staff_code, 1)
    await looked(page)
    await stays.waitFor()
    assert.equal(await page.locator('form.act button.grave').getAttribute('aria-disabled'), 'true')
    await axeClean(page, 'the last administrator')
    await plainWords(page)
    // one by one it is said before it is done
    await room(page, `person/${left}?do=lock&system=mailbox`)
    await looked(page)
    await page.locator('.effect', { hasText: 'Đây là quản trị viên cuối cùng' }).waitFor()
  }),
  half_way: () => browser(async (page) => {
    const people = []
    for (let i = 0; i < 6; i++) people.push(await make(`Lỗ Thị Dở Dang ${'ABCDEF'[i]}`))
    const states = async () => (await Promise.all(people.map((p) => state(p.id)))).filter((s) => s === 'locked').length
    await signIn(page, given.hr, IN)
    await ticked(page, 'lo thi do dang', 6)
    await looked(page)
    await page.locator('.effect', { hasText: 'vui lòng giữ trang mở' }).waitFor()
    // it is stopped at the third one: it says who is locked and who is not
    let n = 0
    await page.route(REAL, (route) => route.request().method() === 'PUT' && n++ >= 2 ? route.fulfill({ status: 409, json: { status: 409, code: 'brake_engaged', detail: 'Nhiều người cùng lúc', kept: false } }) : route.continue())
    await page.getByRole('button', { name: 'Khóa 6 người' }).click()
    await page.getByRole('heading', { name: 'Đã khóa 2 người.' }).waitFor()
    assert.equal(await page.locator('.effect details', { hasText: '4 người chưa khóa' }).locator('li').count(), 4)
    assert.equal(await states(), 2)
    // it waits behind a reload, under the same words
    await page.unroute(REAL)
    await page.reload()
    await page.getByText('đã xong 2 trên 6 người').waitFor()
    await plainWords(page)
    await oneLanguage(page, 'half way', 'vi')
    await axeClean(page, 'half way')
    await picture(page, 'many-half-way')
    // and behind another room, gone to while it runs
    await page.getByRole('button', { name: 'Làm tiếp với 4 người còn lại' }).click()
    assert.equal(await page.locator('form.act').getByLabel('Số quyết định').inputValue(), '31/QĐ-UBND')
    await page.getByRole('button', { name: 'Xem trước thay đổi' }).click()
    let go, reached
    const third = new Promise((done) => { reached = done }), held = new Promise((done) => { go = done })
    n = 0
    await page.route(REAL, async (route) => { if (route.request().method() === 'PUT' && n++ === 1) { reached(); await held } await route.continue() })
    await page.getByRole('button', { name: 'Khóa 4 người' }).click()
    await third
    await page.locator('progress').waitFor()
    await page.evaluate(() => { location.hash = '#/more' })
    await page.locator('progress').waitFor({ state: 'detached' })
    await Promise.all([page.waitForResponse((r) => REAL.test(r.url()) && r.request().method() === 'PUT'), go()])
    await page.unroute(REAL)
    assert.equal(await states(), 4, 'the one that was sent is done, no other one is begun')
    await room(page, 'people')
    await page.getByText('đã xong 2 trên 4 người').waitFor()
    await page.getByRole('button', { name: 'Bỏ, không khóa tiếp' }).click()
    await page.getByText('còn dở').waitFor({ state: 'detached' })
    assert.equal(await states(), 4)
  }),
}
