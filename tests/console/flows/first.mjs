// The first rooms: signing in, figures and their people, search, the phone.
import assert from 'node:assert/strict'
import http from 'node:http'
import { api, browser, dayIn, given, isoOf, picture, plainWords, settled, signIn, signOut, total } from './browser.mjs'

export default {
  sign_in: () => browser(async (page) => {
    await page.goto(`${given.url}/console`)
    await picture(page, 'sign-in')
    await page.getByLabel('Tên đăng nhập hoặc địa chỉ thư').fill(given.hr)
    await page.getByLabel('Mật khẩu').fill('sai-mật-khẩu-2026')
    await page.keyboard.press('Enter')
    await page.getByText('Chưa đăng nhập được').waitFor()
    await plainWords(page)
    await signIn(page, given.hr)
    await plainWords(page)
    await picture(page, 'overview')
    await page.reload()
    await page.locator('.card').first().waitFor()
    await page.getByRole('button', { name: 'Đăng xuất' }).click()
    await page.getByLabel('Mật khẩu').waitFor()
    await page.reload()
    await page.getByLabel('Mật khẩu').waitFor()
  }),
  head: () => browser(async (page) => {
    await signIn(page, given.head)
    const name = await page.locator('h1').innerText()
    await page.getByRole('link', { name: 'Nhân sự', exact: true }).click()
    await settled(page)
    assert.ok(await total(page) > 0)
    const units = await page.locator('td[data-label="Đơn vị"]').allInnerTexts()
    assert.deepEqual([...new Set(units)].filter((unit) => unit !== 'Đơn vị khác (ngoài phạm vi)'), [name], 'only his own unit; where somebody lent to it is at home is not said')
    await picture(page, 'head-people')
  }),
  one_number: () => browser(async (page) => {
    // who knows the people of one block alone is told that the list is shorter, and by how many units' people
    await signIn(page, given.hr)
    const top = page.locator('.card a[href*="stage=unused"]').first(), figure = Number((await top.innerText()).replace(/\D/g, ''))
    await top.click()
    await page.locator('#sums-only').waitFor()
    await settled(page)
    assert.ok(await total(page) < figure)
    await picture(page, 'sums-only')
    await signOut(page)
    await signIn(page, given.admin)
    const links = page.locator('a[href*="stage="]')
    const hrefs = await links.evaluateAll((all) => all.map((a) => [a.getAttribute('href'), Number(a.textContent.replace(/\D/g, ''))]))
    assert.ok(hrefs.length >= 3, 'numbers open their people')
    for (const [href, number] of hrefs.slice(0, 8)) {
      await page.goto(`${given.url}/console${href}`)
      await page.waitForFunction((n) => Number(document.querySelector('#found')?.textContent.replace(/\D/g, '')) === n, number)
    }
    // the file has the same people, a line each
    for (const [href, number] of hrefs.slice(0, 8)) {
      const rows = await page.evaluate(async (path) => (await (await fetch(path)).text()).trim().split('\r\n').length - 1, `v1/staff?${href.split('?')[1]}&format=csv`)
      assert.equal(rows, number, href)
    }
    await picture(page, 'people-of-a-number')
    await plainWords(page)
    await page.goto(`${given.url}/console#/overview?by=missing`)
    await page.locator('table.units').waitFor()
    const missing = await page.locator('table.units td:last-child').allInnerTexts()
    const numbers = missing.map((text) => (text.match(/\d[\d.]*/g) ?? []).reduce((sum, n) => sum + Number(n.replace(/\./g, '')), 0))
    assert.deepEqual(numbers, [...numbers].sort((a, b) => b - a), 'most missing first')
    await picture(page, 'overview-by-missing')
  }),
  search: () => browser(async (page) => {
    await signIn(page, given.hr)
    await page.getByRole('link', { name: 'Nhân sự', exact: true }).click()
    await settled(page)
    const all = await total(page)
    await page.getByLabel('Tìm theo').pressSequentially('uoc dao', { delay: 20 })
    await page.waitForFunction((n) => { const found = Number(document.querySelector('#found')?.textContent.replace(/\D/g, '')); return /\d/.test(document.querySelector('#found').textContent) && found < n }, all)
    assert.equal(await page.getByLabel('Tìm theo').inputValue(), 'uoc dao')
    assert.match(page.url(), /q=uoc\+dao/)
    // whoever was found for other words cannot be pressed while the answer is on its way, and the typing goes on
    let answer
    await page.getByLabel('Tìm theo').fill('nguyen')
    await page.waitForFunction(() => location.hash.includes('q=nguyen'))
    await settled(page)
    await page.route(/v1\/staff\?.*q=nguyen\+van/, (route) => { answer = () => route.continue() })
    await page.getByLabel('Tìm theo').pressSequentially(' van')
    await page.locator('#found', { hasText: 'Đang tìm…' }).waitFor()
    assert.equal(await page.locator('main table').evaluate((table) => !!table.closest('[inert]')), true)
    while (!answer) await page.evaluate(() => new Promise(requestAnimationFrame))
    assert.equal(await page.evaluate(() => document.activeElement.id), 'q')
    assert.equal(await page.locator('main table').evaluate((table) => !!table.closest('[inert]')), true)
    answer()
    await settled(page)
    assert.equal(await page.locator('[inert]').count(), 0)
    await page.goto(`${given.url}/console#/people?q=khongcoai&status=departed`)
    await page.getByText('Các điều kiện lọc sau').waitFor()
    await page.getByText('Bỏ từng điều kiện lọc cũng không thấy ai').waitFor()
    assert.equal(await page.getByLabel('Tìm theo').inputValue(), 'khongcoai', 'the field says what is asked')
    await picture(page, 'nobody-found')
    await page.getByRole('link', { name: 'Bỏ lọc: Đã kết thúc công tác' }).first().click()
    await page.waitForFunction(() => !location.hash.includes('status'))
    assert.match(page.url(), /q=khongcoai/, 'the words stay')
  }),
  person: () => browser(async (page) => {
    await signIn(page, given.hr)
    await page.getByRole('link', { name: 'Nhân sự', exact: true }).click()
    const first = page.locator('tbody th a').first()
    const name = await first.innerText()
    await first.click()
    await page.getByRole('heading', { name: 'Tài khoản' }).waitFor()
    assert.equal(await page.locator('h1').innerText(), name)
    await plainWords(page)
    await picture(page, 'person')
    await page.goBack()
    await settled(page)
  }),
  transfer: () => browser(async (page) => {
    await signIn(page, given.hr)
    await page.goto(`${given.url}/console#/person/${given.person}`)
    await page.getByRole('link', { name: 'Điều động' }).click()
    await page.getByLabel('Từ ngày').fill('31/02/2027')
    await page.keyboard.press('Enter')
    await page.getByText('Vui lòng nhập ngày có thật').waitFor()
    await page.getByLabel('Đơn vị mới').selectOption(given.unit)
    await page.getByLabel('Từ ngày').fill(given.day)
    await page.getByLabel('Số quyết định').fill('77/QĐ-UBND')
    await page.getByText(`, ${given.day}`).waitFor()
    await page.getByRole('button', { name: 'Xem trước' }).click()
    await page.getByText('Sau khi lưu (chưa lưu gì)').waitFor()
    await plainWords(page)
    await picture(page, 'transfer')
    await page.getByRole('button', { name: `từ ${given.day}` }).click()
    await page.getByText('Đã lưu việc điều động').waitFor()
    await page.getByRole('cell', { name: given.day }).first().waitFor()
    await picture(page, 'transferred')
    const posts = async () => (await api('GET', `/v1/staff/${given.person}`)).posts.sort((a, b) => a.from.localeCompare(b.from)).map((p) => [p.unit.code, p.from, p.to, p.decision?.number ?? null])
    const [before, after] = await posts()
    assert.deepEqual([before[0], before[2], after], ['H43.99.01', isoOf(given.day), ['H43.99.02', isoOf(given.day), null, '77/QĐ-UBND']])
    // entered for the wrong day: taken back as long as the day has not come
    await page.getByRole('link', { name: 'Rút lại điều động' }).click()
    await page.getByRole('button', { name: 'Xem trước' }).click()
    await page.getByText('Sau khi lưu (chưa lưu gì)').waitFor()
    assert.ok(!(await page.locator('.effect').innerText()).includes(given.day))
    await plainWords(page)
    await picture(page, 'transfer-back')
    await page.getByRole('button', { name: 'Rút lại điều động' }).click()
    await page.getByText('Đã rút lại việc điều động').waitFor()
    await page.getByRole('link', { name: 'Rút lại điều động' }).waitFor({ state: 'detached' })
    assert.deepEqual(await posts(), [['H43.99.01', before[1], null, before[3]]])
  }),
  ended: () => browser(async (page) => {
    await signIn(page, given.hr)
    await page.getByRole('link', { name: 'Nhân sự', exact: true }).click()
    await page.locator('tbody th a').first().click()
    await page.getByRole('link', { name: 'Điều động' }).click()
    await page.getByLabel('Số quyết định').fill('12/QĐ-UBND')
    await page.getByLabel('Từ ngày').fill(dayIn(5))
    await page.getByLabel('Đơn vị mới').selectOption({ index: 3 })
    await page.context().clearCookies()
    await page.getByRole('button', { name: 'Xem trước' }).click()
    await page.getByText('Phiên làm việc đã hết').waitFor()
    assert.equal(await page.getByText('Điều động').first().isVisible(), false, 'nothing of before is seen')
    await picture(page, 'ended')
    await page.locator('#login').fill(given.hr)
    await page.locator('#password').fill(given.password)
    await page.keyboard.press('Enter')
    await page.getByLabel('Số quyết định').waitFor()
    assert.equal(await page.getByLabel('Số quyết định').inputValue(), '12/QĐ-UBND', 'nothing typed is lost')
    await page.getByRole('button', { name: 'Xem trước' }).click()
    await page.getByText('Sau khi lưu (chưa lưu gì)').waitFor()
  }),
  keyboard: () => browser(async (page) => {
    await signIn(page, given.hr)
    for (let i = 0; i < 40 && !(await page.evaluate(() => document.activeElement?.textContent === 'Nhân sự')); i++) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await settled(page)
    for (let i = 0; i < 40 && !(await page.evaluate(() => document.activeElement?.id === 'q')); i++) await page.keyboard.press('Tab')
    await page.keyboard.type('nguyen')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => location.hash.includes('q=nguyen'))
  }),
  phone: () => browser(async (page) => {
    await signIn(page, given.hr)
    for (const room of ['overview', 'people']) {
      await page.goto(`${given.url}/console#/${room}`)
      await page.locator('tbody tr').first().waitFor()
      const width = await page.evaluate(() => document.documentElement.scrollWidth)
      assert.ok(width <= 390, `${room} is ${width} px wide`)
      await picture(page, `phone-dark-${room}`)
    }
  }, { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }),
  /** A head on his way: four figures, what they are made of, how they changed, who is missing; nothing else. */
  head_phone: () => browser(async (page) => {
    await signIn(page, given.head)
    await page.waitForLoadState('networkidle')
    assert.equal(await page.locator('main .card').count(), 2)
    assert.equal(await page.locator('main .card dd').count(), 4)
    assert.ok(await page.locator('main .fraction').count() > 0)
    assert.deepEqual(await page.locator('main').locator('summary, details, button, table, .trend, .trouble, .acts, a[href*="stage=unused"], a[href*="system="]:not([href^="#/people"])').evaluateAll((all) => all.map((at) => at.outerHTML.slice(0, 90))), [])
    const lines = (await page.locator('main').innerText()).split('\n').map((line) => line.trim()).filter(Boolean).slice(2)
    const name = await page.locator('main .card h2').allInnerTexts()
    const brief = (line) => name.includes(line) || /^(Được cấp|Có dùng)$/.test(line) || /[\d,]+ %/.test(line) || /so với|như ngày|Như ngày|điểm/i.test(line) || /người|thiếu|khai báo/i.test(line) || /chưa xác định|không có ai/i.test(line)
    assert.deepEqual(lines.filter((line) => !brief(line)), [])
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 390))
    await plainWords(page)
    await picture(page, 'head-phone')
  }, { viewport: { width: 390, height: 844 } }),
  prefix: async () => {
    const proxy = http.createServer((request, response) => {
      if (!request.url.startsWith('/noi-bo/')) return response.writeHead(404).end()
      request.pipe(http.request(given.url + request.url.slice('/noi-bo'.length), { method: request.method, headers: request.headers },
        (answer) => { response.writeHead(answer.statusCode, answer.headers); answer.pipe(response) }))
    })
    await new Promise((done) => proxy.listen(0, '127.0.0.1', done))
    try {
      await browser((page) => signIn(page, given.hr, { url: `http://127.0.0.1:${proxy.address().port}/noi-bo` }))
    } finally {
      proxy.closeAllConnections()
      proxy.close()
    }
  },
  /** Days without a figure: the line ends and begins anew, and nothing is drawn between; a day alone is a dot. */
  trend_gap: () => browser(async (page) => {
    const points = Array.from({ length: 90 }, (_, i) => ({ on: isoOf(dayIn(i - 90)), ratio: (i >= 30 && i < 50) || (i > 60 && i < 64) || (i > 64 && i < 70) ? null : 0.5 + i / 200 }))
    const answer = (member) => (route) => route.fulfill({ contentType: 'application/json', body: JSON.stringify({ from: points[0].on, to: points.at(-1).on, step: 'P1D', points: points.map(({ on, ratio }) => ({ on, [member]: ratio })) }) })
    await page.route(/v1\/coverage\/trend/, answer('coverage'))
    await page.route(/v1\/adoption\/trend/, answer('adoption'))
    await signIn(page, given.hr)
    await page.locator('svg.trend').waitFor()
    const drawn = await page.locator('svg.trend').evaluate((svg) => {
      const width = svg.viewBox.baseVal.width
      return { width, lines: [...svg.querySelectorAll('polyline.issued')].map((line) => [line.points[0].x, line.points[line.points.length - 1].x]), dots: [...svg.querySelectorAll('circle.issued')].map((dot) => dot.cx.baseVal.value), joined: svg.querySelectorAll('path').length }
    })
    const x = (i) => Number((i / 89 * drawn.width).toFixed(1))
    assert.deepEqual(drawn.lines.map((line) => line.map((at) => Number(at.toFixed(1)))), [[x(0), x(29)], [x(50), x(60)], [x(70), x(89)]])
    assert.deepEqual(drawn.dots.map((at) => Number(at.toFixed(1))), [x(64)])
    assert.equal(drawn.joined, 0)
    await picture(page, 'trend-gap')
  }),
  english: () => browser(async (page) => {
    await signIn(page, given.hr)
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByText('As of').waitFor()
    await plainWords(page)
    assert.equal(await page.locator('html').getAttribute('lang'), 'en')
    await picture(page, 'overview-english')
  }),
}
