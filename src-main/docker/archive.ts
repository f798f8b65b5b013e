import { pack } from 'tar-stream'

/** Users of the host image; their numbers are fixed by docker/Dockerfile. */
export const uidOf = { root: 0, postgres: 800, etcd: 801, haproxy: 802, prometheus: 803 } as const
export type HostUser = keyof typeof uidOf

/** A file that the app puts into a host before its first start. */
export interface HostFile {
  /** Absolute path in the host; its folder is in the image. */
  path: string
  content: string
  owner: HostUser
  mode: number
}

/** The files as one tar archive, rooted at /. */
export async function archiveOf(files: readonly HostFile[], mtime: Date): Promise<Buffer> {
  const tar = pack()
  for (const { path, content, owner, mode } of files) {
    tar.entry({ name: path.slice(1), mode, uid: uidOf[owner], gid: uidOf[owner], mtime }, content)
  }
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
