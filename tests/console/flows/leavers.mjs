// Leavers: many at once stop at the brake, and a second person lets exactly those go on whom he has seen.
import assert from 'node:assert/strict'
import { api, browser, given, picture, plainWords, room, signIn } from './browser.mjs'

const state = async (id) => (await api('GET', `/v1/staff/${id}`)).departure?.state

/** As the clerk's own page does it: her cookie, her proof. */
async function asClerk(page, path, body) {
  return page.evaluate(async ([path, body]) => {
    const { csrf } = await (await fetch('v1/sessions/current')).json()
    const answer = await fetch(path, { method: 'POST', headers: { 'X-Congvu-Csrf': csrf, 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
    return answer.json()
  }, [path, body])
}

export default {
  brake: async () => {
    let held
    await browser(async (page) => {
      await signIn(page, given.hr)
      const people = (await api('GET', '/v1/staff?page_size=60&status=active&sort=-staff_code')).items.slice(10, 40)
      const done = await asClerk(page, 'v1/departures/batches', { departures: people.map((p) => ({ staff: p.id, reason: 'thoi_viec' })) })
      held = done.results.filter((r) => r.outcome === 'held').map((r) => people[r.index])
      assert.ok(held.length >= 3, JSON.stringify(done.summary))
      await page.reload()
      await page.getByText(/người nghỉ đang chờ người thứ hai cho phép/).click()
      await page.getByRole('heading', { name: 'Việc của bạn đang chờ người thứ hai cho phép' }).waitFor()
      await page.getByText(/Người cho phép được:/).waitFor()
      assert.equal(await page.getByRole('button', { name: /Cho phép thực hiện/ }).count(), 0, 'nobody releases what he did himself')
      await plainWords(page)
      await picture(page, 'brake-own')
      await page.getByRole('button', { name: 'Đăng xuất' }).click()
      await page.getByLabel('Mật khẩu').waitFor()
      await signIn(page, given.admin)
      await room(page, 'leavers')
      const name = (p) => page.locator(`#brake tr[data-key="${p.id}"] input`)
      await name(held[0]).check()
      await name(held[1]).check()
      await page.getByRole('button', { name: 'Cho phép thực hiện 2 việc' }).click()
      await page.getByText('Vui lòng nhập lý do').waitFor()
      await page.getByLabel('Lý do cho phép').fill('Đúng theo Nghị quyết 12')
      await picture(page, 'brake-release')
      await page.getByRole('button', { name: 'Cho phép thực hiện 2 việc' }).click()
      await page.getByText('Đã cho phép 2 việc').waitFor()
      await picture(page, 'brake-released')
    })
    assert.notEqual(await state(held[0].id), 'held')
    assert.notEqual(await state(held[1].id), 'held')
    for (const p of held.slice(2)) assert.equal(await state(p.id), 'held', 'who was not ticked was not released')
  },
  printed: () => browser(async (page) => {
    await signIn(page, given.hr)
    await page.emulateMedia({ media: 'print' })
    await page.setViewportSize({ width: 680, height: 960 })
    for (const name of ['overview', 'people?unit=H43.99.01', 'leavers', `person/${given.person}`]) {
      await room(page, name)
      await page.locator('tbody tr').first().waitFor()
      await page.waitForLoadState('networkidle')
      assert.equal(await page.locator('button:visible, input:visible, nav:visible, select:visible').count(), 0, `${name}: no button is printed`)
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name}: no line is cut`)
      await picture(page, `print-${name.replace(/\W+/g, '-')}`)
    }
  }),
}
