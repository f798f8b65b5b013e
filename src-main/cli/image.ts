import { resolve } from 'node:path'
import { exportImage, importImage } from '../docker/image-bundle.js'
import { oldImages, pruneImages } from '../docker/image-prune.js'
import { imageStatus } from '../docker/image-status.js'
import { withDojo } from './connect.js'
import { Exit } from './failure.js'
import { bytes, count } from './output.js'
import { jsonOption, type Cli, type Verb } from './verb.js'

type Json = { json?: boolean }

export const image: Verb = (program, cli) => {
  const { io, json } = cli
  const group = program.command('image').summary('the host image: build, export FILE, import FILE, status, prune')
  group
    .command('build')
    .description('Builds the image that every host is made from, unless it is there already.')
    .option(...jsonOption)
    .action((options: Json) => build(cli, options))
  group
    .command('export')
    .description('Writes the image into a file, for rooms without internet. The name says how: .tar, .tar.gz, .tar.zst')
    .argument('<file>')
    .option(...jsonOption)
    .action(async (file: string, options: Json) => {
      const made = await exportImage(resolve(file))
      if (options.json) json(made)
      else io.out(`${made.tag} written to ${made.file} (${bytes(made.bytes)})\n`)
    })
  group
    .command('import')
    .description('Loads such a file into the engine.')
    .argument('<file>')
    .option(...jsonOption)
    .action(async (file: string, options: Json) => {
      const loaded = await importImage(resolve(file))
      if (options.json) json(loaded)
      else {
        io.out(`loaded ${loaded.tags.join(', ') || 'nothing'}\n`)
        if (!loaded.current) io.out(`This checkout needs ${loaded.needed}: run \`dojo image build\`.\n`)
      }
      if (!loaded.current) throw new Exit(3)
    })
  group
    .command('status')
    .description('Whether the image that this checkout needs is there. Exit code 3: it is not.')
    .option(...jsonOption)
    .action(async (options: Json) => {
      const status = await imageStatus()
      if (options.json) json(status)
      else io.out(`${status.tag}  ${status.state}${status.sizeBytes === null ? '' : `  ${bytes(status.sizeBytes)}`}\n`)
      if (!options.json) await mentionOld(cli)
      if (status.state !== 'current') throw new Exit(3)
    })
  group
    .command('prune')
    .description(
      'Removes host images that this checkout does not need and no container uses. Another checkout may have to build its own again.',
    )
    .option(...jsonOption)
    .action(async (options: Json) => {
      const pruned = await pruneImages()
      if (options.json) return json(pruned)
      for (const { name, bytes: size } of pruned.removed) io.out(`removed ${name} (${bytes(size)})\n`)
      if (pruned.removed.length === 0) io.out('nothing to remove\n')
    })
}

async function mentionOld({ io }: Cli): Promise<void> {
  const old = await oldImages()
  if (old.length === 0) return
  const size = bytes(old.reduce((sum, image) => sum + image.bytes, 0))
  io.out(`${count(old.length, 'older image')}, ${size}: \`dojo image prune\` removes what no lab uses\n`)
}

async function build({ io, json }: Cli, options: Json): Promise<void> {
  const startedAt = performance.now()
  const before = (await imageStatus()).state === 'current'
  let said = ''
  if (!before) {
    await withDojo(async ({ client }) => {
      for await (const { phase, step, steps, line, seconds } of await client.image.build()) {
        const at = `${phase} ${step}/${steps}`
        if (options.json || at === said) continue
        said = at
        const where = steps > 0 ? `${phase} ${step}/${steps}` : phase
        io.out(
          `${seconds.toFixed(1).padStart(6)} s  ${where.padEnd(18)}  ${line.replaceAll(/\s+/g, ' ').slice(0, 90)}\n`,
        )
      }
    })
  }
  const status = await imageStatus()
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10
  if (options.json) json({ ...status, built: !before, seconds })
  else
    io.out(`${status.tag} ${before ? 'is there already' : `built in ${seconds} s`} (${bytes(status.sizeBytes ?? 0)})\n`)
}
