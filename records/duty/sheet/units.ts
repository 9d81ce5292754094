import { plain } from './written-text.ts'

const UNIT_ENDING =
  /(医院|卫生院|卫生所|保健院|疾控中心|中心|街道办事处|街道|办事处|乡|镇|村|社区|居委会|村委会|局|委|委员会|厅|办公室|所|队|支队|大队|中队|公司|集团|厂|站|学校|学院|小学|中学|幼儿园|卡口|卡点|检查站|指挥部|隔离点|门诊|门诊部|病区|专班|组|科|处|部|室|分局)$/
const SHEET_WORDS =
  /(?:疫情防控|新冠肺炎|新型冠状病毒|新冠|疫情|防控|防疫|抗疫|防汛|防台|应急|一线|人员|工作|期间|值班|值守|轮值|轮班|排班|班次|考勤|加班|出勤|上岗|统计|登记|汇总|明细|花名|安排|情况|名单|台账|记录|公示|每日|日常|月度|本月|月份|表|册|单|\d)+$/

/**
 * The unit that a line states: `单位：示例医院`, or a title such as `示例镇卫生院2020年2月值班表`.
 *
 * @example unitInLine('填报单位（盖章）：示例镇人民政府') // { unit: '示例镇人民政府', stated: true }
 */
export function unitInLine(line: string): { readonly unit: string; readonly stated: boolean } | undefined {
  const text = plain(line)
  const stated =
    /(?:^|[\s,;])(?:填报|填表|报送|所在|工作)?(?:单位|部门|科室)(?:名称)?(?:[(][^)]*[)])?\s*:\s*([^\s,;:]{2,40})/.exec(
      text,
    )
  if (stated?.[1] && !/^\d|元$/.test(stated[1])) return { unit: stated[1].replace(/[(]盖?章?[)]$/, ''), stated: true }
  const unit = stripTitle(text)
  return unit !== undefined && UNIT_ENDING.test(unit) ? { unit, stated: false } : undefined
}

/** A heading between rows, such as `一、示例镇卫生院`. */
export function unitInHeading(line: string): string | undefined {
  const bare = plain(line)
    .replace(/^[(]?[一二三四五六七八九十\d]+[)、.]\s*/, '')
    .replace(/[:：]$/, '')
  if (bare.length > 30 || /[,;。]/.test(bare)) return undefined
  return UNIT_ENDING.test(bare) ? bare : undefined
}

function stripTitle(text: string): string | undefined {
  const bare = text
    .replace(/[(][^)]*[)]/g, '')
    .replaceAll(' ', '')
    .replace(/(20\d{2}年?)?\d{1,2}月(\d{1,2}[日号]?)?([-~至到](\d{4}年)?(\d{1,2}月)?\d{1,2}[日号]?)?(份)?/g, '')
    .replace(/20\d{2}(年度|年|[./-]\d{1,2}([./-]\d{1,2})?)?/g, '')
    .replace(/^关于/, '')
  const unit = bare.replace(SHEET_WORDS, '')
  return unit.length >= 3 && unit.length <= 30 ? unit : undefined
}
