import { problems } from '#platform/http/problem.ts'

/** What can go wrong about rest and leave, in words that say what to do. */
export const restProblems = problems('rest', {
  not_looked_at: {
    status: 409,
    zh: '还没有看过谁该休息。请点“现在看一遍”，或等今晚自动更新。',
    en: 'Nobody has been looked at yet: press "look now", or wait for tonight.',
  },
  unknown_person: {
    status: 404,
    zh: '没有找到此人，或不在您的管理范围内。',
    en: 'No such person was found, or they are outside your scope.',
  },
  unknown_rule: {
    status: 422,
    zh: '“{rule}”现在没有要求此人休息，请刷新后再看。',
    en: '"{rule}" does not ask this person to rest now; load the page again.',
  },
  unknown_order: { status: 422, zh: '没有找到这份休息令。', en: 'No such order to rest was found.' },
  open_already: {
    status: 409,
    zh: '此人已有一份没有结束的休息令，请在那一份上延长。',
    en: 'This person has an order to rest that has not ended; extend that one.',
  },
  own: {
    status: 403,
    zh: '本人的休息由别人来办，请交上级或同事处理。',
    en: 'Your own rest is handled by somebody else.',
  },
  ended: { status: 409, zh: '这份休息令已经结束。', en: 'This order to rest has ended.' },
  dates: {
    status: 422,
    zh: '起止时间不对：结束要晚于开始，最长 {days} 天。',
    en: 'The times do not fit: the end comes after the beginning, {days} days at most.',
  },
  substitute: {
    status: 422,
    zh: '这名替班人在休息令期间，或这段时间已有班。请换一人。',
    en: 'This substitute is ordered to rest or on duty then; choose somebody else.',
  },
  not_enough_leave: {
    status: 422,
    zh: '补休只剩 {minutes} 分钟可用，请减少时长。',
    en: 'Only {minutes} minutes of leave are left; ask for less.',
  },
  not_recorded: {
    status: 422,
    zh: '没有记录到此人已确认的受保护情形。请本人向健康信息专员说明，确认后再下令；也可以按“单位认为应休息”下令。',
    en: 'No confirmed protected condition is recorded for this person: let them tell the health officer, or order rest by judgement.',
  },
  unknown_ask: { status: 422, zh: '没有找到这次替班询问。', en: 'No such question to stand in was found.' },
  answered: {
    status: 409,
    zh: '这次替班已经答复过，或已改问别人。',
    en: 'This was answered, or somebody else is asked now.',
  },
  unknown_report: { status: 422, zh: '没有找到这条本人反映。', en: 'No such word of a person was found.' },
  no_person: { status: 404, zh: '您的账号没有关联人员。', en: 'Your account is not tied to a person.' },
})
