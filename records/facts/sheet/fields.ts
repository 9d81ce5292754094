/** What a column of an events sheet may hold. */
export const EVENT_FIELDS = ['name', 'id_number', 'staff_number', 'unit', 'event', 'date', 'count', 'answer'] as const
export type EventField = (typeof EVENT_FIELDS)[number]
