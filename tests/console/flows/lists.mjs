// Lists in: nothing is done by looking; faulty cells are mended in their place; one run, whoever presses and watches; taken back.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { api, axeClean, browser, dayIn, given, make, picture, plainWords, room, signIn, signOut } from './browser.mjs'

const HEAD = 'STT;Họ và tên;Năm sinh;Chức vụ;Mã định danh đơn vị;Đối tượng;Số điện thoại'
const FAMILY = ['Vũ', 'Đinh', 'Hồ', 'Kiều', 'Mai', 'Thái', 'Tạ', 'Quách', 'Tô', 'Ông', 'Khúc', 'Lý']
const row = (i, phone) => `${i};${FAMILY[i % FAMILY.length]} Thụy ${String.fromCharCode(65 + i % 20)}nh;19${70 + i % 25};Chuyên viên;${given.office};Công chức;${phone}`

/** The same lines as a workbook, whose bytes are no text. */
function workbook(path, lines) {
  execFileSync('/usr/bin/python3', [new URL('../../lib/workbook.py', import.meta.url).pathname, path], { input: JSON.stringify(lines.map((line) => line.split(';'))) })
  return path
}

const ROWS = 'main > table tbody tr, main > form > table tbody tr'

export default {
  list: () => browser(async (page) => {
    const path = `${given.profile}-danh-sach.csv`
    const rows = Array.from({ length: 12 }, (_, i) => row(i + 1, i === 3 || i === 7 ? '090-sai-số' : `09110000${String(i + 10)}`))
    writeFileSync(path, '\ufeff' + [HEAD, ...rows].join('\r\n') + '\r\n')
    await signIn(page, given.hr)
    await page.getByRole('link', { name: 'Danh sách', exact: true }).click()
    await page.getByLabel('Loại danh sách').selectOption('staff')
    await page.getByLabel('Số quyết định').fill('15/QĐ-UBND')
    await page.getByLabel('Tệp').setInputFiles(path)
    // saved anew under its name: never its old content unsaid
    writeFileSync(path, '\ufeff' + [HEAD, ...rows, row(13, '0911000099')].join('\r\n') + '\r\n')
    await page.getByRole('button', { name: 'Xem trước, chưa thực hiện' }).click()
    await page.getByText('Tệp đã thay đổi, hãy chọn lại').waitFor()
    assert.equal(await page.getByLabel('Số quyết định').inputValue(), '15/QĐ-UBND', 'the rest is still there')
    await page.getByLabel('Tệp').setInputFiles(path)
    await page.getByRole('button', { name: 'Xem trước, chưa thực hiện' }).click()
    await page.getByRole('button', { name: /Thực hiện \d+ dòng/ }).waitFor()
    const before = (await api('GET', '/v1/staff?page_size=1&include_total=true')).total
    const bad = page.locator('input.bad')
    await bad.first().waitFor()
    assert.equal(await bad.first().inputValue(), '090-sai-số')
    await plainWords(page)
    await axeClean(page, 'list, faulty')
    await picture(page, 'list-faulty')
    await bad.first().fill('0911000055')
    await bad.last().fill('0911000056') // of somebody else: a phone is never mended elsewhere unsaid
    await page.getByRole('button', { name: /Xem trước lại với 2 ô đã sửa/ }).click()
    await page.waitForFunction(() => !document.querySelector('input.bad') && /Thực hiện 13 dòng/.test(document.body.textContent))
    assert.equal((await api('GET', '/v1/staff?page_size=1&include_total=true')).total, before, 'nothing is done by looking')
    await picture(page, 'list-plan')
    await page.getByRole('button', { name: 'Thực hiện 13 dòng' }).click({ clickCount: 3, delay: 10 })
    await page.getByText('Đã thực hiện xong lúc').waitFor()
    await axeClean(page, 'list, done')
    await picture(page, 'list-done')
    await page.reload()
    await page.getByText('Đã thực hiện xong lúc').waitFor()
    const shown = async () => (await api('GET', '/v1/staff?page_size=1&include_total=true')).total
    while (await shown() < before + 13);
    assert.equal(await shown(), before + 13, 'pressed three times, each row came to pass once')
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Tải danh sách về, kèm ghi chú (CSV)' }).click()])
    assert.ok(await file.path())
  }),
  /** More rows than a page: each is shown once, in its order; faulty ones far down are mended in their cells. */
  list_pages: () => browser(async (page) => {
    const path = `${given.profile}-dai.csv`
    const bad = (i) => i > 20 && i <= 150
    const MIDDLE = ['Thượng', 'Khuê', 'Bội', 'Trạch', 'Uyển', 'Nhược', 'Sỹ', 'Lạc'], GIVEN = ['Khuyến', 'Nghiễm', 'Quỳ', 'Thuyên']
    const row = (i, phone) => `${i};${FAMILY[i % 12]} ${MIDDLE[Math.floor(i / 12) % 8]} ${GIVEN[Math.floor(i / 96)]};1961;Chuyên viên;${given.office};Công chức;${phone}`
    writeFileSync(path, '\ufeff' + [HEAD, ...Array.from({ length: 380 }, (_, i) => row(i + 1, bad(i + 1) ? `sai ${i + 1}` : `0922${String(i).padStart(6, '0')}`))].join('\r\n') + '\r\n')
    await signIn(page, given.hr)
    await room(page, 'lists')
    await page.getByLabel('Loại danh sách').selectOption('staff')
    await page.getByLabel('Tệp').setInputFiles(path)
    await page.getByRole('button', { name: 'Xem trước, chưa thực hiện' }).click()
    const numbers = () => page.locator(ROWS).locator('th').allInnerTexts().then((all) => all.map(Number))
    const rows = async () => {
      const seen = []
      for (;;) {
        await page.locator(ROWS).first().waitFor()
        seen.push(...await numbers())
        const next = page.getByRole('button', { name: 'Trang sau' })
        if (!await next.count()) return seen
        const first = seen.at(-1)
        await next.click()
        await page.waitForFunction(([rows, n]) => Number(document.querySelector(rows)?.querySelector('th').textContent) > n, [ROWS, first])
      }
    }
    const faulty = page.getByRole('link', { name: /^(Cần kiểm tra|Có lỗi)/ })
    await faulty.click()
    await page.locator('input.bad').first().waitFor()
    assert.deepEqual(await rows(), Array.from({ length: 130 }, (_, i) => i + 22))
    const last = page.locator('input.bad').last()
    assert.equal(await last.inputValue(), 'sai 150', 'the cell of its own row')
    await page.getByRole('link', { name: /^Thêm mới/ }).click()
    await page.waitForFunction(() => !document.querySelector('input.bad'))
    const good = await rows()
    assert.deepEqual(good, Array.from({ length: 380 }, (_, i) => i + 1).filter((i) => !bad(i)).map((i) => i + 1))
  }),
  /** What is wrong with a whole row is mended in its cells too; a unit that is none is never let pass. */
  list_cells: () => browser(async (page) => {
    const path = workbook(`${given.profile}-don-vi.xlsx`, [HEAD, row(1, '0911000201').replace(given.office, 'T1.0x'), row(2, '0911000202').replace(';1972;', ';19722;')])
    await signIn(page, given.hr)
    await room(page, 'lists')
    await page.getByLabel('Loại danh sách').selectOption('staff')
    await page.getByLabel('Tệp').setInputFiles(path)
    await page.getByText('-don-vi.xlsx').waitFor()
    await page.getByRole('button', { name: 'Xem trước, chưa thực hiện' }).click()
    await page.locator('.notes', { hasText: 'Không tìm thấy đơn vị “T1.0x”' }).first().waitFor()
    // by what is wrong, with numbers
    const filter = page.getByLabel('Lọc theo lỗi'), rows = page.locator('form tbody tr')
    assert.match((await filter.locator('option').allInnerTexts()).join('\n'), /^Tất cả: 2 dòng\n1 · .+\n1 · .+$/)
    for (const [index, n] of [[1, 1], [2, 1], [0, 2]]) {
      await filter.selectOption({ index })
      await page.waitForFunction((n) => document.querySelectorAll('form tbody tr').length === n, n)
    }
    assert.equal(await rows.count(), 2)
    assert.equal(await page.getByRole('button', { name: /^Đúng, cho qua: Không tìm thấy đơn vị/ }).count(), 0)
    assert.equal(await page.getByRole('button', { name: /^Đúng, cho qua/ }).count(), 1)
    await page.getByLabel('Ô E2').fill(given.office)
    await page.getByLabel('Ô C3').fill('1972')
    await axeClean(page, 'list, whole rows')
    await picture(page, 'list-cells')
    await page.getByRole('button', { name: /Xem trước lại với 2 ô đã sửa/ }).click()
    await page.getByRole('button', { name: 'Thực hiện 2 dòng' }).waitFor()
  }),
  /** Faults lie on two tabs: what was mended on one is there after the other, after another room, and goes up with it. */
  list_tabs: () => browser(async (page) => {
    const path = `${given.profile}-hai-the.csv`
    writeFileSync(path, '\ufeff' + [HEAD, row(1, '0911000301'), row(2, '0911000302').replace(/^2;[^;]+/, '2;'), row(3, '0911000303').replace(given.office, 'T1.0x')].join('\r\n') + '\r\n')
    await signIn(page, given.hr)
    await room(page, 'lists')
    await page.getByLabel('Loại danh sách').selectOption('staff')
    await page.getByLabel('Số quyết định').fill('31/QĐ-UBND')
    await page.getByLabel('Ngày ký quyết định').fill('05/11/2026')
    await page.getByLabel('Tệp').setInputFiles(path)
    await page.getByRole('button', { name: 'Xem trước, chưa thực hiện' }).click()
    const tab = (words) => page.getByRole('link', { name: words })
    const carryOut = page.getByRole('button', { name: 'Thực hiện 1 dòng' })
    await carryOut.waitFor()
    assert.equal(await carryOut.getAttribute('class'), null, 'not what is done first while something is to be mended')
    await page.getByText('Còn 2 dòng cần kiểm tra hoặc có lỗi; những dòng đó sẽ bị bỏ lại.').waitFor()
    await page.getByText('Đã nhận ra cả 7 cột').waitFor()
    const faults = [[page.getByLabel('Ô B3'), 'Kiều Thụy Khuê'], [page.getByLabel('Ô E4'), given.office]]
    const tabs = await page.locator('nav.choice a').allInnerTexts()
    assert.deepEqual(tabs.map((words) => words.replace(/ \(.*/, '')), ['Cần kiểm tra', 'Có lỗi', 'Thêm mới'])
    const [, [unit, code]] = faults
    await unit.fill(code)
    await tab(/^Thêm mới/).click()
    await page.getByText('1 ô đã sửa ở các thẻ khác, chưa xem trước lại.').waitFor()
    await page.getByText('Ngày nhận việc: ngày thực hiện (hôm nay: ').waitFor()
    await page.getByText('Quyết định: 31/QĐ-UBND, ký ngày 05/11/2026').waitFor()
    await tab('Về các danh sách').click()
    await page.getByText('Có ô đã sửa, chưa xem trước lại.').waitFor()
    await page.goBack()
    await tab(/^Có lỗi/).click()
    await page.locator('input.bad').first().waitFor()
    await page.getByRole('button', { name: 'Xem trước lại với 1 ô đã sửa' }).waitFor()
    await faults[0][0].fill(faults[0][1])
    await tab(/^Cần kiểm tra/).click()
    await unit.waitFor()
    assert.equal(await unit.inputValue(), code, 'as it was typed')
    await axeClean(page, 'list, mended on two tabs')
    await picture(page, 'list-tabs')
    await page.getByRole('button', { name: 'Xem trước lại với 2 ô đã sửa' }).click()
    await page.getByRole('button', { name: 'Thực hiện 3 dòng' }).click()
    await page.getByText('Đã thực hiện xong lúc').waitFor()
    await plainWords(page)
    // one file is one entry, the newest first; the copy before it says so and is not carried out again
    await tab('Về các danh sách').click()
    const entry = page.locator('main > table tbody tr').first()
    await entry.getByText(path.split('/').pop()).waitFor()
    assert.equal(await page.locator('main > table tbody tr', { hasText: path.split('/').pop() }).count(), 1)
    await axeClean(page, 'lists')
    await picture(page, 'lists')
    await entry.locator('p', { hasText: 'Thay cho bản tải lên lúc' }).locator('a').click()
    await page.getByText('Bản này đã được thay bằng bản đã sửa').waitFor()
    await tab(/^Thêm mới/).click()
    await page.getByRole('cell', { name: '31/QĐ-UBND' }).waitFor()
    assert.equal(await carryOut.count(), 0)
    await page.getByRole('link', { name: 'Mở bản đã sửa' }).click()
    await page.getByText('Đã thực hiện xong lúc').waitFor()
  }),
  /** One code in two rows is mended in one of them; a unit stands for all rows; that a row repeats is not let pass. */
  list_spread: () => browser(async (page) => {
    const path = `${given.profile}-trung-ma.csv`, code = `TM${process.pid}`
    writeFileSync(path, '\ufeff' + ['Số hiệu;Họ và tên;Mã định danh đơn vị;Đối tượng', `${code};Khúc Thị Trùng;T1.0x;Công chức`, `${code};Lý Văn Mã;T1.0x;Công chức`].join('\r\n') + '\r\n')
    await signIn(page, given.hr)
    await room(page, 'lists')
    await page.getByLabel('Loại danh sách').selectOption('staff')
    await page.getByLabel('Tệp').setInputFiles(path)
    await page.getByRole('button', { name: 'Xem trước, chưa thực hiện' }).click()
    await page.getByLabel('Ô C2').fill(given.office)
    await page.getByRole('button', { name: 'Xem trước lại với 1 ô đã sửa' }).click()
    await page.getByLabel('Ô C2').waitFor({ state: 'detached' })
    await page.getByLabel('Ô A3').waitFor()
    assert.equal(await page.getByRole('button', { name: /^Đúng, cho qua/ }).count(), 0)
    await page.getByLabel('Ô A3').fill(code + 'B')
    await page.getByRole('button', { name: 'Xem trước lại với 1 ô đã sửa' }).click()
    await page.getByRole('button', { name: 'Thực hiện 2 dòng' }).waitFor()
    await page.getByText(`Số hiệu: ${code}B`).waitFor()
    assert.equal(await page.getByText(new RegExp(`^Số hiệu: ${code}$`)).count(), 1)
  }),
  /** What a row changes is said in words, of people and of units. */
  list_words: () => browser(async (page) => {
    const person = await make('Mai Thị Đổi Loại'), code = `${given.top}.W${process.pid}`
    await api('POST', '/v1/units', { code, name: { vi: 'Phòng Tên Cũ' }, kind: 'phong', parent: given.top, slug: `tc${process.pid}` })
    await signIn(page, given.admin)
    for (const [kind, lines, ...words] of [
      ['staff', ['Số hiệu;Họ và tên;Năm sinh;Đối tượng', `${person.staff_code};${person.full_name};1981;Viên chức`], 'Đối tượng: Công chức → Viên chức', 'Năm sinh: — → 1981'],
      ['units', ['Mã đơn vị;Tên đơn vị;Loại đơn vị;Trực thuộc', `${code};Trung tâm Tên Mới;Trường học;T1.01`], 'Tên đơn vị: Phòng Tên Cũ → Trung tâm Tên Mới', 'Loại đơn vị: Phòng → Trường học', 'Trực thuộc: Huyện Thử → Phòng Nội vụ'],
    ]) {
      const path = `${given.profile}-${kind}.csv`
      writeFileSync(path, '\ufeff' + lines.join('\r\n') + '\r\n')
      await room(page, 'lists')
      await page.getByLabel('Loại danh sách').selectOption(kind)
      await page.getByLabel('Tệp').setInputFiles(path)
      await page.getByRole('button', { name: 'Xem trước, chưa thực hiện' }).click()
      await page.getByRole('button', { name: 'Thực hiện 1 dòng' }).waitFor()
      for (const said of words) await page.locator('tbody li', { hasText: said }).waitFor()
      await plainWords(page)
    }
  }),
  /** Who may only look is offered nothing that would be refused; the site's kinds are the site's. */
  list_rights: () => browser(async (page) => {
    await signIn(page, given.hr)
    await room(page, 'lists')
    const kinds = await page.getByLabel('Loại danh sách').locator('option').evaluateAll((all) => all.map((o) => o.value))
    assert.deepEqual(kinds, ['', 'staff', 'leavers', 'roster'])
    await page.getByText('Cần vai trò Quản trị tỉnh để làm: Tải danh sách lên (Tổng số hiện có; Đơn vị)').waitFor()
    await signOut(page)
    await signIn(page, given.inspector)
    await room(page, 'lists')
    await page.getByText('Cần vai trò Nhân sự đơn vị để làm: Tải danh sách lên').waitFor()
    assert.equal(await page.getByLabel('Tệp').count(), 0)
    await axeClean(page, 'lists, looking only')
    await picture(page, 'lists-looking')
  }),
  /** A list that stopped for its corrected copy says so, also to who watches; nothing is asked over and over, and what it did is taken back from there. */
  list_replaced: () => browser(async (page) => {
    const upload = (query, ...lines) => api('POST', `/v1/imports?kind=staff${query}`, [HEAD, ...lines].join('\r\n') + '\r\n', { 'Content-Type': 'text/csv' })
    const plan = await upload('', row(1, '0911000701').replace('Thụy', 'Bản'), row(2, '0911000702').replace('Thụy', 'Bản'))
    const run = `/v1/imports/${plan.id}/run`
    await api('POST', run)
    while ((await api('GET', run)).state !== 'ended');
    // such as it stands when it was stopped half way
    let asked = 0
    await page.route(new RegExp(run), async (route) => { if (route.request().method() !== 'GET') return route.continue(); asked++; await route.fulfill({ json: { ...await api('GET', run), state: 'interrupted', ended_at: null, run: 1 } }) })
    await signIn(page, given.admin)
    await room(page, `list/${plan.id}`)
    await page.getByText('Đang tạm ngừng ở 1 trên 2 dòng').waitFor()
    // what does not go on by itself does when it is asked to
    await Promise.all([page.waitForResponse((r) => r.request().method() === 'POST' && r.url().endsWith(run) && r.ok()), page.getByRole('button', { name: 'Làm tiếp' }).click()])
    assert.equal(await page.getByRole('button', { name: 'Hoàn tác cả danh sách' }).count(), 0, 'it goes on')
    await upload(`&replaces=${plan.id}`, row(1, '0911000701').replace('Thụy', 'Bản'))
    const stopped = async () => {
      await page.getByText('Đã dừng ở 1 trên 2 dòng vì đã có bản đã sửa').waitFor()
      await page.getByRole('link', { name: 'Mở bản đã sửa' }).waitFor()
      await page.waitForLoadState('networkidle')
      const before = asked
      await page.waitForTimeout(2500)
      assert.equal(asked, before, 'nothing is waited for')
      assert.equal(await page.locator('progress').count() + await page.getByRole('button', { name: 'Làm tiếp' }).count(), 0)
    }
    await stopped()
    await page.reload()
    await stopped()
    await plainWords(page)
    await axeClean(page, 'list, replaced while it ran')
    await picture(page, 'list-replaced')
    await page.getByRole('button', { name: 'Hoàn tác cả danh sách' }).click()
    await page.locator('h1', { hasText: 'Hoàn tác cả danh sách' }).waitFor()
    await page.getByRole('button', { name: 'Thực hiện 2 dòng' }).waitFor()
  }),
  /** A roster that lets a fifth go: its maker waits, the second person agrees, then it can be carried out. */
  roster: () => browser(async (page) => {
    const unit = await api('POST', '/v1/units', { code: `${given.top}.R${process.pid}`, name: { vi: 'Phòng Đối chiếu' }, kind: 'phong', parent: given.top, slug: `dc${process.pid}` })
    const people = []
    for (let i = 0; i < 5; i++) people.push(await make(`${FAMILY[i]} Đối Chiếu ${String.fromCharCode(65 + i)}nh`, { unit: unit.id }))
    const path = `${given.profile}-doi-chieu.csv`
    writeFileSync(path, '\ufeffSố hiệu;Họ và tên;Đơn vị;Đối tượng\r\n' + people.slice(0, 4).map((p) => `${p.staff_code};${p.full_name};${unit.code};Công chức\r\n`).join(''))
    await signIn(page, given.hr)
    await room(page, 'lists')
    await page.getByLabel('Loại danh sách').selectOption('roster')
    await page.locator('select#unit').selectOption(unit.id)
    await page.getByLabel('Từ ngày').fill(dayIn(40))
    await page.getByLabel('Số quyết định').fill('9/QĐ-UBND')
    await page.getByLabel('Người không có trong danh sách').selectOption('thoi_viec')
    await page.getByLabel('Tệp').setInputFiles(path)
    await page.getByRole('button', { name: 'Xem trước, chưa thực hiện' }).click()
    await page.getByText('đang chờ người thứ hai cho phép').waitFor()
    await page.getByText(/Người cho phép được: .*Lê Quản Trị/).waitFor()
    assert.equal(await page.getByRole('button', { name: /^(Thực hiện|Cho phép)/ }).count(), 0)
    await picture(page, 'roster-waits')
    const list = new URL(page.url()).hash.slice(2)
    await signOut(page)
    await signIn(page, given.admin)
    await room(page, list)
    await page.getByRole('button', { name: 'Cho phép thực hiện danh sách' }).click()
    await page.getByRole('button', { name: 'Thực hiện 1 dòng' }).click()
    await page.getByText('Đã thực hiện xong lúc').waitFor()
    assert.equal((await api('GET', `/v1/staff/${people[4].id}/departure`)).state, 'scheduled')
    // and taken back as a whole, by a plan of its own
    await page.getByRole('button', { name: 'Hoàn tác cả danh sách' }).click()
    await page.getByRole('button', { name: 'Thực hiện 1 dòng' }).click()
    await page.getByText('Đã thực hiện xong lúc').waitFor()
    await picture(page, 'list-taken-back')
    assert.equal((await api('GET', `/v1/staff/${people[4].id}`)).departure?.state ?? 'none', 'none')
  }),
}
