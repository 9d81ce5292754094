/** A made-up notice that asks for everything beside duty, for tests: events, family, findings, units and sums of their duty. */
export const FACTS_PACK = `
pack:
  id: facts-city
  version: "1"
  title: { zh: 虚构市关爱办法（编造）, en: Care rules (made up) }
  level: city
  area: "9900"
  published: 2020-01-20
sources:
  rules:
    title: 虚构市一线人员关爱办法（编造）
    number: 虚防〔2020〕1号
    issued_by: [虚构市指挥部]
    published: 2020-01-20
    grade: U
clauses:
  "1":
    title: { zh: 待遇, en: Pay }
    summary: { zh: 各项待遇, en: what is given }
    source: rules
    offices: [市人力社保局]
events:
  rescue: { title: { zh: 转移群众, en: rescue of residents } }
findings:
  key-duty: { title: { zh: 承担重要职能, en: carries a key duty } }
  work-injury: { title: { zh: 认定工伤, en: a recognised work injury } }
parameters:
  rescue-amount:
    title: { zh: 每次转移补助, en: for each rescue }
    unit: yuan_once
    values: [{ from: 2020-01-20, value: 80 yuan, source: rules, example: yes }]
  elder-amount:
    title: { zh: 照护补助, en: for carers }
    unit: yuan_once
    values: [{ from: 2020-01-20, value: 500 yuan, source: rules, example: yes }]
  injury-amount:
    title: { zh: 工伤慰问金, en: for the injured }
    unit: yuan_once
    values: [{ from: 2020-01-20, value: 1000 yuan, source: rules, example: yes }]
  unit-share:
    title: { zh: 核增比例, en: share added }
    unit: percent
    values: [{ from: 2020-01-20, value: 15 %, source: rules, example: yes }]
  per-front-line:
    title: { zh: 每名一线人员拨付, en: for each person on the front line }
    unit: yuan_once
    values: [{ from: 2020-01-20, value: 50 yuan, source: rules, example: yes }]
decision_points:
  extra-share:
    clause: "1"
    question: { zh: 卡口单位是否另行拨付, en: whether checkpoints get something more }
    word: 可
    decided_by: [县财政局]
    scope: unit
    basis: rules
    choices:
      give: { title: { zh: 拨付, en: give }, outcome: entitled }
      none: { title: { zh: 不拨付, en: do not }, outcome: not_covered }
entitlements:
  rescue-pay:
    title: { zh: 转移群众补助, en: rescue pay }
    clause: "1"
    source: rules
    from: 2020-01-20
    gives: money_per_event
    events: [rescue]
    who: [{ outcome: entitled, basis: rules }]
    amount: rescue-amount
  elder-care:
    title: { zh: 照护老人补助, en: for those who care for elders }
    clause: "1"
    source: rules
    from: 2020-01-20
    gives: money_once
    days: all
    who:
      - { when: { family: { elder_care: yes } }, outcome: entitled, basis: rules }
      - { outcome: not_covered, reason: { zh: 没有需照护的老人, en: nobody to care for } }
    amount: elder-amount
  injury-pay:
    title: { zh: 工伤慰问金, en: for the injured }
    clause: "1"
    source: rules
    from: 2020-01-20
    gives: money_once
    days: all
    who:
      - { when: { finding: { work-injury: yes } }, outcome: entitled, basis: rules }
      - { outcome: not_covered, reason: { zh: 没有认定工伤, en: no recognised injury } }
    amount: injury-amount
  recovery-pay:
    title: { zh: 疗养补助, en: for recovery }
    clause: "1"
    source: rules
    from: 2020-01-20
    gives: money_once
    days: all
    who:
      - { when: { finding: { work-injury: yes } }, outcome: not_covered, reason: { zh: 另发慰问金, en: given otherwise } }
      - { when: { family: { elder_care: yes } }, outcome: not_covered, reason: { zh: 另发照护补助, en: given otherwise } }
      - { outcome: entitled, basis: rules }
    amount: elder-amount
  unit-increase:
    title: { zh: 一次性核增绩效工资总量, en: more performance pay for the unit }
    clause: "1"
    source: rules
    from: 2020-01-20
    for: unit
    gives: money_once
    who:
      - { when: { unit_kind: hospital, finding: { key-duty: yes } }, outcome: entitled, basis: rules }
      - { outcome: not_covered, reason: { zh: 不是承担重要职能的医院, en: other units } }
    amount: { share: unit-share, of: { fact: performance_pay_total } }
  unit-allotment:
    title: { zh: 按一线人数拨付, en: by people on the front line }
    clause: "1"
    source: rules
    from: 2020-01-20
    for: unit
    gives: money_once
    who:
      - { when: { unit_kind: hospital }, outcome: entitled, basis: rules }
      - { when: { unit_kind: checkpoint }, outcome: undecided, decision: extra-share, basis: rules }
      - { outcome: not_covered, reason: { zh: 其他单位, en: other units } }
    amount: { per: front_line_people, take: per-front-line }
`
