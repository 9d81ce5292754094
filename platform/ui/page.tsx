import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'

/** The frame of a page: its name, what it is about, what can be done there. */
export function Page({
  title,
  about,
  actions,
  children,
}: {
  title: string
  about?: ReactNode
  actions?: ReactNode
  children: ReactNode
}) {
  const { t } = useTranslation()
  useEffect(() => {
    document.title = `${title} · ${t('common.product')}`
  }, [title, t])
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>{title}</h1>
          {about ? <p>{about}</p> : null}
        </div>
        {actions ? <div className="row">{actions}</div> : null}
      </header>
      {children}
    </div>
  )
}

export function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section>
      <div className="row spread section-head">
        <h2 className="section-title">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  )
}

/** Names and values, one below the other; what is absent is left out by the caller. */
export function Facts({ items }: { items: readonly (readonly [label: string, value: ReactNode])[] }) {
  return (
    <dl className="facts">
      {items.map(([label, value]) => (
        <div key={label} style={{ display: 'contents' }}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
