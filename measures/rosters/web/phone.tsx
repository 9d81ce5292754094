/** What the rosters room gives to the phone page. */
export { OwnRestCard } from './phone/own-rest.tsx'
