// One flow of clicks in a browser of its own; what is asked for comes as JSON on stdin. Exit 0: as it should be.
import { given } from './flows/browser.mjs'
import account from './flows/account.mjs'
import careful from './flows/careful.mjs'
import daily from './flows/daily.mjs'
import english from './flows/english.mjs'
import first from './flows/first.mjs'
import forms from './flows/forms.mjs'
import habits from './flows/habits.mjs'
import languages from './flows/languages.mjs'
import leavers from './flows/leavers.mjs'
import lists from './flows/lists.mjs'
import many from './flows/many.mjs'
import people from './flows/people.mjs'
import units from './flows/units.mjs'

await { ...account, ...careful, ...daily, ...english, ...first, ...forms, ...people, ...units, ...languages, ...leavers, ...lists, ...many, ...habits }[given.flow]()
