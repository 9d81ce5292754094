import { POST_KINDS } from '#engines/policy/vocabulary.ts'
import type { PostKind } from './shapes.ts'
import { tight } from './written-text.ts'

/**
 * Words by which a kind of post is told. The first that fits is taken, so the narrower ones stand first: 隔离病区 before
 * 病区, 隔离点 before 社区.
 */
const WORDS: ReadonlyArray<readonly [PostKind, RegExp]> = [
  ['fever_clinic', /发热门诊|发热诊室|发热哨点/],
  ['isolation_ward', /隔离病区|隔离病房|隔离病室|负压病房|感染病区|感染科病房|重症隔离/],
  ['sampling', /采样|咽拭子|标本采集|核酸采集/],
  ['testing_lab', /检测|检验|实验室|化验|PCR/i],
  ['infection_control', /院感|感控|医院感染/],
  ['patient_transport', /转运|120|急救车|救护车|负压车/],
  ['quarantine_site', /隔离点|集中隔离|留观点|医学观察点|隔离酒店|隔离场所/],
  ['outpatient_triage', /预检|分诊|测温门岗/],
  ['epidemiology', /流调|流行病学|密接排查|疫情处置组/],
  ['disinfection', /消毒|消杀|洗消/],
  ['checkpoint', /卡口|卡点|检查站|道口|高速出口|路口|查控点|防控点|交通检疫|车站测温|码头/],
  ['dyke_patrol', /巡堤|堤防|大堤|堤坝|查险|险工/],
  ['drainage', /排涝|泵站|抽水|闸站/],
  ['hazmat_response', /危化|危险品|危险化学品|堵漏|警戒区/],
  ['environment_monitoring', /环境监测|空气监测|大气监测|水质监测/],
  ['firefighting', /灭火|扑火|火灾扑救|火场/],
  ['emergency_repair', /抢修|抢通/],
  ['snow_clearing', /除雪|除冰|铲雪|融雪/],
  ['medical_rescue', /医疗救护|医疗救援|现场急救/],
  ['search_rescue', /搜救|搜寻|废墟/],
  ['flood_rescue', /抢险|救援|冲锋舟/],
  ['evacuation', /转移群众|群众转移|人员转移|避险转移/],
  ['shelter_duty', /安置点|避灾|避险场所|庇护/],
  ['police_patrol', /巡逻|治安|公安执勤|警务/],
  ['community_patrol', /巡查|网格|小区|社区|村口|入户|排查|上门/],
  ['command_duty', /指挥部|总值班|带班|值班室|综合协调|指挥中心/],
  ['supply_logistics', /物资|后勤|保障|食堂|仓库|配送|车辆/],
  ['production', /生产|车间|口罩机/],
  ['office_support', /机关|文秘|宣传|信息报送|资料|办公室|文字/],
  ['general_ward', /病区|病房|住院部|护理/],
]

/**
 * @example guessPostKind('高速出口卡点测温') // { kind: 'checkpoint', text: '卡点' } — the words that decided
 */
export function guessPostKind(text: string): { readonly kind: PostKind; readonly text: string } | undefined {
  const bare = tight(text)
  for (const [kind] of WORDS) {
    if (POST_KINDS[kind].zh === bare) return { kind, text: bare }
  }
  for (const [kind, pattern] of WORDS) {
    const match = pattern.exec(bare)
    if (match) return { kind, text: match[0] }
  }
  return undefined
}
