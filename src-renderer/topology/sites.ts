import type { Box, SiteFrame, Spec } from './places.js'

/** Room above the boxes for the names of sites, in pixels. */
export const frameHead = 20
/** From the boxes to the frame: on the left runs the replication to a host that is not the next one. */
const air = { left: 14, right: 6, bottom: 5 }

export const hasSites = ({ hosts }: Spec): boolean => Object.values(hosts).some(({ site }) => site !== undefined)

/** A frame around the hosts of each site. */
export function framesOf(placed: { hosts: Record<string, Box>; height: number }, spec: Spec): SiteFrame[] {
  if (!hasSites(spec)) return []
  const sites = [...new Set(Object.values(spec.hosts).map(({ site }) => site))]
  return sites.map((site) => {
    const boxes = Object.entries(placed.hosts)
      .filter(([name]) => spec.hosts[name]!.site === site)
      .map(([, box]) => box)
    const x = Math.min(...boxes.map((box) => box.x)) - air.left
    const y = Math.min(...boxes.map((box) => box.y)) - frameHead
    const right = Math.max(...boxes.map((box) => box.x + box.width)) + air.right
    // all frames are as high as the picture, so that they can be told from hosts
    const bottom = Math.max(...Object.values(placed.hosts).map((box) => box.y + box.height)) + air.bottom
    return { site, words: `${site ?? 'main'} site`, box: { x, y, width: right - x, height: bottom - y } }
  })
}
