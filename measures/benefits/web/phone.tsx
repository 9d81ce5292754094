/** What the benefits room gives to the phone page. */
export { ExplanationPage } from './phone/explanation.tsx'
export { useExplanationPrefetch } from './phone/prefetch.ts'
export { OwedCard, StatementPage } from './phone/statement.tsx'
