import { App, ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import type { ReactNode } from 'react'
import { useLanguage } from '#platform/ui/problem-notice.tsx'
import { theme } from '#platform/ui/theme.ts'

/** Gives every page the tokens of the theme and the reader's language. */
export function Looks({ children }: { children: ReactNode }) {
  const language = useLanguage()
  return (
    <ConfigProvider theme={theme} locale={language === 'zh' ? zhCN : enUS} button={{ autoInsertSpace: false }}>
      <App>{children}</App>
    </ConfigProvider>
  )
}
