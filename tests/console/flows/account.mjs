// One's own account, and what somebody without a role, or without a second factor, meets.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { api, axeClean, browser, given, picture, plainWords, room, signIn, signOut } from './browser.mjs'

const STEP_S = 30
/** RFC 6238, as an authenticator app reckons it. */
function codeOf(seed, step) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...seed].map((c) => letters.indexOf(c).toString(2).padStart(5, '0')).join('')
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))).update(counter).digest()
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0')
}
const mine = (page) => page.getByRole('heading', { name: 'Tài khoản của tôi' }).waitFor()

export default {
  own_account: () => browser(async (page) => {
    await signIn(page, given.hr)
    await page.getByRole('link', { name: 'Nguyễn Thị Nhân Sự' }).click()
    await mine(page)
    await page.getByRole('heading', { name: 'Thông tin đang lưu về tôi' }).waitFor()
    await page.getByRole('cell', { name: 'Huyện Thử' }).waitFor()
    await plainWords(page)
    await picture(page, 'my-account')
    await axeClean(page, 'me')
    await page.getByRole('link', { name: 'Đổi mật khẩu' }).click()
    const fill = async (current, fresh, again) => {
      await page.getByLabel('Mật khẩu hiện tại').fill(current)
      await page.getByLabel('Mật khẩu mới', { exact: true }).fill(fresh)
      await page.getByLabel('Nhập lại mật khẩu mới').fill(again)
      await page.getByRole('button', { name: 'Đổi mật khẩu' }).click()
    }
    const fresh = 'Gió-Phan-Rang-2027'
    await fill(given.password, fresh, 'khác')
    await page.getByText('Hai lần nhập chưa giống nhau').waitFor()
    await fill('sai-Mật-khẩu-1', fresh, fresh)
    await page.waitForFunction(() => document.querySelector('#fault-current')?.textContent)
    await axeClean(page, 'me?do=password')
    assert.deepEqual(await page.evaluate(() => Object.values(sessionStorage).filter((kept) => /Gió|sai-/.test(kept))), [], 'no password is kept in the tab')
    // it is changed, though what comes next is not heard
    let lost = 0
    await page.route(/v1\/sessions\/current$/, (route) => lost++ ? route.continue() : route.fulfill({ status: 409, contentType: 'application/json', body: '{"status":409,"code":"conflict","detail":"Chưa được"}' }))
    await fill(given.password, fresh, fresh)
    await page.locator('.good', { hasText: 'Đã đổi mật khẩu' }).waitFor()
    await page.reload()
    // the same session goes on, with its new proof
    await room(page, 'me?do=password')
    await fill(fresh, given.password, given.password)
    await page.locator('.good', { hasText: 'Đã đổi mật khẩu' }).waitFor()
    await signOut(page)
    await signIn(page, given.hr)
  }),
  no_role: () => browser(async (page) => {
    await signIn(page, given.nobody, { lands: 'h1' })
    await mine(page)
    await page.getByText('Bạn chưa có vai trò nào ở đây').waitFor()
    assert.equal(await page.locator('nav a').count(), 0)
    await page.getByText('Phạm Thị Chưa Vai').first().waitFor()
    await plainWords(page)
  }),
  second_factor: () => browser(async (page) => {
    await signIn(page, given.admin, { lands: 'h1' })
    await page.getByText('Vai trò của bạn cần xác thực hai lớp').waitFor()
    await page.getByRole('link', { name: 'Thiết lập xác thực hai lớp' }).click()
    await page.getByLabel('Mật khẩu hiện tại').fill(given.password)
    await page.getByRole('button', { name: 'Tiếp tục' }).click()
    const seed = (await page.locator('.code').innerText()).replace(/\s/g, '')
    await picture(page, 'second-factor')
    await axeClean(page, 'me?do=factor')
    const code = page.getByLabel('Mã xác thực hai lớp')
    await code.fill('000000')
    await page.getByRole('button', { name: 'Thiết lập xác thực hai lớp' }).click()
    await page.waitForFunction(() => document.querySelector('#fault-code')?.textContent)
    const step = Math.floor(Date.now() / 1000 / STEP_S)
    await code.fill(codeOf(seed, step))
    await page.getByRole('button', { name: 'Thiết lập xác thực hai lớp' }).click()
    await page.getByText('Xác thực hai lớp đã sẵn sàng').waitFor()
    await page.getByRole('button', { name: 'Đăng nhập lại' }).click()
    await page.locator('#login').fill(given.admin)
    await page.locator('#password').fill(given.password)
    await page.keyboard.press('Enter')
    await page.locator('#code').fill(codeOf(seed, step + 1))
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Nhân sự', exact: true }).waitFor()
    await page.locator('header', { hasText: 'Quản trị tỉnh' }).waitFor()
  }),
  common_sign_in: () => browser(async (page) => {
    await page.goto(`${given.url}/console`)
    const door = page.getByRole('link', { name: 'Đăng nhập qua hệ thống chung' })
    await door.waitFor()
    await axeClean(page, 'sign-in')
    const answer = await page.request.get(await door.evaluate((a) => a.href), { maxRedirects: 0 })
    assert.ok(answer.headers().location.startsWith(given.provider))
    for (const [word, said] of [['cancelled', 'Đã dừng đăng nhập'], ['refused', 'chưa xác nhận được'], ['wait', 'đợi ít phút'], ['later', 'không trả lời']]) {
      await page.goto(`${given.url}/console?sign_in=${word}`)
      await page.locator('#fault', { hasText: said }).waitFor()
      assert.ok(!page.url().includes('sign_in'), 'said once')
    }
  }),
  /** An empty office: one link, two administrators, and the link is over. */
  first_start: () => browser(async (page) => {
    const address = `${given.url}/console#/first?code=${given.first}`
    await page.goto(address)
    await page.getByRole('button', { name: 'Tạo đơn vị và hai quản trị viên' }).click()
    await page.getByText('Vui lòng nhập họ và tên').first().waitFor()
    await page.getByLabel('Tên đơn vị cao nhất').fill('Huyện Mới')
    await page.getByLabel('Mã đơn vị').fill('H43.98')
    await page.getByLabel('Loại đơn vị').selectOption('ubnd_huyen')
    await page.getByLabel('Quản trị viên thứ nhất').fill('Lê Thị Mở Đầu')
    await page.getByLabel('Quản trị viên thứ hai').fill('Phạm Văn Cùng Làm')
    await page.getByLabel('Đối tượng').selectOption('cong_chuc')
    await plainWords(page)
    await axeClean(page, 'first')
    await picture(page, 'first-start')
    await page.getByRole('button', { name: 'Tạo đơn vị và hai quản trị viên' }).click({ clickCount: 3, delay: 5 })
    await page.getByText('Đã tạo.').waitFor()
    const links = await page.locator('main a[href*="kichhoat#"]').evaluateAll((all) => all.map((a) => a.href)), logins = await page.locator('section b').allInnerTexts()
    assert.equal(links.length, 2)
    await axeClean(page, 'first, made')
    await picture(page, 'first-made')
    const people = (await api('GET', '/v1/staff')).items
    assert.deepEqual(people.map((p) => p.full_name).sort(), ['Lê Thị Mở Đầu', 'Phạm Văn Cùng Làm'])
    for (const person of people) assert.deepEqual((await api('GET', `/v1/staff/${person.id}/roles`)).items.map((r) => [r.role, r.unit]), [['site_admin', null]])
    await api('POST', '/v1/activations', { code: links[0].split('#')[1], password: given.password })
    await page.getByRole('link', { name: 'Đăng nhập' }).click()
    await page.locator('#login').fill(logins[0])
    await page.locator('#password').fill(given.password)
    await page.keyboard.press('Enter')
    await page.locator('header', { hasText: 'Quản trị tỉnh' }).waitFor()
    const again = await page.context().newPage()
    await again.goto(address)
    await again.getByText('Liên kết này đã được dùng hoặc đã hết hạn').waitFor()
  }),
}
