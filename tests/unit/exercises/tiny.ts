/** The smallest exercise with everything in it: two steps, a question, a diagnosis with its decoy. */
export const tiny = `exercise: tiny
number: 1
title: Tiny
goal: Nothing much
group: Read
kind: guided
topology: pair-witness
minutes: 5
difficulty: first
steps:
  - step: one
    title: Step one
    text: one.md
    afterwards: one-after.md
    remember: { old: leader, line: timeline }
    keep: { ttl: ttl }
    baseline: { cluster: { leader: pg1 } }
    questions:
      - { id: who, ask: "Who leads?", kind: text }
    readouts:
      - { label: ttl, value: ttl, unit: s }
    checks:
      - id: leads
        title: pg1 leads
        mode: level
        by: cluster
        cluster: { leader: pg1 }
      - id: named
        title: You named it
        answer: { question: who, live: leader, what: the leader }
    diagnoses:
      - id: wrong
        title: The other one
        when: { all: [{ passes: leads }, { answered: { question: who, is: pg2 } }] }
        says: That is the standby of {{old}}
        compare:
          - { label: ttl, seconds: ttl, note: live }
          - { label: fixed, seconds: 3, note: known }
          - { label: none, seconds: { outage: {} }, note: left out while there is none }
    hints: [Look, "Look at {{old}}"]
    solution:
      - { on: pg1, run: patronictl list, says: Ask Patroni. }
      - { answer: who, live: leader }
    decoys:
      - id: other
        because: mixed up
        do: [{ answer: who, value: pg2 }]
        fails: { check: named, diagnosis: wrong }
  - step: two
    title: Move {{old}}
    text: two.md
    baseline: { cluster: { leader: { isNot: nobody } } }
    actions:
      - { label: "Crash {{old}}", fault: crash, target: "{{old}}" }
    checks:
      - id: moved
        title: "{{old}} leads"
        cluster: { leader: "{{old}}", timeline: { moreThan: "{{line}}" } }
    hints: [One, Two]
    solution:
      - { fault: crash, target: "{{old}}" }
summary:
  - { label: ttl was, value: { literal: "{{ttl}}" }, unit: s }
`

export const tinyProse: Record<string, string> = {
  'one.md': 'Ask **{{old}}**:\n\n```sh run on={{old}}\npatronictl list\n```\n',
  'one-after.md': 'It was {{old}}.\n',
  'two.md': 'Now {{old}} with ttl {{ttl}}.\n',
}
