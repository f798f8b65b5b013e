import type { ITheme } from '@xterm/xterm'

/** Reads the page's tokens: terminals draw on a canvas, which knows no CSS. Ask again after a change of scheme. */
export function terminalColours(style: CSSStyleDeclaration = getComputedStyle(document.documentElement)): ITheme {
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  const hues = {
    red: token('fault'),
    green: token('pass'),
    yellow: token('leader'),
    blue: token('repl'),
    magenta: token('etcd'),
    cyan: token('sync'),
  }
  const bright = Object.fromEntries(
    Object.entries(hues).map(([name, value]) => [`bright${name[0]!.toUpperCase()}${name.slice(1)}`, value]),
  )
  return {
    background: token('inset'),
    foreground: token('ink2'),
    cursor: token('ink'),
    cursorAccent: token('inset'),
    selectionBackground: token('leader-f'),
    selectionForeground: token('leader-t'),
    black: token('line2'),
    white: token('ink2'),
    brightBlack: token('ink3'),
    brightWhite: token('ink'),
    ...hues,
    ...bright,
    scrollbarSliderBackground: token('line2'),
    scrollbarSliderHoverBackground: token('line3'),
    scrollbarSliderActiveBackground: token('line3'),
    overviewRulerBorder: token('inset'),
  }
}

/** Found text: the sheet's amber, because a hit is looked for; the present one outlined. */
export function searchColours(style: CSSStyleDeclaration = getComputedStyle(document.documentElement)) {
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  return {
    matchBackground: token('line2'),
    matchOverviewRuler: token('ink3'),
    activeMatchBackground: token('leader-f'),
    activeMatchBorder: token('leader-s'),
    activeMatchColorOverviewRuler: token('leader-s'),
  }
}
