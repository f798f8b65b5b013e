import type { SettingRow } from '../../src-main/cluster/config/parameters.js'

/** A row of pg_settings: a whole number that needs a restart, unless told otherwise. */
export const settingRow = (name: string, more: Partial<SettingRow> = {}): SettingRow => ({
  name,
  setting: '100',
  shown: '100',
  unit: null,
  vartype: 'integer',
  context: 'postmaster',
  minVal: '1',
  maxVal: '262143',
  enumVals: null,
  sourceFile: null,
  pendingRestart: false,
  ...more,
})
