import { useEffect, useMemo, useState } from 'preact/hooks'
import { PASSWORD_LENGTH_MIN } from '#platform/access/password-rules.ts'
import type { QueuedAction } from '#platform/ui/phone/outbox/action.ts'
import { Outbox } from '#platform/ui/phone/outbox/outbox.ts'
import { type Language, TextsContext, textsOf } from '#platform/ui/phone/texts.ts'
import { JoinPage } from './pages/join.tsx'
import { SignInPage } from './pages/sign-in.tsx'
import { routeOf } from './route.ts'
import { Shell } from './shell.tsx'
import { en } from './texts/en.ts'
import { zh } from './texts/zh.ts'
import { useSession } from './use-session.ts'

const LANGUAGE = 'tongpao.language'

function chosenLanguage(): Language {
  return localStorage.getItem(LANGUAGE) === 'en' ? 'en' : 'zh'
}

export function App() {
  const [language, setLanguage] = useState<Language>(chosenLanguage)
  const [hash, setHash] = useState(location.hash)
  const [actions, setActions] = useState<readonly QueuedAction[]>([])
  const outbox = useMemo(() => new Outbox(), [])
  const session = useSession()
  const { standing, notice, readAgain } = session
  const texts = useMemo(() => textsOf(language, language === 'zh' ? zh : en), [language])

  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
    document.title = texts.t('app_name')
    localStorage.setItem(LANGUAGE, language)
  }, [language, texts])

  useEffect(() => {
    const onHash = () => {
      setHash(location.hash)
      scrollTo(0, 0)
    }
    addEventListener('hashchange', onHash)
    return () => removeEventListener('hashchange', onHash)
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: one queue for the life of the page
  useEffect(
    () => outbox.start({ onChange: setActions, onRecorded: readAgain, onSignedOut: () => notice('signed_out') }),
    [outbox],
  )

  // The same person is back, or the page was opened: what waits goes now.
  const userId = standing.state === 'signed_in' ? standing.remembered.session.user_id : undefined
  useEffect(() => {
    if (userId !== undefined && session.reachable) outbox.sendNow()
  }, [outbox, userId, session.reachable])

  const route = routeOf(hash)
  const leaveJoin = () => {
    location.hash = '#/today'
  }
  const page =
    route.page === 'join' ? (
      <JoinPage
        code={route.query.get('code') ?? ''}
        lengthMin={PASSWORD_LENGTH_MIN}
        onDone={leaveJoin}
        onSignedIn={(entered, login) => {
          session.signedIn(entered, login)
          leaveJoin()
        }}
      />
    ) : standing.state === 'starting' ? (
      <p class="starting">{texts.t('app_name')}</p>
    ) : standing.state === 'signed_out' ? (
      <SignInPage
        key={standing.login}
        expired={standing.expired}
        login={standing.login}
        waiting={actions.filter((action) => action.state === 'waiting')}
        onSignedIn={(entered, login) => {
          setLanguage(localStorage.getItem(LANGUAGE) === 'en' ? 'en' : entered.language)
          session.signedIn(entered, login)
        }}
      />
    ) : (
      <Shell
        route={route}
        remembered={standing.remembered}
        session={session}
        outbox={outbox}
        actions={actions}
        onLanguage={setLanguage}
      />
    )
  return <TextsContext.Provider value={texts}>{page}</TextsContext.Provider>
}
