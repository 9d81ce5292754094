import type { TFunction } from 'i18next'

/** What an entry has done besides: leave of a day takes that day's shift out of the roster, or brings it back. */
export function leaveDone(t: TFunction, withdrawn: number, restored: number): string {
  if (withdrawn > 0) return t('rest.leave_withdrawn', { count: withdrawn })
  return restored > 0 ? t('rest.leave_restored', { count: restored }) : t('rest.leave_done')
}
