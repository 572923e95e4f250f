// The page of activation in a browser of 390 px: what it ticks, what it says of Telex, and that the code leaves the address bar.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

const { chromium } = createRequire(`${process.cwd()}/`)('playwright-core')
const [url, code, password, pictures, profile, next, nextName] = process.argv.slice(2)
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const context = await chromium.launchPersistentContext(profile, { executablePath: '/usr/bin/chromium', headless: true, args, locale: 'vi-VN', viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true })
const page = context.pages()[0] ?? await context.newPage()
const foreign = []
page.on('console', (line) => line.type() === 'error' && !/422|502/.test(line.text()) && foreign.push(line.text()))
page.on('pageerror', (error) => foreign.push(String(error)))
page.on('request', (request) => { if (!request.url().startsWith('http://127.0.0.1')) foreign.push(request.url()) })
const picture = (name) => page.screenshot({ path: `${pictures}/activation-${name}.png`, fullPage: true })
const narrow = async () => assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390, 'nothing sticks out')
const ticks = (kind) => page.locator(`#rules li.${kind}`).count()
try {
  await page.goto(`${url}/kichhoat`)
  await page.getByText('Nhập mã kích hoạt').waitFor()
  await page.locator('#code').fill('AAAA-BBBB-CCCC-DDDD')
  await page.getByRole('button', { name: 'Tiếp tục' }).click()
  await page.getByText('Mã kích hoạt không đúng').waitFor()
  await narrow()
  await picture('wrong')

  await page.route('**/v1/activation-checks', (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<html><h1>502 Bad Gateway</h1></html>' }))
  await page.getByRole('button', { name: 'Tiếp tục' }).click()
  await page.getByText('Không kết nối được').waitFor()
  await page.unroute('**/v1/activation-checks')

  await page.goto('about:blank')
  await page.goto(`${url}/kichhoat#${code}`)
  await page.getByText('Pi Năng Thị Thủy').waitFor()
  assert.equal(new URL(page.url()).hash, '')
  assert.equal(await ticks('met') + await ticks('broken'), 0, 'nothing is judged before something is typed')
  const typed = page.locator('#password')
  await typed.fill('thuypnt')
  assert.ok(await page.locator('#rules li.broken', { hasText: 'tên đăng nhập' }).isVisible())
  assert.ok(await page.locator('#rules li.broken', { hasText: 'Có chữ hoa' }).isVisible())
  await typed.fill('Mua-Luas-2026')
  assert.equal(await ticks('met'), 7)
  await page.getByRole('button', { name: 'Hiện' }).click()
  await page.getByText('Mua-Luas-2026').first().waitFor()
  await page.getByText('Mua-Lúa-2026').waitFor()
  await narrow()
  await picture('telex')
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByText('Choose your password').waitFor()
  await page.getByRole('button', { name: 'Tiếng Việt' }).click()

  await typed.fill(password)
  await page.getByText('chữ có dấu').waitFor()
  await page.locator('#again').fill(`${password}x`)
  await page.getByRole('button', { name: 'Đặt mật khẩu' }).click()
  await page.getByText('chưa giống nhau').waitFor()
  await page.locator('#again').fill(password)
  await page.getByRole('button', { name: 'Đặt mật khẩu' }).click()
  await page.getByText('Đã đặt mật khẩu').waitFor()
  await page.getByText('imap.ninhthuan.gov.vn').waitFor()
  assert.match(await page.getByText('Tải hồ sơ cài đặt thư').getAttribute('href'), /address=thuypnt%40ninhthuan\.gov\.vn/)
  await narrow()
  await picture('done')

  await page.goto(`${url}/kichhoat#${next}`) // the next one at a computer that is shared, in the same tab
  await page.getByText(nextName).waitFor()
  assert.ok(await page.locator('#done').isHidden())
  assert.equal(await typed.inputValue(), '')
  assert.equal(new URL(page.url()).hash, '')
  assert.deepEqual(foreign, [], 'no foreign host, no error')
} finally {
  await context.close()
}
