/** What the rosters room gives to the phone page. */
export { AskedCard } from './phone/asked-card.tsx'
export { CoverCard, CoverPage } from './phone/cover-page.tsx'
export { WordOutboxEntry } from './phone/outbox-entry.tsx'
export { OwnRestCard } from './phone/own-rest.tsx'
export { OwnShiftsPage } from './phone/own-shifts-page.tsx'
