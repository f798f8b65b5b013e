export { createBackups, type Backups } from './backups.js'
