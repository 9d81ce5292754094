import type { Employment, Exposure, PostKind, UnitKind } from '#engines/policy/vocabulary.ts'

/** What the made-up city consists of: kinds of units, their posts, who works there and in which rhythm. */

export type Rhythm =
  | 'three_shifts'
  | 'twelve_hours'
  | 'day_and_night'
  | 'whole_day'
  | 'office'
  | 'office_daily'
  | 'split_day'
  | 'ward_six_hours'

export interface PostPlan {
  readonly name: string
  readonly kind: PostKind
  readonly exposure: Exposure
  readonly rhythm: Rhythm
  /** How many of the unit's people stand on this post. */
  readonly share: number
  readonly longest_stay_days?: number
  readonly away_division_code?: string
}

export interface UnitPlan {
  readonly kind: UnitKind
  readonly names: readonly string[]
  readonly people: number
  readonly employments: readonly (readonly [employment: Employment, weight: number])[]
  /** Share of people with an established post, by employment; the rest is not established. */
  readonly established: number
  readonly titles: readonly string[]
  readonly skills: readonly string[]
  readonly posts: readonly PostPlan[]
}

const WARD_POSTS: readonly PostPlan[] = [
  { name: '发热门诊', kind: 'fever_clinic', exposure: 'direct', rhythm: 'three_shifts', share: 0.22 },
  {
    name: '隔离病区',
    kind: 'isolation_ward',
    exposure: 'direct',
    rhythm: 'ward_six_hours',
    share: 0.25,
    longest_stay_days: 14,
  },
  { name: '标本采集', kind: 'sampling', exposure: 'direct', rhythm: 'office_daily', share: 0.08 },
  { name: '感染控制', kind: 'infection_control', exposure: 'direct', rhythm: 'office', share: 0.05 },
  { name: '预检分诊', kind: 'outpatient_triage', exposure: 'indirect', rhythm: 'twelve_hours', share: 0.2 },
  { name: '普通病区', kind: 'general_ward', exposure: 'none', rhythm: 'three_shifts', share: 0.2 },
]

/** Per county-level area. The numbers in `people` are made up and of a plausible size. */
export const COUNTY_UNITS: readonly UnitPlan[] = [
  {
    kind: 'hospital',
    names: ['人民医院', '中医医院', '第二医院'],
    people: 60,
    employments: [['medical', 1]],
    established: 0.7,
    titles: ['护士', '主管护师', '医师', '主治医师', '护师', '副主任医师'],
    skills: ['重症护理', '呼吸治疗', '核酸采样', '感染控制'],
    posts: WARD_POSTS,
  },
  {
    kind: 'checkpoint',
    names: ['高速出口卡口', '国道卡口', '火车站卡口', '客运中心卡口', '省道卡口', '城区入口卡口'],
    people: 18,
    employments: [
      ['civil_servant', 3],
      ['public_institution', 3],
      ['police', 2],
      ['volunteer', 2],
    ],
    established: 0.6,
    titles: ['卡口值守员', '带班负责人', '交警', '测温员'],
    skills: ['测温登记', '驾驶', '应急处置'],
    posts: [
      { name: '测温登记', kind: 'checkpoint', exposure: 'indirect', rhythm: 'day_and_night', share: 0.7 },
      { name: '车辆引导', kind: 'checkpoint', exposure: 'none', rhythm: 'twelve_hours', share: 0.3 },
    ],
  },
  {
    kind: 'police_station',
    names: ['城东派出所', '城西派出所'],
    people: 25,
    employments: [
      ['police', 4],
      ['other', 1],
    ],
    established: 0.8,
    titles: ['民警', '辅警', '副所长'],
    skills: ['驾驶', '应急处置'],
    posts: [
      { name: '巡逻防控', kind: 'police_patrol', exposure: 'none', rhythm: 'whole_day', share: 0.6 },
      { name: '流调协查', kind: 'epidemiology', exposure: 'indirect', rhythm: 'office_daily', share: 0.4 },
    ],
  },
  {
    kind: 'transport_unit',
    names: ['公共交通公司'],
    people: 20,
    employments: [['enterprise', 1]],
    established: 0,
    titles: ['驾驶员', '调度员'],
    skills: ['驾驶', '车辆消毒'],
    posts: [
      { name: '人员转运', kind: 'patient_transport', exposure: 'direct', rhythm: 'day_and_night', share: 0.4 },
      { name: '车辆消杀', kind: 'disinfection', exposure: 'indirect', rhythm: 'office_daily', share: 0.6 },
    ],
  },
  {
    kind: 'goods_maker',
    names: ['防护用品厂'],
    people: 15,
    employments: [['enterprise', 1]],
    established: 0,
    titles: ['操作工', '质检员', '班组长'],
    skills: ['缝制', '质量检验'],
    posts: [{ name: '口罩生产', kind: 'production', exposure: 'none', rhythm: 'day_and_night', share: 1 }],
  },
  {
    kind: 'supply_enterprise',
    names: ['农副产品配送中心'],
    people: 12,
    employments: [['enterprise', 1]],
    established: 0,
    titles: ['配送员', '仓管员'],
    skills: ['驾驶', '仓储'],
    posts: [{ name: '物资配送', kind: 'supply_logistics', exposure: 'none', rhythm: 'split_day', share: 1 }],
  },
  {
    kind: 'quarantine_site',
    names: ['集中隔离点'],
    people: 20,
    employments: [
      ['medical', 2],
      ['public_institution', 3],
      ['police', 1],
      ['volunteer', 1],
    ],
    established: 0.6,
    titles: ['隔离点管理员', '护士', '保障员'],
    skills: ['核酸采样', '心理支持'],
    posts: [
      { name: '隔离点值守', kind: 'quarantine_site', exposure: 'indirect', rhythm: 'day_and_night', share: 0.6 },
      { name: '隔离人员护理', kind: 'sampling', exposure: 'direct', rhythm: 'twelve_hours', share: 0.4 },
    ],
  },
  {
    kind: 'cdc',
    names: ['疾病预防控制中心'],
    people: 25,
    employments: [['medical', 1]],
    established: 0.85,
    titles: ['主管医师', '检验技师', '公卫医师'],
    skills: ['流行病学调查', '核酸检测', '消毒消杀'],
    posts: [
      { name: '流行病学调查', kind: 'epidemiology', exposure: 'direct', rhythm: 'office_daily', share: 0.4 },
      { name: '病原检测', kind: 'testing_lab', exposure: 'direct', rhythm: 'three_shifts', share: 0.4 },
      { name: '环境消杀', kind: 'disinfection', exposure: 'indirect', rhythm: 'office_daily', share: 0.2 },
    ],
  },
]

/** Real townships and villages take part as units of their own. */
export const TOWNSHIP_PLAN: UnitPlan = {
  kind: 'township',
  names: [],
  people: 20,
  employments: [
    ['civil_servant', 4],
    ['public_institution', 3],
    ['community_worker', 2],
  ],
  established: 0.7,
  titles: ['科员', '一级科员', '副主任科员', '网格员', '党委委员'],
  skills: ['群众工作', '信息统计', '驾驶'],
  posts: [
    { name: '联防联控办公室', kind: 'command_duty', exposure: 'none', rhythm: 'office', share: 0.3 },
    { name: '村社巡查', kind: 'community_patrol', exposure: 'indirect', rhythm: 'office_daily', share: 0.5 },
    { name: '机关夜间值班', kind: 'command_duty', exposure: 'none', rhythm: 'day_and_night', share: 0.2 },
  ],
}

export const VILLAGE_PLAN: UnitPlan = {
  kind: 'village',
  names: [],
  people: 10,
  employments: [
    ['village_cadre', 5],
    ['community_worker', 3],
    ['volunteer', 2],
  ],
  established: 0,
  titles: ['村委委员', '网格员', '村党支部书记', '志愿者'],
  skills: ['群众工作'],
  posts: [
    { name: '进出口值守', kind: 'community_patrol', exposure: 'indirect', rhythm: 'split_day', share: 0.7 },
    { name: '夜间值守', kind: 'community_patrol', exposure: 'indirect', rhythm: 'day_and_night', share: 0.3 },
  ],
}

/** A medical team that the city sent to Wuhan; the document of 22 February changes what its earlier days are worth. */
export const AID_TEAM_PLAN: UnitPlan = {
  kind: 'task_force',
  names: ['援鄂医疗队'],
  people: 40,
  employments: [['medical', 1]],
  established: 0.9,
  titles: ['主管护师', '主治医师', '副主任医师', '护士'],
  skills: ['重症护理', '呼吸治疗'],
  posts: [
    {
      name: '武汉隔离病区',
      kind: 'isolation_ward',
      exposure: 'direct',
      rhythm: 'ward_six_hours',
      share: 1,
      away_division_code: '420100',
    },
  ],
}

export const CITY_OFFICES = [
  '市委组织部',
  '市财政局',
  '市人力资源和社会保障局',
  '市卫生健康委员会',
  '市疫情防控指挥部办公室',
] as const

export const TOWNSHIPS_PER_COUNTY = 6
export const VILLAGES_PER_COUNTY = 4
