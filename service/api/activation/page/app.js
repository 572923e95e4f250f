'use strict'
// Setting one's own password with a one-time code. The code stands behind the #, so no server log ever has it.
const words = {
  vi: {
    title: 'Kích hoạt tài khoản', other: 'English', enterCode: 'Nhập mã kích hoạt', codeLabel: 'Mã in trên phiếu giao tài khoản',
    codeHelp: '16 ký tự, chữ hoa hay chữ thường đều được. Mã không có số 0, số 1, chữ O và chữ I.', next: 'Tiếp tục', choose: 'Đặt mật khẩu của bạn', name: 'Họ và tên', address: 'Thư điện tử',
    login: 'Tên đăng nhập', password: 'Mật khẩu mới', show: 'Hiện', hide: 'Ẩn', again: 'Nhập lại mật khẩu', set: 'Đặt mật khẩu',
    doneTitle: 'Đã đặt mật khẩu', doneText: 'Tài khoản của bạn đã sẵn sàng. Mật khẩu này chỉ mình bạn biết; đơn vị và quản trị viên không bao giờ hỏi mật khẩu của bạn.',
    mailTitle: 'Cài thư trên máy của bạn', webmail: 'Đọc thư bằng trình duyệt: ', profile: 'Tải hồ sơ cài đặt thư',
    profileHelp: 'Mở tệp vừa tải, vào Cài đặt, chọn “Đã tải về hồ sơ”, bấm Cài đặt rồi nhập mật khẩu vừa đặt.', android: 'Điện thoại Android',
    androidHelp: 'Trong ứng dụng Gmail hoặc Thunderbird, chọn thêm tài khoản, loại IMAP (Khác), nhập địa chỉ thư và mật khẩu vừa đặt, rồi nhập hai máy chủ dưới đây.',
    desktop: 'Máy tính', desktopHelp: 'Thunderbird tự tìm thấy cài đặt khi bạn nhập địa chỉ thư và mật khẩu. Với Outlook, chọn IMAP và nhập hai máy chủ dưới đây.',
    host: 'Máy chủ', port: 'Cổng', secure: 'Bảo mật', incoming: 'Nhận thư (IMAP)', outgoing: 'Gửi thư (SMTP)', destroy: 'Phiếu giao tài khoản không còn tác dụng; vui lòng hủy phiếu.',
    ruleLength: (n) => `Ít nhất ${n} ký tự`, ruleLower: 'Có chữ thường (a–z)', ruleUpper: 'Có chữ hoa (A–Z)', ruleDigit: 'Có chữ số', ruleOther: 'Có ký tự khác, ví dụ - _ . ! @',
    ruleName: 'Không chứa họ, tên đệm, tên', ruleLogin: 'Không chứa tên đăng nhập', ruleBirth: 'Không chứa năm sinh (kiểm tra khi gửi)',
    marks: 'Mật khẩu đang có chữ có dấu. Vẫn dùng được, nhưng máy nào không có bộ gõ tiếng Việt thì không gõ lại được.',
    telex: (from, to) => [`Nếu bộ gõ Telex đang bật, gõ `, from, ` sẽ thành `, to, `. Hãy tắt bộ gõ khi đặt mật khẩu và khi đăng nhập, hoặc bấm “Hiện” để xem mình đang gõ gì.`],
    differ: 'Hai lần nhập chưa giống nhau', wait: 'Đang gửi…', offline: 'Không kết nối được; vui lòng kiểm tra mạng rồi thử lại', soon: (n) => `Đã nhập sai quá nhiều lần; vui lòng thử lại sau ${n} giây`,
    onWeb: 'Mở hộp thư'
  },
  en: {
    title: 'Activate your account', other: 'Tiếng Việt', enterCode: 'Enter your code', codeLabel: 'The code printed on your slip',
    codeHelp: '16 signs, capitals or not. It has no 0, 1, O and I.', next: 'Continue', choose: 'Choose your password', name: 'Name', address: 'Mail address',
    login: 'Sign-in name', password: 'New password', show: 'Show', hide: 'Hide', again: 'The same once more', set: 'Set the password',
    doneTitle: 'Your password is set', doneText: 'Your account is ready. Nobody but you knows this password, and nobody will ever ask you for it.',
    mailTitle: 'Set up mail on your devices', webmail: 'Read mail in the browser: ', profile: 'Download the mail profile',
    profileHelp: 'Open the file, go to Settings, choose “Profile Downloaded”, install it and enter your new password.', android: 'Android phone',
    androidHelp: 'In Gmail or Thunderbird, add an account of type IMAP (Other), enter your address and new password, then the two servers below.',
    desktop: 'Computer', desktopHelp: 'Thunderbird finds the settings by itself from your address and password. In Outlook choose IMAP and enter the two servers below.',
    host: 'Server', port: 'Port', secure: 'Security', incoming: 'Incoming (IMAP)', outgoing: 'Outgoing (SMTP)', destroy: 'The slip is of no use any more; please destroy it.',
    ruleLength: (n) => `At least ${n} signs`, ruleLower: 'A small letter (a–z)', ruleUpper: 'A capital (A–Z)', ruleDigit: 'A digit', ruleOther: 'Another sign, like - _ . ! @',
    ruleName: 'No part of your name', ruleLogin: 'Not your sign-in name', ruleBirth: 'Not your year of birth (looked at when sent)',
    marks: 'There are letters with marks in it. That works, but it cannot be typed where there is no Vietnamese keyboard.',
    telex: (from, to) => ['With a Telex keyboard on, typing ', from, ' gives ', to, '. Switch it off when you set the password and when you sign in, or press “Show” to see what you type.'],
    differ: 'The two are not the same yet', wait: 'Sending…', offline: 'No connection; please check the network and try again', soon: (n) => `Wrong too often; please try again in ${n} seconds`,
    onWeb: 'Open the mailbox'
  }
}
const $ = (id) => document.getElementById(id)
let lang = /^en/i.test(navigator.language) ? 'en' : 'vi'
let code = ''
let holder = null
const say = (name, ...given) => typeof words[lang][name] === 'function' ? words[lang][name](...given) : words[lang][name]

function translate() {
  document.documentElement.lang = lang
  document.title = say('title')
  document.querySelectorAll('[data-say]').forEach((node) => { node.textContent = say(node.dataset.say) })
  $('other').textContent = say('other')
  $('other').lang = lang === 'vi' ? 'en' : 'vi'
  $('show').textContent = say($('password').type === 'password' ? 'show' : 'hide')
  if (holder) { judge(); tellMail() }
}

async function send(path, body) {
  const answer = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json', 'Accept-Language': lang }, body: JSON.stringify(body), referrerPolicy: 'no-referrer' })
  const said = answer.status === 204 ? {} : await answer.json().catch(() => null) // a proxy in between answers with a page of its own
  if (answer.ok && said) return said
  if (answer.status === 429) throw new Error(say('soon', answer.headers.get('Retry-After') ?? 30))
  throw new Error(said?.errors?.length ? said.errors.map((fault) => fault.detail).join('. ') : said?.detail || said?.title || say('offline'))
}

/** Runs what a button asks for; the button waits, and trouble stands beside it. */
async function run(button, trouble, work) {
  trouble.textContent = ''
  button.disabled = true
  try {
    await work()
  } catch (error) {
    trouble.textContent = error instanceof TypeError ? say('offline') : error.message
  } finally {
    button.disabled = false
  }
}

// ---- the password as it is typed ----
const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase().replace(/[^a-z0-9]/g, '')
const parts = (text) => text.split(/\s+/).map(fold).filter((part) => part.length >= 3)

function rules(typed) {
  const has = (pattern) => pattern.test(typed)
  const folded = fold(typed)
  const login = fold(holder.login ?? '')
  return [
    [say('ruleLength', holder.password.min_length), [...typed.normalize('NFC')].length >= holder.password.min_length],
    [say('ruleLower'), has(/[a-z]/)], [say('ruleUpper'), has(/[A-Z]/)], [say('ruleDigit'), has(/[0-9]/)], [say('ruleOther'), has(/[^A-Za-z0-9]/)],
    [say('ruleName'), !parts(holder.full_name).some((part) => folded.includes(part))],
    [say('ruleLogin'), login.length < 3 || !folded.includes(login)],
    [say('ruleBirth'), null]
  ]
}

const doubles = { aa: 'â', ee: 'ê', oo: 'ô', aw: 'ă', ow: 'ơ', uw: 'ư', dd: 'đ' }
const tones = { s: '\u0301', f: '\u0300', r: '\u0309', x: '\u0303', j: '\u0323' }
/** What a Telex keyboard makes of keys: doubled letters, w, and a tone on the vowel that carries it (lúa, toán). */
function telex(keys) {
  let out = ''
  for (const key of keys) {
    const low = key.toLowerCase()
    const before = out.slice(-1)
    const pair = doubles[before.toLowerCase() + low]
    const word = /[\p{L}\p{M}]*$/u.exec(out)[0]
    const open = word.search(/(?<!q)[aeiouyâăêôơư][aeiouy]$/i)
    const vowel = open >= 0 ? open : word.search(/[aeiouyâăêôơư][^aeiouyâăêôơư]*$/i)
    if (pair) out = out.slice(0, -1) + (before === before.toLowerCase() ? pair : pair.toUpperCase())
    else if (low in tones && vowel >= 0 && !/[\u0300\u0301\u0303\u0309\u0323]/.test(word.normalize('NFD'))) {
      const at = out.length - word.length + vowel
      out = out.slice(0, at) + (out[at] + tones[low]).normalize('NFC') + out.slice(at + 1)
    } else out += key
  }
  return out
}

function judge() {
  const typed = $('password').value
  $('rules').replaceChildren(...rules(typed).map(([text, met]) => {
    const line = document.createElement('li')
    line.textContent = text
    line.className = typed === '' || met === null ? '' : met ? 'met' : 'broken'
    return line
  }))
  const changed = telex(typed)
  const marked = /[^\x00-\x7f]/.test(typed)
  const note = $('telex')
  note.hidden = typed === '' || (!marked && changed === typed)
  const shown = (text) => { const node = document.createElement('code'); node.textContent = text; return node }
  if (marked) note.replaceChildren(say('marks'))
  else if (!note.hidden) {
    const [a, from, b, to, c] = say('telex', typed, changed)
    const word = diffWord(from, to)
    note.replaceChildren(a, shown(word[0]), b, shown(word[1]), c)
  }
}

/** While the password is hidden only the piece that changes is shown. */
function diffWord(from, to) {
  if ($('password').type === 'text') return [from, to]
  let head = 0
  while (head < from.length && from[head] === to[head]) head++
  let tail = 0
  while (tail < Math.min(from.length, to.length) - head && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail++
  return [from.slice(head, from.length - tail), to.slice(head, to.length - tail)].map((piece) => `…${piece}…`)
}

// ---- mail ----
function tellMail() {
  const { imap, smtp, webmail } = holder.mail
  $('done-address').textContent = holder.address ?? '–'
  $('done-login').textContent = holder.login ?? '–'
  $('mail').hidden = !holder.address || !(webmail || (imap && smtp))
  $('webmail').hidden = !webmail
  if (webmail) {
    const link = document.createElement('a')
    link.href = webmail
    link.textContent = say('onWeb')
    $('webmail').replaceChildren(say('webmail'), link)
  }
  $('programs').hidden = !(imap && smtp)
  if (!imap || !smtp) return
  $('profile').href = `kichhoat/mail.mobileconfig?address=${encodeURIComponent(holder.address)}`
  for (const [name, server] of [['imap', imap], ['smtp', smtp]]) {
    const [host, port] = server.split(':')
    $(`${name}-host`).textContent = host
    $(`${name}-port`).textContent = port
    $(`${name}-secure`).textContent = port === '587' || port === '143' ? 'STARTTLS' : 'SSL/TLS'
  }
}

// ---- steps ----
async function check() {
  holder = await send('v1/activation-checks', { code })
  $('who').textContent = holder.full_name
  $('address').textContent = holder.address ?? '–'
  $('user').value = holder.address ?? holder.login ?? ''
  $('code-step').hidden = true
  $('password-step').hidden = false
  judge()
  $('password').focus()
}

$('code-step').addEventListener('submit', (event) => {
  event.preventDefault()
  code = $('code').value.trim()
  run(event.submitter ?? $('code-step').querySelector('.main'), $('code-trouble'), check)
})
$('password-step').addEventListener('submit', (event) => {
  event.preventDefault()
  run($('set'), $('again-trouble'), async () => {
    if ($('password').value !== $('again').value) throw new Error(say('differ'))
    await send('v1/activations', { code, password: $('password').value })
    $('password').value = $('again').value = code = ''
    $('password-step').hidden = true
    tellMail()
    $('done').hidden = false
    $('done').focus()
  })
})
$('password').addEventListener('input', judge)
$('show').addEventListener('click', () => {
  const type = $('password').type === 'password' ? 'text' : 'password'
  $('password').type = $('again').type = type
  translate()
})
$('other').addEventListener('click', () => { lang = lang === 'vi' ? 'en' : 'vi'; translate() })

// Another code typed behind the address of this page is somebody else's: nothing of the former one stays.
addEventListener('hashchange', () => { if (location.hash.length > 1) location.reload() })

translate()
const given = decodeURIComponent(location.hash.slice(1))
if (given) {
  history.replaceState(null, '', location.pathname) // the code stays in no history
  $('code').value = code = given
  run($('code-step').querySelector('.main'), $('code-trouble'), check)
}
