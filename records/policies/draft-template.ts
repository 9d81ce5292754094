/** What an empty draft begins with: a pack that can be read, with comments that say what goes where. */
const PACK = `# 政策包：把一份通知写成数据。每一处都写明依据；没有定下来的数不要猜，留给有权决定的人。
pack:
  id: my-county-2020
  version: "1"
  title: { zh: 某区补助标准, en: rates of a district }
  level: county                # national 国家 / province 省 / city 市 / county 县（区）
  area: "330603"               # 区划代码
  extends: shaoxing-2020       # 上一级的政策包
  published: 2020-02-05        # 发布日期

sources:
  # 依据的文件。grade：A 官方原文，B 可靠转载，C 未核实，U 无文件（工作规定）。
  own-document:
    title: 关于一线人员补助标准的通知
    issued_by: [某区财政局]
    published: 2020-02-05
    grade: U

sets:
  # 上级留给本级定的数。值要带单位；以前的日子也改时，写 known: 从哪天起可知。
  meal-allowance-rate:
    values:
      - { from: 2020-01-23, value: 40 yuan, source: own-document }
`

export const TEMPLATE_FILES: readonly { readonly path: string; readonly text: string }[] = [
  { path: 'pack.yaml', text: PACK },
]
