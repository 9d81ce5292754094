import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import zh from './texts/zh.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation'
    resources: { translation: typeof zh }
  }
}

const KEPT_AS = 'tongpao.language'

export type Language = 'zh' | 'en'

export function keptLanguage(): Language | undefined {
  const kept = localStorage.getItem(KEPT_AS)
  return kept === 'zh' || kept === 'en' ? kept : undefined
}

/** Loads the catalogue of a language when it is not there yet, and switches to it. */
export async function switchLanguage(language: Language): Promise<void> {
  if (language === 'en' && !i18next.hasResourceBundle('en', 'translation')) {
    const { default: en } = await import('./texts/en.ts')
    i18next.addResourceBundle('en', 'translation', en)
  }
  localStorage.setItem(KEPT_AS, language)
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  await i18next.changeLanguage(language)
}

export async function startLanguage(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'zh',
    fallbackLng: 'zh',
    resources: { zh: { translation: zh } },
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  })
  const wanted = keptLanguage()
  if (wanted === 'en') await switchLanguage('en')
}
