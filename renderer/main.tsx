import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { mirrorNotices } from './stores/notices.ts'
import { Shell } from './views/shell.tsx'
import './styles.css'

const root = document.getElementById('root')
if (!root) throw new Error('The page has no root.')
void mirrorNotices()
createRoot(root).render(
  <StrictMode>
    <Shell />
  </StrictMode>,
)
