/**
 * The shell command that has Patroni copy a member's data anew, from any host of its site. patronictl ends with 0 when
 * Patroni refused as well, as it does while it is busy with that member: whoever fails here tries again.
 */
export const reinitCommand = (scope: string, member: string): string =>
  `patronictl reinit ${scope} ${member} --force | grep Success`
