import type { JSX } from 'react'

/**
 * Icons are SVG symbols, defined once by <IconSheet/> at the root and used by name. The hatch patterns live there too:
 * `hatch` for small grounds, `hatch-wide` for hosts, `hatch-line` where only the lines are wanted.
 */
const stroke = (d: string, width = 1.5): JSX.Element => (
  <path d={d} fill="none" stroke="currentColor" strokeWidth={width} />
)

const symbols = {
  pass: <path d="M3 8.5l3.2 3.2L13 4.8" fill="none" stroke="var(--pass)" strokeWidth="2" />,
  fail: <path d="M4 4l8 8M12 4l-8 8" fill="none" stroke="var(--fault)" strokeWidth="2" />,
  waiting: (
    <>
      <circle cx="8" cy="8" r="5.5" fill="none" stroke="var(--line3)" strokeWidth="1.5" />
      <path d="M8 2.5a5.5 5.5 0 0 1 5.5 5.5" fill="none" stroke="var(--wait)" strokeWidth="2" />
    </>
  ),
  unknown: (
    <>
      <path
        d="M5.2 5.8c0-1.7 1.2-2.8 2.9-2.8s2.8 1 2.8 2.5c0 2-2.8 2.1-2.8 4.2"
        fill="none"
        stroke="var(--unk)"
        strokeWidth="1.75"
      />
      <rect x="7.1" y="11.6" width="2" height="2" fill="var(--unk)" />
    </>
  ),
  idle: <circle cx="8" cy="8" r="5" fill="none" stroke="var(--line3)" strokeWidth="1.5" />,
  diagnosis: stroke('M2.5 3.5h11v7h-6l-3 3v-3h-2z'),
  run: <path d="M5 3.5v9l7.5-4.5z" fill="currentColor" />,
  right: stroke('M6 4l4 4-4 4'),
  left: stroke('M10 4L6 8l4 4'),
  up: stroke('M4 10l4-4 4 4'),
  down: stroke('M4 6l4 4 4-4'),
  plus: stroke('M8 3v10M3 8h10'),
  close: stroke('M4 4l8 8M12 4l-8 8'),
  split: stroke('M2.5 3.5h11v9h-11zM8 3.5v9', 1.25),
  find: (
    <>
      <circle cx="7" cy="7" r="4" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M10 10l3.5 3.5" stroke="currentColor" strokeWidth="1.5" />
    </>
  ),
  maximise: stroke('M3 6.5V3h3.5M9.5 3H13v3.5M13 9.5V13H9.5M6.5 13H3V9.5', 1.25),
  restore: stroke('M6.5 3v3.5H3M9.5 3v3.5H13M13 9.5H9.5V13M3 9.5h3.5V13', 1.25),
  copy: stroke('M5.5 5.5h7v8h-7zM3.5 10.5v-8h7', 1.25),
  leader: <path d="M2.5 13h11L8 3z" fill="var(--leader-s)" />,
  sync: <rect x="3.5" y="3.5" width="9" height="9" fill="var(--sync)" />,
  replica: <rect x="4" y="4" width="8" height="8" fill="none" stroke="var(--repl)" strokeWidth="1.5" />,
  vote: <circle cx="8" cy="8" r="4" fill="var(--etcd)" />,
  'vote-lost': <circle cx="8" cy="8" r="4" fill="none" stroke="var(--etcd)" strokeWidth="1.5" strokeDasharray="2 2" />,
  fault: (
    <>
      <rect x="2.5" y="2.5" width="11" height="11" rx="2" fill="url(#hatch)" stroke="var(--fault)" />
    </>
  ),
  frozen: stroke('M6 4v8M10 4v8', 2),
  logo: (
    <>
      <path d="M8 2a6 6 0 1 1-5.7 4.1" fill="none" stroke="var(--ink)" strokeWidth="1.6" />
      <rect x="6.4" y="6.4" width="3.2" height="3.2" fill="var(--leader-s)" />
    </>
  ),
} satisfies Record<string, JSX.Element>

export type IconName = keyof typeof symbols

export function Icon({ name, size = 16, className }: { name: IconName; size?: number; className?: string }) {
  return (
    <svg className={`icon ${className ?? ''}`} style={{ width: size, height: size }} aria-hidden="true">
      <use href={`#i-${name}`} />
    </svg>
  )
}

const Hatch = ({ id, step, ground, faint }: { id: string; step: number; ground: boolean; faint?: boolean }) => (
  <pattern id={id} width={step} height={step} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
    {ground && <rect width={step} height={step} style={{ fill: 'var(--fault-f)' }} />}
    <rect width="1" height={step} style={{ fill: 'var(--fault-h)', opacity: faint ? 0.5 : 1 }} />
  </pattern>
)

/** Mounted once, at the root. Not `display: none`: patterns in such a tree don't paint. */
export function IconSheet() {
  return (
    <svg width="0" height="0" style={{ position: 'absolute' }} aria-hidden="true" focusable="false">
      <defs>
        <Hatch id="hatch" step={6} ground />
        <Hatch id="hatch-wide" step={8} ground faint />
        <Hatch id="hatch-line" step={8} ground={false} />
        {Object.entries(symbols).map(([name, drawing]) => (
          <symbol key={name} id={`i-${name}`} viewBox="0 0 16 16">
            {drawing}
          </symbol>
        ))}
      </defs>
    </svg>
  )
}
