// Leavers: many at once stop at the brake, and a second person lets exactly those go on whom he has seen.
import assert from 'node:assert/strict'
import { api, asSelf, browser, dayIn, given, isoOf, make, picture, plainWords, room, signIn, signOut } from './browser.mjs'

const state = async (id) => (await api('GET', `/v1/staff/${id}`)).departure?.state

export default {
  brake: async () => {
    let held
    await browser(async (page) => {
      await signIn(page, given.hasty)
      const people = (await api('GET', '/v1/staff?page_size=60&status=active&sort=-staff_code')).items.slice(10, 40)
      const done = await asSelf(page, 'POST', 'v1/departures/batches', { departures: people.map((p) => ({ staff: p.id, reason: 'thoi_viec' })) })
      held = done.results.filter((r) => r.outcome === 'held').map((r) => people[r.index])
      assert.ok(held.length >= 3, JSON.stringify(done.summary))
      await page.reload()
      await page.getByText(/người nghỉ đang chờ người thứ hai cho phép/).click()
      await page.getByRole('heading', { name: 'Việc của bạn đang chờ người thứ hai cho phép' }).waitFor()
      await page.getByText(/Người cho phép được:/).waitFor()
      assert.equal(await page.getByRole('button', { name: /Cho phép thực hiện/ }).count(), 0, 'nobody releases what he did himself')
      await plainWords(page)
      await picture(page, 'brake-own')
      // who may not release it knows how many wait, and whom to ask
      await signOut(page)
      await signIn(page, given.hr)
      await room(page, 'leavers')
      await page.locator('#brake').getByText(`còn ${held.length} việc chờ`).waitFor()
      await page.locator('#brake').getByText(/Người cho phép được:/).waitFor()
      assert.equal(await page.locator('#brake input').count(), 0)
      await page.getByRole('row', { name: held[0].staff_code }).last().waitFor()
      await signOut(page)
      await signIn(page, given.admin)
      await room(page, 'leavers')
      const name = (p) => page.locator(`#brake tr[data-key="${p.id}"] input`)
      await name(held[0]).check()
      await name(held[1]).check()
      const look = page.getByRole('button', { name: 'Xem trước thay đổi' })
      await look.click()
      await page.getByText('Vui lòng nhập lý do').waitFor()
      await page.getByLabel('Lý do cho phép').fill('Đúng theo Nghị quyết 12')
      await look.click()
      const effect = page.locator('#brake .effect')
      for (const p of held.slice(0, 2)) await effect.getByText(`${p.full_name} · ${p.staff_code}`).waitFor()
      await effect.getByText('khóa mọi tài khoản ngay').first().waitFor()
      await effect.getByText('không hoàn tác được').waitFor()
      for (const p of held.slice(0, 2)) assert.equal(await state(p.id), 'held', 'nothing is done by looking')
      // another choice is looked at anew
      await name(held[2]).check()
      await look.waitFor()
      await name(held[2]).uncheck()
      await picture(page, 'brake-release')
      await page.getByRole('button', { name: 'Cho phép thực hiện 2 việc' }).click()
      await page.getByText('Đã cho phép 2 việc').waitFor()
      await picture(page, 'brake-released')
    })
    assert.notEqual(await state(held[0].id), 'held')
    assert.notEqual(await state(held[1].id), 'held')
    for (const p of held.slice(2)) assert.equal(await state(p.id), 'held', 'who was not ticked was not released')
  },
  /** What the brake refuses is noted and said to be not done; once it is released it is sent again. A request that was confirmed waits again. */
  refused: () => browser(async (page) => {
    const people = []
    for (let i = 0; i < 8; i++) people.push(await make(`Mạc Văn Dừng ${'ABCDEFGH'[i]}`, { unit: i % 2 ? 'T1.02' : 'T1.01' }))
    const [six, seven] = people.slice(5), mailbox = async (p) => (await api('GET', `/v1/staff/${p.id}`)).accounts.find((a) => a.system === 'mailbox').desired.state
    const asked = await api('POST', '/v1/requests', { kind: 'lock', unit: 'T1.02', person: { key: seven.staff_code }, system: 'mailbox', reason: 'violation' })
    const look = page.getByRole('button', { name: 'Xem trước thay đổi' }), send = page.getByRole('button', { name: 'Gửi để người thứ hai cho phép' })
    const stopped = async () => {
      await look.click()
      await page.locator('.effect', { hasText: 'khi được phép, vui lòng gửi lại' }).waitFor()
      await send.click()
      await page.locator('form.act [role=alert]', { hasText: 'Chưa thực hiện, chưa có gì thay đổi' }).waitFor()
      assert.equal(await page.locator('.good').count(), 0)
      await plainWords(page)
    }
    await signIn(page, given.hasty)
    for (const p of people.slice(0, 5)) await asSelf(page, 'PUT', `v1/staff/${p.id}/accounts/mailbox`, { state: 'locked', reason: 'violation' })
    await room(page, `person/${six.id}?do=lock&system=mailbox`)
    await page.getByLabel('Lý do').selectOption('violation')
    await stopped()
    assert.equal(await mailbox(six), 'present')
    await room(page, `unit/T1.01?do=unrequire&system=mailbox&of=${encodeURIComponent(JSON.stringify((await api('GET', '/v1/systems/mailbox')).required_for[0]))}`)
    await stopped()
    await room(page, `requests/${asked.id}?do=confirm`)
    await stopped()
    await page.getByText('Đề nghị vẫn chờ trả lời').waitFor()
    assert.equal((await api('GET', `/v1/requests/${asked.id}`)).state, 'waiting')
    await picture(page, 'brake-refused')
    await signOut(page)
    await signIn(page, given.admin)
    await room(page, 'leavers')
    const row = page.locator('#brake').getByRole('row', { name: six.full_name })
    await row.getByText('Thay đổi làm dừng tài khoản').waitFor()
    await page.locator('#brake').getByText('Thay đổi hệ thống').first().waitFor()
    await row.getByRole('checkbox').check()
    await page.getByLabel('Lý do cho phép').fill('Đã xem')
    await look.click()
    await page.getByRole('button', { name: 'Cho phép thực hiện 1 việc' }).click()
    await page.getByText('Đã cho phép 1 việc').waitFor()
    await signOut(page)
    await signIn(page, given.hasty)
    await room(page, `person/${six.id}?do=lock&system=mailbox`)
    await page.getByLabel('Lý do').selectOption('violation')
    await look.click()
    await page.getByRole('button', { name: /^Khóa/ }).click()
    await page.locator('.good').waitFor()
    assert.equal(await mailbox(six), 'locked')
    await api('PUT', `/v1/requests/${asked.id}/answer`, { answer: 'refused', reason: 'Thử' })
    for (const p of people.slice(0, 6)) await api('PUT', `/v1/staff/${p.id}/accounts/mailbox`, { state: 'present' })
  }),
  /** A mailbox and an account of one unit whose holder leaves: each is handed over by itself. */
  hand_overs: () => browser(async (page) => {
    const [leaver, heir] = [await make('Đinh Thị Bàn Giao'), await make('Hồ Văn Tiếp Nhận')]
    const unit = await api('POST', '/v1/units', { code: `${given.top}.G${process.pid}`, name: { vi: 'Phòng Bàn giao' }, kind: 'phong', parent: given.top, slug: `bg${process.pid}` })
    await api('PUT', `/v1/units/${unit.id}/mailbox`, { holders: [leaver.id] })
    await api('PUT', `/v1/units/${unit.id}/accounts/td-office`, { login: `vanthu${process.pid}`, custodian: leaver.id })
    await api('PUT', `/v1/staff/${leaver.id}/departure`, { reason: 'thoi_viec', effective_on: isoOf(dayIn(20)) })
    await signIn(page, given.hr)
    await room(page, 'leavers')
    const row = (system) => page.getByRole('row', { name: 'Phòng Bàn giao' }).filter({ hasText: system })
    await row('TD.Office').waitFor()
    assert.equal(await row('').count(), 2, 'the mailbox and the account stand in a line each')
    for (const system of ['TD.Office', 'Hộp thư điện tử công vụ']) {
      await row(system).getByRole('link', { name: /^Bàn giao/ }).click()
      await page.getByLabel('Người nhận').fill(heir.staff_code)
      await page.getByRole('radio', { name: /Hồ Văn Tiếp Nhận/ }).check()
      await picture(page, 'hand-over')
      await page.getByRole('button', { name: 'Bàn giao' }).click()
      await page.locator('.good', { hasText: `Đã bàn giao: ${system}, Phòng Bàn giao` }).waitFor()
    }
    assert.equal((await api('GET', `/v1/units/${unit.id}/accounts`)).items[0].custodian.staff.id, heir.id)
    assert.deepEqual((await api('GET', `/v1/units/${unit.id}/mailbox`)).holders.map((h) => h.staff.id), [heir.id])
    await plainWords(page)
  }),
  /** Two holders leave, each on his day: the line that is handed over is that of one of them. */
  two_leave: () => browser(async (page) => {
    const [first, second, heir] = [await make('Đinh Thị Rời Trước'), await make('Đinh Văn Rời Sau'), await make('Hồ Thị Nhận Một')]
    const unit = await api('POST', '/v1/units', { code: `${given.top}.H${process.pid}`, name: { vi: 'Phòng Hai Người' }, kind: 'phong', parent: given.top, slug: `hn${process.pid}` })
    await api('PUT', `/v1/units/${unit.id}/mailbox`, { holders: [first.id, second.id] })
    for (const [p, days] of [[first, 20], [second, 60]]) await api('PUT', `/v1/staff/${p.id}/departure`, { reason: 'thoi_viec', effective_on: isoOf(dayIn(days)) })
    await signIn(page, given.hr)
    await room(page, 'leavers')
    await page.getByRole('row', { name: 'Phòng Hai Người' }).filter({ hasText: second.full_name }).getByRole('link', { name: /^Bàn giao/ }).click()
    await page.getByLabel('Người nhận').fill(heir.staff_code)
    await page.getByRole('radio', { name: /Hồ Thị Nhận Một/ }).check()
    await page.getByRole('button', { name: 'Bàn giao' }).click()
    await page.locator('.good', { hasText: 'Đã bàn giao' }).waitFor()
    assert.deepEqual((await api('GET', `/v1/units/${unit.id}/mailbox`)).holders.map((h) => h.staff.id).sort(), [first.id, heir.id].sort())
    assert.equal(await page.evaluate(() => document.activeElement === document.body), false, 'the focus is never on nothing')
  }),
  /** Whoever leaves has a device with the key of his certificate: what is open says so until somebody has it in hand. */
  device: () => browser(async (page) => {
    const [leaver, other, heir] = [await make('Đinh Thị Thiết Bị'), await make('Đinh Văn Người Dùng'), await make('Hồ Thị Văn Thư')]
    for (const [p, serial, keeper] of [[leaver, 'VN-0012', null], [other, 'VN-0013', leaver.id]]) {
      await api('PUT', `/v1/staff/${p.id}/accounts/certificate/observation`, { state: 'active' })
      await api('PUT', `/v1/staff/${p.id}/accounts/certificate/certificate`, { valid_to: isoOf(dayIn(40)), token_serial: serial, custodian: keeper })
    }
    await api('PUT', `/v1/staff/${leaver.id}/departure`, { reason: 'thoi_viec' })
    await signIn(page, given.hr)
    await room(page, 'leavers')
    await page.getByRole('row', { name: 'Đinh Thị Thiết Bị' }).filter({ hasText: 'thu lại thiết bị VN-0012' }).filter({ hasText: 'chưa trả' }).waitFor()
    await page.getByRole('row', { name: 'thiết bị VN-0013 của Đinh Văn Người Dùng' }).getByRole('link', { name: /^Bàn giao/ }).click()
    await page.getByLabel('Người nhận').fill(heir.staff_code)
    await page.getByRole('radio', { name: /Hồ Thị Văn Thư/ }).check()
    await page.getByRole('button', { name: 'Bàn giao' }).click()
    await page.locator('.good', { hasText: 'Đã bàn giao' }).waitFor()
    await plainWords(page)
    await room(page, `person/${other.id}`)
    await page.getByText('thiết bị VN-0013 do Hồ Thị Văn Thư giữ').waitFor()
    await room(page, `person/${leaver.id}`)
    await page.getByRole('link', { name: /^Thời hạn, thiết bị/ }).click()
    await page.getByLabel('Ngày trả thiết bị').fill(dayIn(0))
    await picture(page, 'device')
    await page.getByRole('button', { name: 'Lưu' }).click()
    await page.getByText(`đã trả thiết bị VN-0012 ngày ${dayIn(0)}`).waitFor()
    await plainWords(page)
  }),
}
