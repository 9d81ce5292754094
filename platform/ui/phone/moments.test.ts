import { expect, test } from 'vitest'
import { dayText, instantOf, localMoment, minutesText, spanText } from './moments.ts'
import { fillText } from './texts.ts'

const ZONE = 'Asia/Shanghai'

test('instants are shown on the operation’s clock, whatever the phone’s own zone is', () => {
  expect(localMoment('2020-02-23T16:30:00Z', ZONE)).toEqual({ date: '2020-02-24', time: '00:30' })
  expect(instantOf('2020-02-24', '00:30', ZONE)).toBe('2020-02-23T16:30:00.000Z')
})

test('a night shift names the next day; one that ends at midnight ends the same evening', () => {
  expect(spanText('2020-02-23T12:00:00Z', '2020-02-24T00:00:00Z', ZONE, 'zh')).toBe('20:00–次日 08:00')
  expect(spanText('2020-02-23T00:00:00Z', '2020-02-23T16:00:00Z', ZONE, 'zh')).toBe('08:00–24:00')
})

test('days and durations read as a clerk says them', () => {
  expect(dayText('2020-02-24', 'zh')).toBe('2月24日 周一')
  expect(minutesText(690, 'zh')).toBe('11小时30分')
  expect(minutesText(60, 'en')).toBe('1 h')
})

test('texts are filled, and English picks by number', () => {
  expect(fillText('按计划确认 {n} 人', { n: 12 })).toBe('按计划确认 12 人')
  expect(fillText('{n} {n|person|people}', { n: 1 })).toBe('1 person')
  expect(fillText('{n} {n|person|people}', { n: 2 })).toBe('2 people')
})
