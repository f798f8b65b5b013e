import type { ClusterState } from './cluster.js'

/** Whether a host with these services keeps backups: it runs pgbackrest and no database. */
export const keepsBackups = ({ services }: { services: readonly string[] }): boolean =>
  services.includes('pgbackrest') && !services.includes('patroni')

/** What is known of the repository on a host that keeps backups. */
export const repositoryPart = ({ repositories, backup }: ClusterState, host: string): ClusterState['backup'] =>
  repositories?.[host] ?? backup
