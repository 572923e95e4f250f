/** A browser's translator replaces texts by elements of its own, and what is written into the replaced text is seen by nobody.
 * So each text stands in an element of its own, which goes when the text does; elements are left where they are. */
import { Fragment, h, options, type ComponentChild, type ComponentChildren, type VNode } from 'preact'

/** What holds text alone, and no translator divides. */
const BARE = new Set(['option', 'title', 'textarea'])
const before = options.vnode
let making = false

function own(child: ComponentChildren, at: number): ComponentChildren {
  if (Array.isArray(child)) return child.map(own)
  const text = typeof child === 'string' || typeof child === 'number' ? String(child) : ''
  if (!text.trim()) return child
  making = true
  const made = h('span', { key: `${at} ${text}` }, text)
  making = false
  return made as ComponentChild
}

options.vnode = (vnode: VNode) => {
  const { children } = vnode.props as { children?: ComponentChildren }
  if (!making && children !== undefined && (vnode.type === Fragment || (typeof vnode.type === 'string' && !BARE.has(vnode.type)))) (vnode.props as { children?: ComponentChildren }).children = Array.isArray(children) ? children.map(own) : own(children, 0)
  before?.(vnode)
}
