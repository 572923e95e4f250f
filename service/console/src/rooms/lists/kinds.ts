import type { Schema } from '../../call'

export type Import = Schema['Import'] & { takes_back?: string; needs_approval?: boolean; digest?: string }
