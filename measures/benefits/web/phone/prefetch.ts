import { useEffect } from 'preact/hooks'
import type { PersonStatement } from '#measures/benefits/contract.ts'
import { usePhone } from '#platform/ui/phone/phone.ts'
import type { Language } from '#platform/ui/phone/texts.ts'
import { explanationPath } from './explanation.tsx'
import { statementPath } from './statement.tsx'

/** Why I am owed what I am owed can be read without a network too. */
export function useExplanationPrefetch(read: <T>(path: string) => Promise<T | undefined>, language: Language): void {
  const phone = usePhone()
  const { operation_id } = phone.operation
  // biome-ignore lint/correctness/useExhaustiveDependencies: once per person and language, and after every recording
  useEffect(() => {
    void (async () => {
      const statement = await read<PersonStatement>(statementPath(operation_id))
      for (const { entitlement } of statement?.entitlements ?? [])
        await read(explanationPath(operation_id, entitlement, language))
    })()
  }, [phone.session.user_id, operation_id, language, phone.readings])
}
