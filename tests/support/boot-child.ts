/** Boots a lab in a process of its own, for tests that kill it. Says on standard output what phase it has reached. */
import { beginLab, downLab } from '../../src-main/lab/labs.js'
import { openHome } from '../../src-main/lab/store.js'

const [verb, dir, lab] = process.argv.slice(2) as [string, string, string]
const home = await openHome(dir)

if (verb === 'up') {
  const boot = await beginLab({ topology: 'pair-witness', name: lab }, home)
  console.log('began')
  const told = new Set<string>()
  boot.progress.onChange(() => {
    const { phases, hosts } = boot.progress.snapshot()
    for (const { name, container } of hosts) if (container !== 'absent') tell(`${container} ${name}`)
    for (const { phase, state } of phases) if (state === 'done') tell(`done ${phase}`)
  })
  const tell = (line: string): void => {
    if (told.has(line)) return
    told.add(line)
    console.log(line)
  }
  await boot.done
  console.log('healthy')
  await boot.settled
} else {
  console.log('began')
  await downLab(lab, home)
  console.log('gone')
}
