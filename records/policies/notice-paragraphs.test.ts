import { expect, it } from 'vitest'
import { numberOf, paragraphsByClause, paragraphsOf } from './notice-paragraphs.ts'

const NOTICE = '关于保障一线人员的通知\n\n一、值守补助。每天100元\n第二条　休息\n（三）体检\n 12. 其他\n2020年2月5日'

it('a clause rests on the paragraph that begins with its number, whichever way the notice counts', () => {
  const paragraphs = paragraphsOf(NOTICE)
  expect(paragraphs.map(numberOf)).toEqual([undefined, '1', '2', '3', '12', undefined])
  expect(['十、甲', '第十一条 乙', '二十、丙', '二十三、丁'].map(numberOf)).toEqual(['10', '11', '20', '23'])
  expect([...paragraphsByClause(paragraphs, ['1', '3', '7', '12'], [])]).toEqual([
    ['1', 1],
    ['3', 3],
    ['12', 4],
  ])
})

it('what was tied by hand goes before the numbers, also that a clause rests on none', () => {
  const paragraphs = paragraphsOf(NOTICE)
  const ties = [
    { clause: '7', begins: '第二条' },
    { clause: '1', begins: '' },
  ]
  expect([...paragraphsByClause(paragraphs, ['1', '7', '3'], ties)]).toEqual([
    ['7', 2],
    ['3', 3],
  ])
})
