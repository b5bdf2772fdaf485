import { createRoot } from 'react-dom/client'
import { StrictMode } from 'react'
import '@fontsource-variable/inter/index.css'
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/parts.css'
import { mirrorLibrary } from './stores/library.ts'
import { mirrorAll } from './stores/mirrors.ts'
import { mirrorNotices } from './stores/notices.ts'
import { hearViews } from './stores/view-asked.ts'
import { Frame } from './views/shell/frame.tsx'

const root = document.getElementById('root')
if (!root) throw new Error('The page has no root.')
void mirrorNotices()
void mirrorAll()
mirrorLibrary()
hearViews()
createRoot(root).render(
  <StrictMode>
    <Frame />
  </StrictMode>,
)
