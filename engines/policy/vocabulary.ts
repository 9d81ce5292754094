/**
 * The words in which facts about the front line are recorded and in which packs ask for them. The list is closed and
 * shared: record rooms store these words, packs use them, and a word outside the list is refused with a suggestion.
 *
 * A new word is added here once, with its Chinese and English label; nothing else has to change.
 */
export interface Label {
  readonly zh: string
  readonly en: string
}

/** What a unit is (clauses 1 and 2 of the notice, and the tree of areas above the units). */
export const UNIT_KINDS = {
  city: { zh: '市', en: 'city' },
  county: { zh: '区、县（市）', en: 'county' },
  township: { zh: '乡镇', en: 'township' },
  subdistrict: { zh: '街道', en: 'subdistrict' },
  village: { zh: '村', en: 'village' },
  community: { zh: '社区', en: 'community' },
  hospital: { zh: '医院', en: 'hospital' },
  checkpoint: { zh: '道路卡口', en: 'checkpoint' },
  police_station: { zh: '公安派出所', en: 'police station' },
  transport_unit: { zh: '交通运输单位', en: 'transport unit' },
  goods_maker: { zh: '紧缺物资生产企业', en: 'maker of scarce goods' },
  supply_enterprise: { zh: '生活物资保障企业', en: 'daily-supply enterprise' },
  office: { zh: '机关', en: 'office' },
  department: { zh: '部门', en: 'department' },
  quarantine_site: { zh: '集中隔离点', en: 'quarantine site' },
  cdc: { zh: '疾控中心', en: 'centre for disease control' },
  school: { zh: '学校', en: 'school' },
  task_force: { zh: '突击队', en: 'task force' },
} as const satisfies Record<string, Label>

/** What is done on a post. */
export const POST_KINDS = {
  fever_clinic: { zh: '发热门诊', en: 'fever clinic' },
  isolation_ward: { zh: '隔离病区', en: 'isolation ward' },
  sampling: { zh: '标本采集', en: 'sampling' },
  testing_lab: { zh: '病原检测', en: 'testing laboratory' },
  infection_control: { zh: '医院感染控制', en: 'hospital infection control' },
  patient_transport: { zh: '病人转运', en: 'patient transport' },
  general_ward: { zh: '普通病区', en: 'general ward' },
  outpatient_triage: { zh: '预检分诊', en: 'outpatient triage' },
  epidemiology: { zh: '流行病学调查', en: 'epidemiological investigation' },
  disinfection: { zh: '消毒消杀', en: 'disinfection' },
  checkpoint: { zh: '卡口值守', en: 'checkpoint duty' },
  quarantine_site: { zh: '隔离点值守', en: 'quarantine-site duty' },
  community_patrol: { zh: '村（社区）巡查', en: 'community patrol' },
  supply_logistics: { zh: '物资后勤', en: 'supplies and logistics' },
  command_duty: { zh: '指挥部值班', en: 'command duty' },
  office_support: { zh: '机关支援', en: 'office support' },
  police_patrol: { zh: '公安巡逻', en: 'police patrol' },
  production: { zh: '物资生产', en: 'production of supplies' },
  dyke_patrol: { zh: '巡堤查险', en: 'dyke patrol' },
  flood_rescue: { zh: '抢险救援', en: 'flood and storm rescue' },
  drainage: { zh: '泵站排涝', en: 'pumping and drainage' },
  evacuation: { zh: '转移群众', en: 'evacuation of residents' },
  shelter_duty: { zh: '避灾安置点值守', en: 'duty in a shelter' },
  search_rescue: { zh: '搜救', en: 'search and rescue' },
  medical_rescue: { zh: '现场医疗救护', en: 'medical care on the spot' },
  firefighting: { zh: '火灾扑救', en: 'firefighting' },
  hazmat_response: { zh: '危险品处置', en: 'response to dangerous goods' },
  environment_monitoring: { zh: '环境监测', en: 'environmental monitoring' },
  emergency_repair: { zh: '道路水电抢修', en: 'repair of roads, water and power' },
  snow_clearing: { zh: '除雪除冰', en: 'clearing of snow and ice' },
} as const satisfies Record<string, Label>

/** Contact with suspected or confirmed patients. `unknown` is a missing fact, never a "no". */
export const EXPOSURES = {
  direct: { zh: '直接接触', en: 'direct contact' },
  indirect: { zh: '间接接触', en: 'indirect contact' },
  none: { zh: '不接触', en: 'no contact' },
  unknown: { zh: '接触情况不明', en: 'exposure not known' },
} as const satisfies Record<string, Label>

/** On what footing a person works. `other` still counts as a person: packs may not leave anybody out in silence. */
export const EMPLOYMENTS = {
  civil_servant: { zh: '公务员', en: 'civil servant' },
  public_institution: { zh: '事业单位人员', en: 'staff of a public institution' },
  medical: { zh: '医务人员', en: 'medical staff' },
  police: { zh: '公安民警', en: 'police' },
  community_worker: { zh: '社区工作者', en: 'community worker' },
  village_cadre: { zh: '村干部', en: 'village cadre' },
  volunteer: { zh: '志愿者', en: 'volunteer' },
  enterprise: { zh: '企业人员', en: 'enterprise staff' },
  retired_recalled: { zh: '退休返岗人员', en: 'recalled from retirement' },
  other: { zh: '其他人员', en: 'other' },
} as const satisfies Record<string, Label>

/** Whether a person holds an established post (编制). */
export const ESTABLISHMENTS = {
  yes: { zh: '在编', en: 'established' },
  no: { zh: '编外', en: 'not established' },
  unknown: { zh: '编制情况不明', en: 'establishment not known' },
} as const satisfies Record<string, Label>

export const PARTY_STATUSES = {
  member: { zh: '中共党员', en: 'party member' },
  probationary: { zh: '预备党员', en: 'probationary member' },
  activist: { zh: '入党积极分子', en: 'activist' },
  applicant: { zh: '已提交入党申请书', en: 'applicant' },
  none: { zh: '群众', en: 'not a member' },
  unknown: { zh: '政治面貌不明', en: 'party status not known' },
} as const satisfies Record<string, Label>

/** What the official calendar calls a day. */
export const DAY_KINDS = {
  working_day: { zh: '工作日', en: 'working day' },
  rest_day: { zh: '休息日', en: 'rest day' },
  statutory_holiday: { zh: '法定节假日', en: 'statutory holiday' },
} as const satisfies Record<string, Label>

/** How sure a figure is: A read in the original, B official summary, C second-hand, U not verified. C and U show as 未核实. */
export const GRADES = {
  A: { zh: '已读原文', en: 'read in the original' },
  B: { zh: '据官方摘要', en: 'from an official summary' },
  C: { zh: '二手来源，未核实', en: 'second-hand, unverified' },
  U: { zh: '未核实', en: 'unverified' },
} as const satisfies Record<string, Label>

/** The rooms of the house that carry clauses out; a pack names the one for each of its clauses. */
export const MEASURES = {
  visits: { zh: '慰问', en: 'visits' },
  supplies: { zh: '物资后勤', en: 'supplies and logistics' },
  rosters: { zh: '轮休补休', en: 'rosters and rest' },
  appraisals: { zh: '考察识别', en: 'appraisals' },
  titles: { zh: '职称', en: 'professional titles' },
  benefits: { zh: '待遇保障', en: 'benefits' },
  hardship: { zh: '排忧解难', en: 'hardship' },
  pairing: { zh: '结对共建', en: 'pairing' },
  fund: { zh: '专项资金', en: 'special fund' },
  clarifications: { zh: '容错澄清', en: 'clarifications' },
  commendations: { zh: '表彰宣传', en: 'commendations' },
  directives: { zh: '统一指挥', en: 'directives' },
} as const satisfies Record<string, Label>

/** What is asked of a person's family, by yes or no; what nobody has recorded is unknown, never "no". */
export const FAMILY_FACTS = {
  spouse_on_front_line: { zh: '配偶也在一线', en: 'spouse on the front line too' },
  single_parent: { zh: '独自抚养子女', en: 'brings up children alone' },
  elder_care: { zh: '需照护老人', en: 'cares for elders' },
  disabled_dependant: { zh: '家有残疾或失能人员', en: 'a disabled member of the family' },
  ill_dependant: { zh: '家有重病人员', en: 'a seriously ill member of the family' },
  infant_at_home: { zh: '家有哺乳期婴儿', en: 'an infant at home' },
} as const satisfies Record<string, Label>

/** Numbers of people that a rule may compare with, or pay by. */
export const COUNT_FACTS = {
  dependants: { zh: '赡养、抚养人数', en: 'dependants' },
  headcount: { zh: '在册人数', en: 'headcount' },
  front_line_people: { zh: '在一线人数', en: 'people on the front line' },
  duty_days: { zh: '值守人天', en: 'person-days of duty' },
  people_on_duty: { zh: '当日在岗人数', en: 'people on duty on the day evaluated' },
} as const satisfies Record<string, Label>

/** Sums of money that are recorded of a unit or a person and that a share may be taken of, in whole fen. */
export const MONEY_FACTS = {
  performance_pay_total: { zh: '核定绩效工资总量', en: 'approved performance-pay total' },
  monthly_base_pay: { zh: '月基本工资', en: 'monthly base pay' },
} as const satisfies Record<string, Label>

/** Level of the emergency response of an area on a day. `none` is recorded too: before the start and after the end. */
export const RESPONSE_LEVELS = {
  level_1: { zh: '一级响应', en: 'response level 1' },
  level_2: { zh: '二级响应', en: 'response level 2' },
  level_3: { zh: '三级响应', en: 'response level 3' },
  level_4: { zh: '四级响应', en: 'response level 4' },
  none: { zh: '未启动响应', en: 'no response' },
} as const satisfies Record<string, Label>

/** From which day a window is counted. */
export const ANCHORS = {
  first_duty_day: { zh: '本人首个值守日', en: "the person's first duty day" },
  last_duty_day: { zh: '本人最后一个值守日', en: "the person's last duty day" },
  operation_start: { zh: '行动开始日', en: 'start of the operation' },
  operation_end: { zh: '行动结束日', en: 'end of the operation' },
} as const satisfies Record<string, Label>

export type FamilyFact = keyof typeof FAMILY_FACTS
export type CountFact = keyof typeof COUNT_FACTS
export type MoneyFact = keyof typeof MONEY_FACTS
export type ResponseLevel = keyof typeof RESPONSE_LEVELS
export type Anchor = keyof typeof ANCHORS
export type UnitKind = keyof typeof UNIT_KINDS
export type PostKind = keyof typeof POST_KINDS
export type Exposure = keyof typeof EXPOSURES
export type Employment = keyof typeof EMPLOYMENTS
export type Establishment = keyof typeof ESTABLISHMENTS
export type PartyStatus = keyof typeof PARTY_STATUSES
export type DayKind = keyof typeof DAY_KINDS
export type Grade = keyof typeof GRADES
export type Measure = keyof typeof MEASURES

/** The words of one list in their fixed order, for schemas (`z.enum(wordsOf(POST_KINDS))`) and for numbering. */
export function wordsOf<Word extends string>(list: Readonly<Record<Word, Label>>): readonly [Word, ...Word[]] {
  const words = Object.keys(list).filter((word) => isWord(list, word))
  const [first, ...rest] = words
  if (first === undefined) throw new Error('a list of words must not be empty')
  return [first, ...rest]
}

/** @example isWord(POST_KINDS, 'checkpoint') // true */
export function isWord<Word extends string>(list: Readonly<Record<Word, Label>>, text: unknown): text is Word {
  return typeof text === 'string' && Object.hasOwn(list, text)
}
