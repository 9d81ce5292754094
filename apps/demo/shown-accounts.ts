/** What the sign-in pages show of the demo city. Read by pages: nothing of the server may be imported here. */

/** Everybody may know it: the demo city is open to whoever runs it, and says so on its sign-in page. */
export const DEMO_PASSWORD = 'tongpao-demo'

export interface DemoAccount {
  readonly login: string
  readonly zh: string
  readonly en: string
}

/** Accounts that the sign-in page offers. */
export const DEMO_ACCOUNTS: readonly DemoAccount[] = [
  { login: 'nurse', zh: '护士（柯桥区人民医院）', en: 'Nurse, Keqiao hospital' },
  { login: 'officer', zh: '卡口值守员（柯桥区，须休息）', en: 'Checkpoint officer, Keqiao, ordered to rest' },
  { login: 'manager', zh: '单位负责人（柯桥区人民医院）', en: 'Unit manager, Keqiao hospital' },
  { login: 'deputy', zh: '单位副负责人（柯桥区人民医院）', en: 'Deputy manager, Keqiao hospital' },
  { login: 'finance', zh: '财政经办（柯桥区）', en: 'Finance clerk, Keqiao district' },
  { login: 'hr', zh: '人社经办（全市）', en: 'HR clerk, whole city' },
  { login: 'organisation', zh: '组织经办（全市）', en: 'Organisation clerk, whole city' },
  { login: 'command', zh: '指挥部（全市）', en: 'Command, whole city' },
  { login: 'health', zh: '健康信息专员（全市）', en: 'Health officer, whole city' },
  { login: 'auditor', zh: '审计（全市）', en: 'Auditor, whole city' },
  { login: 'admin', zh: '系统管理员', en: 'Administrator' },
]
