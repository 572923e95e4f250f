/** Texts and numbers as people of either language write them. */
import type { vi } from './words/vi'

export type Word = keyof typeof vi
export type Language = 'vi' | 'en'

const KEPT = 'congvu-language'
export const language: Language = localStorage.getItem(KEPT) === 'en' ? 'en' : 'vi'
document.documentElement.lang = language

let texts: Record<Word, string>
/** The words of the one language that is read; nothing is drawn before they are there. */
export const spoken = (language === 'vi' ? import('./words/vi').then((m) => m.vi) : import('./words/en').then((m) => m.en)).then((words) => { texts = words })

export function otherLanguage() {
  localStorage.setItem(KEPT, language === 'vi' ? 'en' : 'vi')
  location.reload()
}

/** "{n} row|{n} rows": where a language has two forms, the first is that of one `n`. */
export function t(word: Word, values: Record<string, string | number> = {}): string {
  const [one, many = one] = texts[word].split('|')
  return (String(values.n) === '1' ? one : many).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''))
}

/** The text around its gaps, and the names of the gaps: text, name, text ... */
export const pieces = (word: Word) => texts[word].split(/\{(\w+)\}/)

/** A word of the contract that has a text; what has none is shown as a dash, never as a program's word. */
export function named(word: string | null | undefined, prefix = ''): string {
  const key = (prefix + word) as Word
  return word && key in texts ? t(key) : '—'
}

export const count = (n: number) => n.toLocaleString(language === 'vi' ? 'vi-VN' : 'en-GB')

/** One decimal; all and none are said only when they are true. */
export function percent(ratio: number): string {
  let tenths = Math.round(ratio * 1000)
  if (ratio < 1 && tenths === 1000) tenths = 999
  if (ratio > 0 && tenths === 0) tenths = 1
  const text = (tenths / 10).toFixed(1)
  return (language === 'vi' ? text.replace('.', ',') : text) + ' %'
}

/** dd/mm/yyyy of a day or of a moment, whose offset is the office's. */
export const day = (iso: string) => `${iso.slice(8, 10)}/${iso.slice(5, 7)}/${iso.slice(0, 4)}`
export const moment = (iso: string) => `${day(iso)} ${iso.slice(11, 16)}`

/** A phone of this country, masked or not, as it is read and dialled here; others as they are. */
export const phone = (e164: string | null | undefined) => (e164 ?? '').replace(/^\+84([\d*]{3})([\d*]{3})([\d*]{3})$/, '0$1 $2 $3')

/** A name that the contract has in both languages. */
export const said = (name: string | { vi: string; en: string | null } | undefined) =>
  typeof name === 'object' ? (language === 'en' && name.en) || name.vi : name ?? '—'

const beside = (iso: string, days: number) => new Date(Date.parse(iso + 'T00:00:00Z') + days * 86_400_000).toISOString().slice(0, 10)
/** The contract's `to` of a post is the first day out; people say the last day in. */
export const nextDay = (iso: string) => beside(iso, 1)
export const lastDay = (to: string) => day(beside(to, -1))

/** So many days, or months (of which a shorter one ends sooner), before a day. */
export function ago(iso: string, days: number, months = 0): string {
  const [y, m, d] = iso.split('-').map(Number)
  const last = new Date(Date.UTC(y, m - months, 0)).getUTCDate()
  return beside(new Date(Date.UTC(y, m - 1 - months, Math.min(d, last))).toISOString().slice(0, 10), -days)
}

/** "12/QĐ-UBND, ký ngày 05/11/2026" */
export const decisionWords = (d: { number: string; signed_on: string | null }) => d.signed_on ? `${d.number}, ${t('signed_day', { day: day(d.signed_on) })}` : d.number

/** What was typed as dd/mm/yyyy (or d.m.yyyy), as the contract writes it; null when it is no day of the calendar. */
export function typedDay(text: string): string | null {
  const parts = /^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*$/.exec(text)
  if (!parts) return null
  const [d, m, y] = parts.slice(1).map(Number)
  const date = new Date(Date.UTC(y, m - 1, d))
  return date.getUTCMonth() === m - 1 && date.getUTCDate() === d ? date.toISOString().slice(0, 10) : null
}

/** A day and a month alone: which year is not guessed. */
export const withoutYear = (text: string) => /^\s*\d{1,2}[/.-]\d{1,2}[/.-]?\s*$/.test(text)

/** "thứ Bảy, 05/12/2026": the day as it was understood, in no zone at all. */
export function weekday(iso: string | null): string {
  if (!iso) return ''
  const word = new Date(iso + 'T00:00:00Z').toLocaleDateString(language === 'vi' ? 'vi-VN' : 'en-GB', { weekday: 'long', timeZone: 'UTC' })
  return `${word.replace('Thứ', 'thứ')}, ${day(iso)}`
}
