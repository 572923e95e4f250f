/** Habits of this browser. */
const SLASH = 'congvu-slash'

export const slash = { on: () => localStorage.getItem(SLASH) !== 'off', set: (on: boolean) => localStorage.setItem(SLASH, on ? 'on' : 'off') }
