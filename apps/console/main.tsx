import '#platform/ui/base.css'
import './shell.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startLanguage } from '#platform/ui/language.ts'
import { createQueryClient } from '#platform/ui/queries.ts'
import { Looks } from './looks.tsx'
import { createConsoleRouter } from './routes.tsx'

async function start(root: HTMLElement): Promise<void> {
  // The texts come first, so that nothing is shown in the wrong language.
  await startLanguage()
  const queryClient = createQueryClient()
  const router = createConsoleRouter()
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <Looks>
          <RouterProvider router={router} />
        </Looks>
      </QueryClientProvider>
    </StrictMode>,
  )
}

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
void start(root)
