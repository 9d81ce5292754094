/** What the duty room gives to the phone page. */
export { ConfirmPage, managedUnits, useDutyPrefetch } from './phone/confirm.tsx'
export { DutyOutboxEntry } from './phone/outbox-entry.tsx'
export { RecordsPage } from './phone/records.tsx'
export { LaterShifts, NextShiftCard, RestCard } from './phone/today.tsx'
