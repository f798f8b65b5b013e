/** Every object that the app makes carries these: they, and the labs' folders, are the whole state. */
export const label = {
  product: 'pg-ha-dojo.product',
  home: 'pg-ha-dojo.home',
  lab: 'pg-ha-dojo.lab',
  host: 'pg-ha-dojo.host',
  role: 'pg-ha-dojo.role',
} as const

export const product = 'pg-ha-dojo'
/** host: a machine of a lab; helper: stands beside one for a moment; network: the lab's bridge; disk: see disks.ts. */
export type Role = 'host' | 'helper' | 'network' | 'disk'

/** Whose object it is: the home folder's id and the lab's name. Two homes on one engine never touch each other's. */
export interface Owner {
  homeId: string
  lab: string
}

export const labelsOf = ({ homeId, lab }: Owner, role: Role, host?: string): Record<string, string> => ({
  [label.product]: product,
  [label.home]: homeId,
  [label.lab]: lab,
  [label.role]: role,
  ...(host === undefined ? {} : { [label.host]: host }),
})

/** Filter for the engine's lists and events: what a home, a lab of it, or a role in that lab holds. */
export const filterOf = (homeId: string, lab?: string, role?: Role): { label: string[] } => ({
  label: [
    `${label.product}=${product}`,
    `${label.home}=${homeId}`,
    ...(lab === undefined ? [] : [`${label.lab}=${lab}`]),
    ...(role === undefined ? [] : [`${label.role}=${role}`]),
  ],
})

export const containerName = ({ homeId, lab }: Owner, host: string): string => `dojo-${homeId}-${lab}-${host}`
export const networkName = ({ homeId, lab }: Owner): string => `dojo-${homeId}-${lab}`
