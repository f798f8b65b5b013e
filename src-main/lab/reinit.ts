/**
 * The shell command that has Patroni copy a member's data anew, from any host of its site. It fails while Patroni is busy
 * with that member: whoever fails here tries again. patronictl ends with 0 after some refusals, so its words decide, and
 * the last of them is the reason; that it then asks whether to cancel, and hears nothing, is none.
 *
 * Never --force, which cancels what Patroni does there: with 4.0.7 the start of PostgreSQL that was next in line may then
 * run beside the copy. Seen to end in crash recovery of half a copy, which then has WAL that the leader never wrote, and
 * waits for it: "requested start point is ahead of the upstream server's flush position".
 */
export const reinitCommand = (scope: string, member: string, options = ''): string =>
  `echo y | patronictl reinit ${scope} ${member}${options && ` ${options}`} 2>&1 | awk '{ sub(/.*\\[y\\/N\\]: /, "") } !/Aborted|^$/ { said = $0 } /Success:/ { ok = 1 } END { print said; exit !ok }'`
