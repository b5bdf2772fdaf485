import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

/** The one accent. Its sixth and seventh shade stand behind white text, in the dark theme and in the light one. */
const green: MantineColorsTuple = [
  '#eef8e9',
  '#dcefd3',
  '#bbdfab',
  '#9ad081',
  '#84c767',
  '#6bb54c',
  '#3b7d24',
  '#2f6f1d',
  '#275e18',
  '#1d4a11',
]

/** The greys of tokens.css, as the library mixes them in its dark theme. */
const dark: MantineColorsTuple = [
  '#e6e8ea',
  '#c3c9cf',
  '#a0a8b0',
  '#7b838a',
  '#454c53',
  '#33383d',
  '#25292d',
  '#1f2225',
  '#16181a',
  '#101214',
]

export const theme = createTheme({
  colors: { green, dark },
  primaryColor: 'green',
  primaryShade: { light: 7, dark: 6 },
  fontFamily: "'Inter Variable', system-ui, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '22px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '24px', xl: '32px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  defaultRadius: 6,
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300, multiline: true, maw: 360 } },
    // The first item has the focus at once, as menus should; the placeholder is no child that a menu may have.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', checkIconPosition: 'right' } },
  },
})

/** The library draws with our colours: see tokens.css. */
export const variables: CSSVariablesResolver = () => {
  const common = {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--soft)',
    '--mantine-color-placeholder': 'var(--soft)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--edge)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-anchor': 'var(--accent)',
  }
  return { variables: {}, light: common, dark: common }
}
