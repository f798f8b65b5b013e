// Imported before anything else, and written so that even an old Node can read it.
const wanted = [20, 19]
const [major, minor] = process.versions.node.split('.').map(Number)

if (major < wanted[0] || (major === wanted[0] && minor < wanted[1])) {
  console.error(
    `Node ${process.versions.node} is too old: pg-ha-dojo needs ${wanted.join('.')} or later.\n` +
      'Install a current Node (nvm install 22, or your package manager), then run this again.',
  )
  process.exit(3)
}
