import type { Fact } from './scene-base.js'
import type { Scene } from './scene.js'

const words = ({ text, value }: Fact): string => (value ? `${text} ${value}` : text)

/** The picture in words: the same scene, one row per part. */
export function TopologyTable({ scene, caption }: { scene: Scene; caption: string }) {
  const { quorum, fork } = scene
  return (
    <table className="pic-table">
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Part</th>
          <th scope="col">State</th>
          <th scope="col">What it says</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <td className="mono">client</td>
          <td>{scene.client.writes === null ? 'no probe' : `${scene.client.writes} writes/s`}</td>
          <td>{scene.client.explain}</td>
        </tr>
        {scene.hosts.map((card) => (
          <tr key={card.name}>
            <td className="mono">{card.name}</td>
            <td>{[card.word?.toLowerCase() ?? 'up', card.right].filter(Boolean).join(', ')}</td>
            <td>{[...card.facts.map(words), ...(card.ring ? [card.ring.explain] : [])].join('; ')}</td>
          </tr>
        ))}
        {quorum && (
          <tr>
            <td>etcd quorum</td>
            <td>{quorum.count}</td>
            <td>
              {quorum.votes
                .map(({ name, votes }) => `${name} ${votes === null ? 'unknown' : votes ? 'votes' : 'lost'}`)
                .join(', ')}
              ; {quorum.words}. {quorum.explain}
            </td>
          </tr>
        )}
        {scene.links.map((link) => (
          <tr key={`${link.kind}-${link.from}-${link.to}`}>
            <td className="mono">{`${link.from} to ${link.to}`}</td>
            <td>{link.cut ? `cut: ${link.cut.words}` : stateWords[link.state]}</td>
            <td>{link.explain}</td>
          </tr>
        ))}
        {fork && (
          <tr>
            <td>timelines</td>
            <td>{fork.newest.timeline}</td>
            <td>
              {[fork.newest.words, ...fork.left.map((branch) => branch.words)].join('; ')}. {fork.explain}
            </td>
          </tr>
        )}
        {scene.violations.map(({ id, words }) => (
          <tr key={id}>
            <td>safety rule</td>
            <td>broken</td>
            <td>{words}</td>
          </tr>
        ))}
        {scene.faults.map((fault) => (
          <tr key={fault.id}>
            <td>fault</td>
            <td>{fault.words}</td>
            <td>
              {[fault.reach, fault.since].filter(Boolean).join('; ')}. {fault.explain}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const stateWords = { flows: 'flows', ready: 'there, idle', stalled: 'falls behind', cut: 'cut' }
