import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { call } from '#platform/ui/client.ts'
import { checkDraftText, type PackCheck, type readDraft } from '../contract-drafts.ts'

export type DraftView = OutputOf<typeof readDraft>

export interface TextFile {
  readonly path: string
  readonly text: string
}

const QUIET_MS = 500

/** Checks what is on the screen a moment after the last key; the answer before stays until the next one is there. */
export function useDraftCheck(
  { draft_id, operation_id, area_unit_id }: DraftView,
  files: readonly TextFile[],
): UseQueryResult<PackCheck, Error> {
  const [asked, setAsked] = useState({ files, version: 0 })
  const first = useRef(files)
  useEffect(() => {
    if (first.current === files) return
    const timer = setTimeout(() => {
      first.current = files
      setAsked(({ version }) => ({ files, version: version + 1 }))
    }, QUIET_MS)
    return () => clearTimeout(timer)
  }, [files])
  return useQuery<PackCheck, Error>({
    // The texts may be long: their version names them.
    queryKey: ['draft-check', draft_id, asked.version],
    queryFn: ({ signal }) =>
      call(
        checkDraftText,
        { params: { operation_id: String(operation_id) }, body: { area_unit_id, files: [...asked.files] } },
        { signal },
      ),
    placeholderData: keepPreviousData,
    gcTime: 0,
  })
}
