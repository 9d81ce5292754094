import { sql } from 'kysely'
import type { z } from 'zod'
import type { Tx } from '#platform/db/database.ts'
import type { OfferView } from '../offer-contract.ts'

/** Open offers of a unit, the soonest shift first. */
export async function listOpenOffers(
  tx: Tx,
  { operation_id, unit_id }: { readonly operation_id: number; readonly unit_id: number },
  now: Date,
): Promise<{ offers: z.input<typeof OfferView>[] }> {
  const { rows } = await sql<z.input<typeof OfferView>>`
    select offer.offer_id, offer.kind, offer.person_id, people.name as person_name, offer.shift_id, posts.name as post_name,
      planned.starts_at, planned.ends_at, offer.opened_at,
      coalesce((
        select array_agg(asked.name order by asked.name)
        from shift_asks ask
        join people asked on asked.person_id = ask.person_id
        where ask.unit_id = offer.unit_id and ask.offer_id = offer.offer_id and ask.answer is null
      ), '{}') as asked_names
    from shift_offers offer
    join planned_shifts planned on planned.person_id = offer.person_id and planned.shift_id = offer.shift_id
    join posts on posts.post_id = planned.post_id
    join people on people.person_id = offer.person_id
    where offer.unit_id = ${unit_id} and offer.operation_id = ${operation_id} and offer.ended_at is null
      and (planned.withdrawn_at is null or (offer.kind = 'leave' and planned.ends_at > ${now}))
    order by planned.starts_at
    limit 100`.execute(tx)
  return { offers: rows }
}
