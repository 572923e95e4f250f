// What every flow needs: a browser of its own, a signed-in page, the API to look behind the page.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import axe from 'axe-core'
import { chromium } from 'playwright-core'

export const given = JSON.parse(readFileSync(0, 'utf8'))
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

export async function browser(work, options = {}) {
  const context = await chromium.launchPersistentContext(given.profile, { executablePath: '/usr/bin/chromium', headless: true, args, viewport: { width: 1280, height: 900 }, ...options })
  const page = context.pages()[0] ?? await context.newPage()
  const said = []
  page.on('console', (line) => line.type() === 'error' && !(given.slapd ? /status of (401|503)/ : /status of (401|403|404|409|412|422|429)/).test(line.text()) && said.push(line.text()))
  page.on('pageerror', (error) => said.push(String(error)))
  page.on('request', (request) => { if (!/^(http:\/\/127\.0\.0\.1|data:|blob:)/.test(request.url())) said.push(request.url()) })
  try {
    await work(page)
    assert.deepEqual(said, [], 'the console of the browser stays empty')
  } catch (error) {
    await page.screenshot({ path: `${given.pictures ?? given.profile}/${given.flow}-failed.png` }).catch(() => {})
    throw error
  } finally {
    await context.close()
  }
}

/** Pictures are taken for people who ask for them (CONGVU_PICTURES). */
export const picture = async (page, name) => given.pictures && page.screenshot({ path: `${given.pictures}/${name}.png`, fullPage: true })

/** `lands`: what shows that one is in; the overview's cards, unless there is no overview for him. */
export async function signIn(page, login, { url = given.url, lands = '.card' } = {}) {
  await page.goto(`${url}/console`)
  await page.getByLabel('Tên đăng nhập hoặc địa chỉ thư').fill(login)
  await page.getByLabel('Mật khẩu').fill(given.password)
  await page.keyboard.press('Enter')
  await page.locator('main:not(.sign-in)').locator(lands).first().waitFor()
}

/** No word of programmers in what is seen; names, logins and codes are what they are. */
export async function plainWords(page) {
  const text = await page.evaluate(() => {
    const seen = document.body.cloneNode(true)
    seen.querySelectorAll('[translate=no], script').forEach((data) => data.remove())
    return seen.textContent
  })
  for (const word of [/\bPUT\b/, /\bPATCH\b/, /ETag/, /\bnull\b/, /undefined/, /NaN/, /[a-z]_[a-z]/, /\/v1/, /\blogin\b/, /\berrors\b/, /\b(stf|unt|tok|rep|req|imp|run|grp)_/]) assert.doesNotMatch(text, word)
}

export const total = async (page) => Number((await page.locator('#found').innerText()).replace(/\D/g, ''))
export const settled = (page) => page.waitForFunction(() => /\d/.test(document.querySelector('#found')?.textContent ?? ''))

/** The API behind the page, as the administrator's token sees it. */
export async function api(method, path, body, more = {}) {
  const answer = await fetch(given.url + path, { method, headers: { Authorization: `Bearer ${given.token}`, 'Content-Type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json', ...(method === 'PATCH' && { 'If-Match': '*' }), ...more }, body: typeof body === 'string' ? body : body && JSON.stringify(body) })
  const text = await answer.text()
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`)
  return text ? JSON.parse(text) : undefined
}

/** As the page itself does it: the cookie and the proof of who is signed in. */
export async function asSelf(page, method, path, body, type = 'application/json') {
  return page.evaluate(async ([method, path, body, type]) => {
    const { csrf } = await (await fetch('v1/sessions/current')).json()
    const answer = await fetch(path, { method, headers: { 'X-Congvu-Csrf': csrf, 'Content-Type': type }, body: typeof body === 'string' ? body : JSON.stringify(body) })
    return answer.json()
  }, [method, path, body, type])
}

let made = 0
/** Somebody new, and seen in lists. */
export async function make(name, more = {}) {
  const person = await api('POST', '/v1/staff', { full_name: name, unit: given.office, category: 'cong_chuc', title: 'Chuyên viên', not_same_as: ['*'], staff_code: `T-${process.pid}-${made++}`, ...more })
  while ((await api('GET', `/v1/staff?staff_code=${person.staff_code}`)).items.length !== 1);
  return person
}

/** dd/mm/yyyy in the office, so many days from today; as the calendar names the day; as the contract writes it. */
const later = (days) => new Date(Date.now() + days * 86_400_000)
export const dayIn = (days) => new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Ho_Chi_Minh' }).format(later(days))
export const isoOf = (day) => day.split('/').reverse().join('-')
export const weekday = (day) => new Date(isoOf(day) + 'T00:00:00Z').toLocaleDateString('vi-VN', { weekday: 'long', timeZone: 'UTC' }).replace('Thứ', 'thứ') + ', ' + day

export const signOut = async (page) => { await page.getByRole('button', { name: 'Đăng xuất' }).click(); await page.getByLabel('Mật khẩu').waitFor() }

export const room = (page, hash) => page.goto(`${given.url}/console#/${hash}`)

/** axe finds nothing, target size included. */
export async function axeClean(page, where) {
  await page.evaluate(axe.source)
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], rules: { 'target-size': { enabled: true } } }))
  assert.deepEqual(found.violations.map((v) => `${where}: ${v.id} ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', ')}`), [])
}

export async function inEnglish(page) {
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByText('As of').waitFor()
}

/** The name of the first token, which stands in labels. */
const FIRST_TOKEN = 'Quản trị ban đầu'

/** What is not a name, a code or a text of somebody's is in the language of the page; what a sentence quotes is somebody's, and so are `names`, which stand in buttons too. */
export async function oneLanguage(page, where, language, names = []) {
  const texts = await page.evaluate(() => {
    const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walk.nextNode()) if (!walk.currentNode.parentElement.closest('[translate=no], script')) found.push(walk.currentNode.data)
    for (const at of document.querySelectorAll('[aria-label], [placeholder], [title]')) if (!at.closest('[translate=no]')) found.push(...['aria-label', 'placeholder', 'title'].map((name) => at.getAttribute(name) ?? ''))
    return found
  })
  const foreign = language === 'en' ? /[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]/i : /\b(the|and|not|please|with|unit|system|person|people|error|failed|unknown|loading|save|from)\b/i
  assert.deepEqual(texts.map((text) => [...names, FIRST_TOKEN].reduce((left, name) => left.replaceAll(name, ''), text.replace(/“[^”]*”/g, ''))).filter((text) => foreign.test(text) && !/^(English|Tiếng Việt)$/.test(text.trim())), [], `${where}: another language`)
}

/** What a translator does to a page: each text that it may translate is another text in elements of its own; what comes later too. */
export function translator() {
  const skip = 'font, script, style, textarea, option, title, [translate=no]'
  const wrap = (node) => {
    if (!node.data.trim() || !node.parentElement || node.parentElement.closest(skip)) return
    const outer = document.createElement('font'), inner = outer.appendChild(document.createElement('font'))
    inner.append(document.createTextNode(node.data))
    node.replaceWith(outer)
  }
  const all = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return wrap(root)
    const texts = [], walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    while (walk.nextNode()) texts.push(walk.currentNode)
    texts.forEach(wrap)
  }
  new MutationObserver((list) => list.forEach((m) => m.addedNodes.forEach(all))).observe(document, { childList: true, subtree: true })
}
