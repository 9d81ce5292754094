/** What the facts room gives to the phone page. */
export { OwnFactsCard } from './phone/own-facts.tsx'
