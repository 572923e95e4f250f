/** What was typed and not saved: kept in its tab, under the person who typed it, and gone when he signs out. */
const MARK = 'congvu-draft '
let owner = ''

/** Whoever signs in now; what somebody else left in this tab goes. */
export function draftsOf(person: string) {
  owner = person
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(MARK) && (!person || !key.startsWith(MARK + person + ' '))) sessionStorage.removeItem(key)
}

const key = (form: string) => `${MARK}${owner} ${form}`

export function draft(form: string): Record<string, string> {
  try {
    return JSON.parse(sessionStorage.getItem(key(form)) ?? '{}')
  } catch {
    return {}
  }
}

export function keepDraft(form: string, values: Record<string, string> | null) {
  if (!owner) return
  if (values) sessionStorage.setItem(key(form), JSON.stringify(values))
  else sessionStorage.removeItem(key(form))
}
