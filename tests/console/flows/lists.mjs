// Lists in: nothing is done by looking; faulty cells are mended in their place; one run, whoever presses and watches; taken back.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { api, browser, given, picture, plainWords, room, signIn } from './browser.mjs'

const HEAD = 'STT;Họ và tên;Năm sinh;Chức vụ;Mã định danh đơn vị;Đối tượng;Số điện thoại'
const FAMILY = ['Vũ', 'Đinh', 'Hồ', 'Kiều', 'Mai', 'Thái', 'Tạ', 'Quách', 'Tô', 'Ông', 'Khúc', 'Lý']
const row = (i, phone) => `${i};${FAMILY[i % FAMILY.length]} Thụy ${String.fromCharCode(65 + i % 20)}nh;19${70 + i % 25};Chuyên viên;H43.99.01;Công chức;${phone}`

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
    await picture(page, 'list-faulty')
    await bad.first().fill('0911000055')
    await page.getByRole('button', { name: /Xem trước lại với 1 ô đã sửa/ }).click()
    await page.waitForFunction(() => !document.querySelector('input.bad') && /Thực hiện 13 dòng/.test(document.body.textContent))
    assert.equal((await api('GET', '/v1/staff?page_size=1&include_total=true')).total, before, 'nothing is done by looking')
    await picture(page, 'list-plan')
    await page.getByRole('button', { name: 'Thực hiện 13 dòng' }).click({ clickCount: 3, delay: 10 })
    await page.getByText('Đã thực hiện xong lúc').waitFor()
    await picture(page, 'list-done')
    await page.reload()
    await page.getByText('Đã thực hiện xong lúc').waitFor()
    const shown = async () => (await api('GET', '/v1/staff?page_size=1&include_total=true')).total
    while (await shown() < before + 13);
    assert.equal(await shown(), before + 13, 'pressed three times, each row came to pass once')
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Tải lại danh sách kèm ghi chú (CSV)' }).click()])
    assert.ok(await file.path())
  }),
}
