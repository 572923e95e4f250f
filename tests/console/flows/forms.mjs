// What a form holds is seen, belongs to one thing, and is never lost without a word.
import assert from 'node:assert/strict'
import { api, axeClean, browser, dayIn, given, isoOf, make, picture, plainWords, room, signIn, signOut } from './browser.mjs'

const look = (page) => page.getByRole('button', { name: 'Xem trước thay đổi' }).click()
const said = (page, text) => page.locator('.good', { hasText: text }).waitFor()
const IN = { lands: 'h1' }

export default {
  /** A keeper whom one may not see stays when something else is changed; one who is seen can be taken away; a name alone is nobody. */
  keeper: () => browser(async (page) => {
    const [person, other, seen] = [await make('Thiều Thị Chứng Thư', { unit: 'T1.01' }), await make('Thiều Văn Giữ Hộ', { unit: 'T1.02' }), await make('Thiều Văn Cùng Phòng', { unit: 'T1.01' })]
    const path = `/v1/staff/${person.id}/accounts/certificate`
    await api('PUT', path + '/observation', { state: 'active' })
    await api('PUT', path + '/certificate', { valid_to: isoOf(dayIn(40)), token_serial: 'VN-0071', custodian: other.id })
    const certificate = async () => (await api('GET', `/v1/staff/${person.id}`)).accounts.find((a) => a.system === 'certificate').certificate
    const save = async () => { await page.getByRole('button', { name: 'Lưu' }).click(); await said(page, 'Đã lưu') }
    await signIn(page, given.host, IN)
    const open = () => room(page, `person/${person.id}?do=certificate&system=certificate`)
    await open()
    await page.getByText('Đang do người của đơn vị khác').waitFor()
    await page.getByLabel('Có hiệu lực đến hết ngày').fill(dayIn(400))
    await save()
    assert.deepEqual([(await certificate()).valid_to, (await certificate()).custodian?.staff.id], [isoOf(dayIn(400)), other.id])
    await open()
    await page.getByLabel('Người giữ thiết bị').fill('Thiều Văn')
    await page.getByRole('button', { name: 'Lưu' }).click()
    await page.getByText('Vui lòng tìm và chọn một người').waitFor()
    assert.equal(await page.evaluate(() => document.activeElement.id), 'keeper')
    await page.getByRole('radio', { name: /Thiều Văn Cùng Phòng/ }).check()
    // what was chosen is seen again after the page was read anew
    await page.reload()
    await page.locator('form p', { hasText: seen.staff_code }).waitFor()
    await axeClean(page, 'somebody chosen')
    await picture(page, 'somebody-chosen')
    await save()
    assert.equal((await certificate()).custodian.staff.id, seen.id)
    await open()
    await page.locator('form p', { hasText: seen.staff_code }).waitFor()
    await page.getByRole('button', { name: 'Bỏ chọn' }).click()
    await page.waitForFunction(() => document.activeElement.id === 'keeper')
    await save()
    assert.equal((await certificate()).custodian, null)
    await plainWords(page)
  }),
  /** Whom mail goes to is refused as a name alone, and said before anything is saved; who goes today is locked now. */
  delegate: () => browser(async (page) => {
    const [leaver, heir] = [await make('Ngạc Thị Rời Đi', { unit: 'T1.02' }), await make('Ngạc Văn Nhận Thư', { unit: 'T1.02' })]
    await signIn(page, given.hr, IN)
    await room(page, `person/${leaver.id}?do=depart`)
    await page.getByLabel('Lý do').selectOption('nghi_huu')
    await page.getByLabel('Nghỉ từ ngày').fill(dayIn(0))
    await page.getByLabel('Thư đến giao cho').fill('Ngạc Văn')
    await page.getByLabel('Ngày ký quyết định').fill(dayIn(-3))
    await look(page)
    await page.getByText('Vui lòng tìm và chọn một người').waitFor()
    await page.getByText('vui lòng nhập số quyết định').waitFor()
    await page.getByLabel('Số quyết định').fill('5/QĐ-UBND')
    await page.getByRole('radio', { name: /Ngạc Văn Nhận Thư/ }).check()
    await look(page)
    const effect = page.locator('.effect')
    await effect.getByText(`Thư đến giao cho: ${heir.full_name} · ${heir.staff_code}`).waitFor()
    assert.match(await effect.innerText(), /khóa ngay[\s\S]*Không rút lại được/)
    assert.doesNotMatch(await effect.innerText(), /ngày đó/)
    await picture(page, 'leaves-today')
    await page.getByRole('button', { name: /^Cho .* nghỉ từ/ }).click()
    await said(page, 'Các tài khoản được khóa ngay')
    // a day that only the decision would keep is not dropped: nobody is taken back earlier than was typed
    await page.getByRole('link', { name: 'Nhận lại' }).click()
    await page.getByLabel('Từ ngày').fill(dayIn(60))
    await look(page)
    await page.getByText('vui lòng nhập số quyết định').waitFor()
    assert.equal(await page.evaluate(() => document.activeElement.id), 'number')
    await plainWords(page)
  }),
  /** What was typed for one person's account is not offered for another one's; the page of somebody tells what holds after an act. */
  drafts: () => browser(async (page) => {
    const [one, other] = [await make('Giáp Thị Một', { unit: 'T1.02' }), await make('Giáp Thị Hai', { unit: 'T1.02' })]
    await signIn(page, given.head, IN)
    const ask = (p, system) => room(page, `requests?do=lock&of=${p.id}&system=${system}`)
    const note = page.getByLabel('Ghi chú')
    await ask(one, 'mailbox')
    await note.fill('Chỉ của người thứ nhất')
    await page.getByLabel('Lý do').selectOption('compromised')
    for (const [p, system] of [[other, 'mailbox'], [one, 'td-office']]) {
      await ask(p, system)
      await page.waitForFunction(([name, system]) => document.querySelector('#who')?.selectedOptions[0].text === name && document.querySelector('#system')?.value === system, [p.full_name, system])
      assert.equal(await note.inputValue(), '')
    }
    await ask(one, 'mailbox')
    await page.waitForFunction(() => document.querySelector('#note')?.value === 'Chỉ của người thứ nhất')
    await look(page)
    await page.locator('.effect').getByText('Hệ thống: Hộp thư điện tử công vụ').waitFor()
  }),
  told_anew: () => browser(async (page) => {
    const person = await make('Giáp Văn Quyết Định', { unit: 'T1.02' })
    await api('PUT', `/v1/staff/${person.id}/departure`, { reason: 'thoi_viec', effective_on: isoOf(dayIn(20)), decision: { number: '1/QĐ-CU' } })
    await signIn(page, given.hr, IN)
    await room(page, `person/${person.id}`)
    await page.getByText('1/QĐ-CU').waitFor()
    await page.locator('main').getByRole('link', { name: 'Nghỉ, chuyển đi', exact: true }).click()
    await page.getByLabel('Lý do').selectOption('thoi_viec')
    await page.getByLabel('Nghỉ từ ngày').fill(dayIn(20))
    await page.getByLabel('Số quyết định').fill('2/QĐ-MOI')
    await look(page)
    await page.getByRole('button', { name: /^Cho .* nghỉ từ/ }).click()
    await said(page, 'Đã lưu')
    await page.locator('section').getByText('2/QĐ-MOI').waitFor()
    assert.equal(await page.getByText('1/QĐ-CU').count(), 0)
  }),
  /** An answer that was lost, and the button once more: one of it is made. */
  lost_answer: () => browser(async (page) => {
    await signIn(page, given.admin, IN)
    await room(page, 'access')
    await page.getByRole('button', { name: 'Tạo mã truy cập' }).click()
    await page.getByLabel('Tên', { exact: true }).fill(`mất trả lời ${process.pid}`)
    await page.getByLabel('xem số liệu').check()
    let lost = 0
    await page.route(/v1\/tokens$/, async (route) => {
      if (route.request().method() !== 'POST' || lost++) return route.continue()
      await route.fetch()
      await route.fulfill({ status: 201, contentType: 'application/json', body: '{' })
    })
    const button = page.locator('form.act').getByRole('button', { name: 'Tạo mã truy cập' })
    await button.click()
    await page.locator('form.act [role=alert]').waitFor()
    await button.click()
    await page.locator('form.act').waitFor({ state: 'detached' })
    await page.getByText('Mã đã được tạo ở lần bấm trước').waitFor()
    await page.getByRole('row', { name: `mất trả lời ${process.pid}` }).first().waitFor()
    assert.equal(await page.getByRole('row', { name: `mất trả lời ${process.pid}` }).count(), 1)
  }),
  /** What was not answered is asked again, never taken for nothing; a form is left where it stands; who could not sign out is told so. */
  not_answered: () => browser(async (page) => {
    const person = await make('Ung Thị Chờ Đợi', { unit: 'T1.02' })
    const fails = async (pattern, method, answer) => {
      let failed = 0
      await page.route(pattern, (route) => route.request().method() !== method || failed++ ? route.continue() : route.fulfill({ contentType: 'application/json', ...answer }))
    }
    const LOST = { status: 200, body: '{' }, onBody = () => page.evaluate(() => document.activeElement === document.body)
    await signIn(page, given.admin, IN)
    await page.reload()
    await fails(/v1\/systems$/, 'GET', LOST)
    await fails(/v1\/units\?/, 'GET', LOST)
    await room(page, `person/${person.id}?do=transfer`)
    await page.reload()
    await page.locator('select#unit option').nth(1).waitFor({ state: 'attached' })
    await page.getByRole('link', { name: 'Thôi, không lưu' }).click()
    await page.locator('form.act').waitFor({ state: 'detached' })
    await page.waitForFunction(() => document.activeElement.id === 'main')
    await room(page, 'access')
    await page.getByRole('button', { name: 'Tạo mã truy cập' }).click()
    await page.getByRole('link', { name: 'Thôi, không lưu' }).click()
    await page.locator('form.act').waitFor({ state: 'detached' })
    await page.waitForFunction(() => document.activeElement.id === 'main')
    await fails(/v1\/slips/, 'POST', { status: 409, body: '{"status":409,"code":"conflict","detail":"Chưa được"}' })
    await room(page, 'slips')
    await page.locator('tbody tr', { hasText: person.full_name }).getByRole('checkbox').check()
    await page.getByRole('button', { name: 'Xem trước phiếu của 1 người đã chọn' }).click()
    await page.locator('main [role=alert]').getByRole('button', { name: 'Thử lại' }).click()
    await page.getByText('In 1 phiếu, mỗi người một mã mới').waitFor()
    await fails(/v1\/sessions\/current$/, 'DELETE', { status: 409, body: '{"status":409,"code":"conflict","detail":"Chưa được"}' })
    await page.getByRole('button', { name: 'Đăng xuất' }).click()
    await page.getByText('Chưa đăng xuất được').waitFor()
    assert.equal(await onBody(), false)
    await signOut(page)
  }),
  /** Somebody else changed it meanwhile: it is said, and pressed once more it is done, on what he did. */
  meanwhile: () => browser(async (page) => {
    const person = await make('Ninh Thị Song Song', { unit: 'T1.01' }), path = `/v1/staff/${person.id}`
    const changed = () => page.getByRole('heading', { name: 'Hồ sơ vừa được người khác sửa' }).waitFor()
    const button = (name) => page.locator('form.act').getByRole('button', { name })
    await api('PUT', path + '/departure', { reason: 'thoi_viec', effective_on: isoOf(dayIn(20)) })
    await signIn(page, given.admin, IN)
    await room(page, `person/${person.id}?do=withdraw`)
    await button('Rút lại việc nghỉ').waitFor()
    await api('PATCH', path, { title: 'Phó phòng' })
    await button('Rút lại việc nghỉ').click()
    await changed()
    await button('Rút lại việc nghỉ').click()
    await said(page, 'Đã rút lại')
    // posts are sent as a list: whoever added one meanwhile keeps it, and each keeps its decision
    await api('PATCH', path, { add_post: { unit: 'T1.02', kind: 'kiem_nhiem', from: isoOf(dayIn(0)), decision: { number: '61/QĐ-UBND', signed_on: isoOf(dayIn(-2)) } } })
    await api('PATCH', path, { unit: 'T1.02', decision: { number: '62/QĐ-UBND', effective_on: isoOf(dayIn(30)) } })
    await room(page, `person/${person.id}?do=transfer-back`)
    await button('Xem trước thay đổi').waitFor()
    await api('PATCH', path, { add_post: { unit: 'T1.03', kind: 'kiem_nhiem', from: isoOf(dayIn(0)), decision: { number: '63/QĐ-UBND' } } })
    // also when the posts are read late: until then nothing goes that was made of the old ones
    let answer, reads = 0
    const late = new Promise((done) => { answer = done })
    await page.route(new RegExp(path + '$'), async (route) => { if (route.request().method() === 'GET' && reads++ % 2) await late; await route.continue().catch(() => {}) })
    await look(page)
    await changed()
    await Promise.all([page.waitForResponse((r) => r.request().method() === 'PATCH' && r.status() === 412), look(page)])
    await changed()
    answer()
    await page.locator('td, th', { hasText: '63/QĐ-UBND' }).first().waitFor()
    await page.unroute(new RegExp(path + '$'))
    await look(page)
    await button('Rút lại điều động').click()
    await said(page, 'Đã rút lại')
    const posts = (await api('GET', path)).posts.filter((p) => !p.primary).map((p) => [p.unit.code, p.decision?.number, p.decision?.signed_on])
    assert.deepEqual(posts.sort(), [['T1.02', '61/QĐ-UBND', isoOf(dayIn(-2))], ['T1.03', '63/QĐ-UBND', null]])
    // a day of return that a colleague entered is not wiped by a form that was open before
    const at = path + '/accounts/certificate'
    await api('PUT', at + '/observation', { state: 'active' })
    await api('PUT', at + '/certificate', { valid_to: isoOf(dayIn(40)), token_serial: 'VN-0091' })
    await room(page, `person/${person.id}?do=certificate&system=certificate`)
    await page.reload()
    await page.getByLabel('Có hiệu lực đến hết ngày').fill(dayIn(400))
    await api('PUT', at + '/certificate', { token_returned_on: isoOf(dayIn(0)) })
    await button('Lưu').click()
    await changed()
    assert.equal(await page.locator('#returned').inputValue(), dayIn(0))
    await button('Lưu').click()
    await said(page, 'Đã lưu')
    const { valid_to, token_returned_on } = (await api('GET', path)).accounts.find((a) => a.system === 'certificate').certificate
    assert.deepEqual([valid_to, token_returned_on], [isoOf(dayIn(400)), isoOf(dayIn(0))])
    // rules are one list of a system: it is made anew of what stands there
    const rules = async () => (await api('GET', '/v1/systems/td-office')).required_for, before = await rules()
    const mine = { blocks: [], unit_kinds: ['mat_tran'], categories: ['can_bo'], positions: [] }, theirs = { ...mine, unit_kinds: ['truong_hoc'] }
    await room(page, 'unit/T1.01?do=require&system=td-office')
    await page.getByLabel('Mặt trận').check()
    await page.getByLabel('Cán bộ', { exact: true }).check()
    await api('PATCH', '/v1/systems/td-office', { required_for: [theirs, ...before] })
    await look(page)
    await changed()
    await look(page)
    await button('Lưu').click()
    await said(page, 'Đã lưu')
    const asText = (list) => list.map((r) => r.unit_kinds + ' ' + r.blocks).sort()
    assert.deepEqual(asText(await rules()), asText([theirs, ...before, mine]))
    await api('PATCH', '/v1/systems/td-office', { required_for: before })
    await plainWords(page)
  }),
  /** What was left half typed keeps what was typed and nothing else: a colleague's change of another field stays. An answer that is lost may be of something done. */
  untouched: () => browser(async (page) => {
    const person = await make('Ninh Văn Dở Dang', { unit: 'T1.01' })
    await signIn(page, given.hr, IN)
    await room(page, `person/${person.id}?do=edit`)
    await page.getByLabel('Năm sinh').fill('1985')
    await room(page, 'people')
    await page.locator('#q').waitFor()
    await api('PATCH', `/v1/staff/${person.id}`, { title: 'Trưởng phòng' })
    await room(page, `person/${person.id}?do=edit`)
    await page.waitForFunction(() => document.querySelector('#birth_year')?.value === '1985')
    assert.equal(await page.locator('#title').inputValue(), 'Trưởng phòng')
    let lose = 'validate_only'
    await page.route(/v1\/staff\/stf_[^/]*$|validate_only/, async (route) => {
      if (route.request().method() !== 'PATCH' || route.request().url().includes('validate_only') !== (lose === 'validate_only')) return route.continue()
      lose = lose === 'validate_only' ? 'save' : 'validate_only'
      await route.fetch()
      await route.fulfill({ status: 200, contentType: 'application/json', body: '{' })
    })
    await look(page)
    await page.locator('form.act [role=alert]', { hasText: 'Chưa lưu được' }).waitFor()
    await look(page)
    await page.getByRole('button', { name: 'Lưu', exact: true }).click()
    await page.locator('form.act [role=alert]', { hasText: 'Chưa biết đã lưu hay chưa' }).waitFor()
    const { title, birth_year } = await api('GET', `/v1/staff/${person.id}`)
    assert.deepEqual([title, birth_year], ['Trưởng phòng', 1985])
  }),
}
