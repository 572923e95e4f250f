// What people complained about elsewhere: translators, late answers, closed tabs, hostile names, numbers that differ, pages that grow.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { api, axeClean, browser, given, isoOf, dayIn, make, picture, plainWords, room, settled, signIn, signOut, total, translator } from './browser.mjs'

const number = (text) => Number(text.replace(/\D/g, ''))
const found = (page, n) => page.waitForFunction((n) => { const text = document.querySelector('#found')?.textContent ?? ''; return /\d/.test(text) && Number(text.replace(/\D/g, '')) === n }, n)

/* ---- a day of work, over and over ---- */

const search = async (page, words) => {
  await room(page, 'people')
  await settled(page)
  await page.locator('#q').fill(words)
  await page.waitForFunction(() => location.hash.includes('q='))
  await settled(page)
}
async function round(page, n, people) {
  const person = people[n % people.length]
  await room(page, 'overview')
  await page.locator('.card').first().waitFor()
  await search(page, person.full_name.split(' ').at(-1))
  await room(page, `person/${person.id}`)
  await page.getByRole('heading', { name: 'Tài khoản', exact: true }).waitFor()
  await page.locator('main').getByRole('link', { name: 'Điều động', exact: true }).click()
  await page.locator('select#unit').selectOption({ index: 2 + n % 5 })
  await page.getByLabel('Từ ngày').fill(dayIn(20))
  await page.getByLabel('Số quyết định').fill(`${n}/QĐ-UBND`)
  await page.getByRole('button', { name: 'Xem trước thay đổi' }).click()
  await page.locator('.effect, .trouble[role=alert], [aria-invalid=true]').first().waitFor()
  await page.getByRole('link', { name: 'Thôi, không lưu' }).click()
  for (const name of ['leavers', 'lists', 'slips', 'requests', 'reports', `unit/${given.office}`, 'more', 'me']) {
    await room(page, name)
    await page.locator('h1').waitFor()
    await page.waitForLoadState('networkidle')
  }
  await page.goBack()
  await page.locator('h1').waitFor()
}
async function heap(page) {
  const devtools = await page.context().newCDPSession(page)
  for (let i = 0; i < 3; i++) await devtools.send('HeapProfiler.collectGarbage')
  const { usedSize } = await devtools.send('Runtime.getHeapUsage')
  await devtools.detach()
  return usedSize
}

/* ---- one number ---- */

async function oneNumber(page) {
  const random = ((seed) => () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648)(20261130)
  const units = (await api('GET', '/v1/units?page_size=500')).items, percent = (ratio) => (Math.min(ratio < 1 ? 999 : 1000, Math.round(ratio * 1000)) / 10).toFixed(1).replace('.', ',')
  const baseOf = (row, figures) => (row.eligible ?? 0) + (figures.basis === 'declared' ? row.unrecorded ?? 0 : 0)
  const pairIn = async (at) => (await at.locator('.fraction').innerText()).split('/').map(number)
  let seen = 0, opened = 0, drawn = 0, lines = 0
  while (seen < given.rounds) {
    const unit = units[Math.floor(random() * units.length)]
    const figures = await api('GET', `/v1/coverage?unit=${unit.id}&targets=true&depth=1`)
    const totals = figures.rows.filter((r) => r.row_kind === 'total'), system = totals[Math.floor(random() * totals.length)].system, here = `overview?unit=${unit.id}&system=${system}`
    await room(page, here)
    await page.locator('h1', { hasText: unit.name.vi }).waitFor()
    await page.waitForLoadState('networkidle')
    const said = page.getByText(/Danh bạ đã \d+ phút không trả lời/)
    if (given.slapd) await said.waitFor()
    else assert.equal(await said.count(), 0)
    assert.ok((await page.locator('main').innerText()).includes(figures.as_of.slice(0, 10).split('-').reverse().join('/')), 'the day of the figures')
    assert.ok((await page.locator('main').innerText()).includes('Được cấp: số người có tài khoản'), 'their definition')
    for (const row of totals.filter((r) => r.links?.missing)) {
      const card = page.locator(`.card[data-system="${row.system}"]`), where = `${unit.code} ${row.system}`
      const base = baseOf(row, figures), known = base > 0 && row.coverage !== null
      if (known) assert.deepEqual(await pairIn(card.locator('dd').first()), [row.issued, base], where)
      await page.emulateMedia({ media: 'print' })
      if (known) {
        assert.deepEqual(await pairIn(card.locator('dd').first()), [row.issued, base], `${where}, printed`)
        assert.ok((await card.innerText()).includes(percent(row.coverage)), `${where}, printed`)
      }
      await page.emulateMedia({ media: 'screen' })
      for (const [link, n] of [[row.links.missing, row.missing.people], [row.links.unused, row.used === null ? 0 : row.issued - row.used]]) if (link && n > 0) {
        const query = link.split('?')[1]
        assert.equal(number(await card.locator(`a[href="#/people?${query}"]`).innerText()), n, where)
        const rows = await page.evaluate(async (path) => (await (await fetch(path)).text()).trim().split('\r\n').length - 1, `v1/staff?${query}&format=csv`)
        assert.equal(rows, n, `${where}: rows of the file`)
        if (opened++ % 5 === 0) {
          await room(page, `people?${query}`)
          await found(page, n)
          await room(page, here)
          await page.locator('h1', { hasText: unit.name.vi }).waitFor()
          await card.waitFor()
        }
      }
      seen++
    }
    // the table of units, on the page and on paper, for the system that was chosen
    for (const row of figures.rows.filter((r) => r.row_kind === 'unit' && r.system === system && r.coverage !== null && baseOf(r, figures) > 0)) {
      const line = page.locator(`table.units tr[data-unit="${row.unit.code}"]`), pair = [row.issued, baseOf(row, figures)]
      if (await line.count() !== 1) continue // nobody there, and nobody to be there
      for (const media of ['print', 'screen']) {
        await page.emulateMedia({ media })
        assert.deepEqual(await pairIn(line.locator('td').first()), pair, `${unit.code}: ${row.unit.code} ${system}, ${media}`)
      }
      lines++
    }
    const chart = page.locator('svg.trend'), total = totals.find((r) => r.system === system)
    if (await chart.count() && total.coverage !== null) {
      const { points } = await api('GET', `/v1/coverage/trend?unit=${unit.id}&system=${system}`)
      assert.equal(/đến ([\d,]+ %)/.exec(await chart.getAttribute('aria-label'))[1], `${percent(points.at(-1).coverage)} %`, `${unit.code} ${system}: in words`)
      if (points.at(-1).on === figures.as_of.slice(0, 10)) assert.equal(percent(points.at(-1).coverage), percent(total.coverage), `${unit.code} ${system}: today in the chart`)
      drawn++
    }
  }
  console.error(`${seen} figures, ${opened} opened, ${lines} lines, ${drawn} charts`)
  assert.ok(opened >= given.rounds / 5 && lines > 0, `${opened} figures opened, ${lines} lines of tables`)
}

/** As long as it stands still, what the service knows is what it knew. */
async function silent(work) {
  process.kill(given.slapd, 'SIGSTOP')
  try {
    while (!(await fetch(`${given.url}/v1/coverage`, { headers: { Authorization: `Bearer ${given.token}` } })).headers.get('Congvu-View-Age'));
    await work()
  } finally {
    process.kill(given.slapd, 'SIGCONT')
  }
}

/* ---- names that mean harm ---- */

const HOSTILE = ['<img src=x onerror=alert(1)>', '"\'&lt;/b&gt;<script>alert(2)</script>', 'שם הפוך', 'عربي ' + 'x'.repeat(190), '{{7*7}} ${7*7} javascript:alert(3)']
async function unharmed(page, where) {
  assert.equal(await page.locator('main img, main script, main iframe').count(), 0, where)
  assert.equal(await page.locator('script:not([src]), [style], [onclick], [onerror]').count(), 0, `${where}: nothing inline`)
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where}: wider than the window`)
  assert.equal(await page.locator('a[href^="javascript:"]').count(), 0, where)
}

export default {
  /** Every text wrapped and replaced, as translators do it: what changes is still seen, and nothing breaks. */
  translated: () => browser(async (page) => {
    await page.addInitScript(translator)
    const person = await make('Lều Thị Dịch Máy')
    await signIn(page, given.hr)
    await search(page, person.staff_code)
    await found(page, 1)
    await search(page, 'khongcoai')
    await page.getByText('Không thấy ai khớp').waitFor()
    await room(page, `person/${person.id}?do=transfer`)
    await page.getByRole('button', { name: 'Xem trước thay đổi' }).click()
    await page.getByText('Vui lòng chọn đơn vị').first().waitFor()
    await page.locator('select#unit').selectOption({ index: 3 })
    for (const day of [dayIn(6), dayIn(7)]) {
      await page.getByLabel('Từ ngày').fill(day)
      await page.locator('#said-from', { hasText: `, ${day}` }).waitFor()
    }
    await page.getByLabel('Số quyết định').fill('5/QĐ-UBND')
    await page.getByRole('button', { name: 'Xem trước thay đổi' }).click()
    await page.getByText('Sau khi lưu (chưa lưu gì)').waitFor()
    await page.getByLabel('Số quyết định').fill('6/QĐ-UBND')
    await page.getByRole('button', { name: 'Xem trước thay đổi' }).click()
    await page.getByRole('button', { name: `Điều động Lều Thị Dịch Máy từ ${dayIn(7)}` }).click()
    await page.locator('.good', { hasText: 'Đã lưu việc điều động' }).waitFor()
    await page.getByRole('link', { name: 'Nghỉ, chuyển đi', exact: true }).first().click()
    await page.locator('h1', { hasText: 'Nghỉ, chuyển đi' }).waitFor()
    await room(page, 'slips')
    const box = page.locator('tbody input[type=checkbox]').first()
    for (const n of [1, 0, 1]) {
      await box.setChecked(n === 1)
      await page.getByRole('button', { name: `Xem trước phiếu của ${n} người đã chọn` }).waitFor()
    }
    assert.ok(await page.locator('font').count() > 10, 'the page was translated')
  }),
  /** An answer that comes late never stands where a newer one belongs. */
  late_answers: () => browser(async (page) => {
    await signIn(page, given.hr)
    await room(page, 'people')
    await settled(page)
    let release
    const held = new Promise((done) => { release = done })
    await page.route(/v1\/staff\?.*q=ng(&|$)/, async (route) => { await held; await route.continue().catch(() => {}) })
    await page.locator('#q').fill('ng')
    await page.waitForRequest(/q=ng(&|$)/)
    await page.locator('#q').fill('nguyen van')
    await page.waitForFunction(() => location.hash.includes('q=nguyen+van'))
    await settled(page)
    const newer = await page.locator('#found').innerText()
    release()
    await page.waitForLoadState('networkidle')
    assert.equal(await page.locator('#found').innerText(), newer)
    assert.equal(await page.locator('#q').inputValue(), 'nguyen van')
  }),
  /** What a choice shows is what it is: the only unit that fits is taken and said, and one that is chosen stays whatever is typed. */
  narrowed: () => browser(async (page) => {
    const person = await make('Lều Văn Đơn Vị')
    await signIn(page, given.hr)
    await room(page, `person/${person.id}?do=transfer`)
    const unit = page.locator('select#unit'), words = page.getByPlaceholder('Gõ để lọc đơn vị')
    const { id, name } = await api('GET', `/v1/units/${given.elsewhere}`)
    await unit.selectOption({ index: 8 })
    const before = await unit.inputValue()
    assert.notEqual(before, id)
    await words.fill('khongcodonvinao')
    await unit.getByText('Không có đơn vị nào khớp').waitFor({ state: 'attached' })
    assert.equal(await unit.inputValue(), before)
    await page.getByLabel('Từ ngày').fill(dayIn(9))
    await page.getByLabel('Số quyết định').fill('15/QĐ-UBND')
    await page.getByRole('button', { name: 'Xem trước thay đổi' }).click()
    await page.getByText('Sau khi lưu (chưa lưu gì)').waitFor()
    await words.fill(given.elsewhere)
    await page.waitForFunction((id) => document.querySelector('select#unit').value === id, id)
    await page.getByText('Sau khi lưu (chưa lưu gì)').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Xem trước thay đổi' }).click()
    await page.locator('.effect', { hasText: name.vi }).waitFor()
    // chosen back by a click, it is told as well
    await words.fill('')
    await unit.selectOption(before)
    await page.locator('.effect').waitFor({ state: 'detached' })
    assert.equal(await unit.inputValue(), before)
  }),
  /** A room that stays away is said in words, with a way on; no white page. */
  lost_room: () => browser(async (page) => {
    await signIn(page, given.hr)
    let away = true
    await page.route(/console\/People-/, (route) => away ? route.fulfill({ status: 404, body: '' }) : route.continue())
    await room(page, 'people')
    await page.locator('main .trouble[role=alert]').waitFor()
    away = false
    await page.getByRole('button', { name: 'Thử lại' }).click()
    await settled(page)
  }),
  /** Outside one's scope nothing is named and nothing counted. */
  outside: () => browser(async (page) => {
    const person = await make('Viên Thị Ngoại Phạm', { unit: given.elsewhere })
    await signIn(page, given.head)
    for (const words of [person.full_name, person.staff_code, person.address]) {
      await search(page, words)
      await page.getByText('Không thấy ai khớp').waitFor()
      const text = await page.locator('main').innerText()
      assert.doesNotMatch(text.replace(/0 người/, ''), /\d+ người/, 'nobody is counted')
      assert.ok(!text.includes(person.full_name))
    }
    await room(page, `person/${person.id}`)
    await page.getByText('Không tìm thấy, hoặc ngoài phạm vi').waitFor()
    assert.ok(!(await page.content()).includes('Ngoại Phạm'))
  }),
  /** Markup, letters that run the other way, names as long as they may be: text, in every room that shows them. */
  hostile_everywhere: () => browser(async (page) => {
    const unit = await api('POST', '/v1/units', { code: `${given.top}.HX${process.pid}`, name: { vi: HOSTILE[0], en: HOSTILE[3] }, kind: 'phong', parent: given.top, letterhead: { issuing_body: HOSTILE[1], place: HOSTILE[4], recipients: HOSTILE.filter((x) => x.length < 200) } })
    const person = await make('Nguyễn Văn Ác', { unit: unit.id, title: HOSTILE[1], decision: { number: '<b>1</b>/QĐ', effective_on: isoOf(dayIn(0)) } })
    await make('Nguyễn Văn Hiểm', { unit: unit.id, title: HOSTILE[3].slice(0, 200) })
    const declared = await api('PUT', `/v1/units/${unit.id}/headcounts/${isoOf(dayIn(0))}`, { total: 3, source: HOSTILE[0] })
    assert.equal(declared.source, HOSTILE[0])
    await api('PUT', `/v1/staff/${person.id}/departure`, { reason: 'khac', reason_text: HOSTILE[0], effective_on: isoOf(dayIn(40)), decision: { number: '<i>2</i>' } })
    await signIn(page, given.hr)
    for (const name of [`unit/${unit.id}`, `overview?unit=${unit.id}`, 'overview', `people?unit=${unit.id}`, `person/${person.id}`, `person/${person.id}?do=edit`, 'leavers', 'slips', 'onboard', `people?q=${encodeURIComponent(HOSTILE[0])}`, `people?list=${encodeURIComponent(HOSTILE.slice(0, 2).join(','))}`]) {
      await room(page, name)
      await page.locator('h1').waitFor()
      await page.waitForLoadState('networkidle')
      await unharmed(page, name)
    }
    await room(page, `unit/${unit.id}`)
    await page.locator('h1', { hasText: HOSTILE[0] }).waitFor()
    for (const text of [HOSTILE[1], HOSTILE[4]]) assert.ok((await page.locator('main').innerText()).includes(text), text)
    // typed into every field of a form, sent, and shown back in what the service says about it
    for (const form of [`person/${person.id}?do=edit`, 'onboard', 'requests?do=transfer', `unit/${unit.id}?do=hold`]) {
      await room(page, form)
      await page.locator('form.act').waitFor()
      const fields = page.locator('form.act input:not([type]), form.act textarea')
      for (let i = 0; i < await fields.count(); i++) if (await fields.nth(i).isEditable()) await fields.nth(i).fill(HOSTILE[i % HOSTILE.length].slice(0, 200))
      await page.getByRole('button', { name: 'Xem trước thay đổi' }).click()
      await page.locator('.trouble:not(:empty), .effect').first().waitFor()
      await unharmed(page, form)
    }
    await picture(page, 'hostile-form')
    await plainWords(page)
  }),
  /** Twelve hundred rows: pressed three times, the tab closed on the way, opened by a colleague; one run, every row accounted for. */
  list_closed: () => browser(async (page) => {
    const path = `${given.profile}-nghin.csv`, ROWS = 1200
    const FAMILY = ['Vũ', 'Đinh', 'Hồ', 'Kiều', 'Mai', 'Thái', 'Tạ', 'Quách', 'Tô', 'Ông', 'Khúc', 'Lý'], MIDDLE = ['Thượng', 'Khuê', 'Bội', 'Trạch', 'Uyển', 'Nhược', 'Sỹ', 'Lạc', 'Duy', 'Kỳ'], GIVEN = ['Khuyến', 'Nghiễm', 'Quỳ', 'Thuyên', 'Lượng', 'Mẫn', 'Ngạn', 'Oanh', 'Phác', 'Quyến']
    writeFileSync(path, '\ufeffSTT;Họ và tên;Năm sinh;Mã định danh đơn vị;Đối tượng\r\n' + Array.from({ length: ROWS }, (_, i) => `${i + 1};${FAMILY[i % 12]} ${MIDDLE[Math.floor(i / 12) % 10]} ${GIVEN[Math.floor(i / 120)]};1971;${given.office};Công chức\r\n`).join(''))
    const before = (await api('GET', '/v1/staff?page_size=1&include_total=true')).total
    await signIn(page, given.hr)
    await room(page, 'lists')
    await page.getByLabel('Loại danh sách').selectOption('staff')
    await page.getByLabel('Tệp').setInputFiles(path)
    await page.getByRole('button', { name: 'Xem trước, chưa thực hiện' }).click()
    const button = page.getByRole('button', { name: /^Thực hiện 1\.?200 dòng/ })
    await button.waitFor()
    const address = new URL(page.url()).hash.slice(2)
    await button.click({ clickCount: 3, delay: 10 })
    await page.waitForFunction(() => { const bar = document.querySelector('progress'); return bar ? bar.value >= 200 : /Đã thực hiện xong/.test(document.body.textContent) }, null, { timeout: 240_000 })
    const colleague = await page.context().newPage()
    await page.close()
    await colleague.goto(`${given.url}/console`)
    await signOut(colleague)
    await signIn(colleague, given.admin)
    await room(colleague, address)
    await colleague.getByText('Đã thực hiện xong lúc').waitFor({ timeout: 240_000 })
    const summary = await colleague.locator('.effect p').last().innerText()
    assert.equal([...summary.matchAll(/: ([\d.]+)/g)].reduce((sum, [, n]) => sum + number(n), 0), ROWS, summary)
    assert.match(summary, /đã xong: 1\.200/)
    while ((await api('GET', '/v1/staff?page_size=1&include_total=true')).total < before + ROWS);
    assert.equal((await api('GET', '/v1/staff?page_size=1&include_total=true')).total, before + ROWS, 'each row once')
  }),
  /** A figure is the same on the card, in the table, on paper, among its people, in the file and in the words of the chart; also while the directory is silent, which is said. */
  one_number_everywhere: () => browser(async (page) => {
    await signIn(page, given.admin)
    await (given.slapd ? silent(() => oneNumber(page)) : oneNumber(page))
  }),
  /** Half an hour of clicks: the page does not grow, and the browser's console stays empty (browser.mjs). */
  long_day: () => browser(async (page) => {
    const people = (await api('GET', `/v1/staff?unit=${given.office}&status=active&page_size=20`)).items
    await signIn(page, given.hr)
    const begin = Date.now(), whole = given.minutes * 60_000
    let rounds = 0
    while (rounds < 3 || Date.now() < begin + whole / 6) await round(page, rounds++, people) // every room entered, and its code compiled
    await room(page, 'more')
    const before = await heap(page)
    while (Date.now() < begin + whole) await round(page, rounds++, people)
    await room(page, 'more')
    const after = await heap(page)
    console.error(`${rounds} rounds, heap ${before} -> ${after}`)
    assert.ok(rounds > 5 && after <= before * 1.1, `${rounds} rounds: ${before} -> ${after}`)
  }),
}
