import type { ThemeConfig } from 'antd'

/** Design tokens of the console: one accent, quiet greys, and two colours that mean something (late, waiting). */
export const COLOURS = {
  ink: '#1b2a2d',
  ink_soft: '#4d5c5f',
  accent: '#0f5c66',
  accent_soft: '#e4eff0',
  ground: '#f5f6f4',
  surface: '#ffffff',
  line: '#dde2e0',
  late: '#a8321a',
  late_soft: '#fbece7',
  waiting: '#7a5200',
  waiting_soft: '#fbf3df',
} as const

/** System fonts only: nothing is fetched, and Chinese text uses the face that the reader's machine knows best. */
export const FONT_FAMILY =
  'system-ui, -apple-system, "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Source Han Sans SC", "Noto Sans CJK SC", sans-serif'

export const theme: ThemeConfig = {
  token: {
    colorPrimary: COLOURS.accent,
    colorLink: COLOURS.accent,
    colorInfo: COLOURS.accent,
    colorSuccess: COLOURS.accent,
    colorError: COLOURS.late,
    colorErrorBg: COLOURS.late_soft,
    colorErrorBorder: '#e3b3a6',
    colorWarning: COLOURS.waiting,
    colorWarningBg: COLOURS.waiting_soft,
    colorWarningBorder: '#e5cf9b',
    colorText: COLOURS.ink,
    colorTextSecondary: COLOURS.ink_soft,
    colorTextTertiary: COLOURS.ink_soft,
    colorTextDescription: COLOURS.ink_soft,
    colorTextPlaceholder: '#667376',
    colorBorder: '#b9c2c0',
    colorBorderSecondary: COLOURS.line,
    colorBgLayout: COLOURS.ground,
    fontFamily: FONT_FAMILY,
    fontSize: 14,
    borderRadius: 4,
    wireframe: false,
    // Nothing slides or fades: a clerk who works fast does not wait for the page.
    motion: false,
  },
  components: {
    Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none' },
    Tree: { titleHeight: 30, nodeSelectedBg: COLOURS.accent_soft },
    Tag: { defaultBg: '#eef1f0', defaultColor: COLOURS.ink_soft },
  },
}
