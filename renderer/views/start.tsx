const steps = [
  {
    title: 'Plan',
    says: 'What would be copied, how many bytes, what is there already, and whether it fits.',
    commands: ['ngc-replicator --image nvidia/pytorch --latest 3 --output-path FOLDER --dry-run'],
  },
  {
    title: 'Transfer',
    says: 'Each image becomes one tarball in the folder, checked against its digest on the way.',
    commands: ['ngc-replicator --image nvidia/pytorch --latest 3 --output-path FOLDER'],
  },
  {
    title: 'Verify',
    says: 'On the far side, with no network: what the drive holds, and that every byte is intact.',
    commands: ['ngc-replicator inventory FOLDER', 'ngc-replicator verify FOLDER'],
  },
]

const words = [
  ['Repository', 'what NGC offers under one name, such as nvidia/pytorch'],
  ['Selection', 'what you picked: references, or rules that yield them'],
  ['Plan', 'a selection, with its bytes and what fits'],
  ['Transfer', 'one image on its way to a destination'],
  ['Tarball', 'the file that one image becomes'],
  ['Library', 'what a folder or drive holds'],
] as const

/** What the window says while it cannot copy by itself: the way that works today. */
export function Start() {
  return (
    <>
      <h1>Pick images, pick a drive, carry them over</h1>
      <p className="lead">
        This window does not copy yet. The command line does, on this side of the gap and on the far
        side.
      </p>
      <ol className="steps">
        {steps.map(({ title, says, commands }) => (
          <li key={title}>
            <h2>{title}</h2>
            <p>{says}</p>
            {commands.map((command) => (
              <Command key={command} text={command} />
            ))}
          </li>
        ))}
      </ol>
      <p className="aside">
        From the source, write <code>npm run -s cli --</code> for <code>ngc-replicator</code>. To
        practise without a key, <code>ngc-replicator sandbox</code> serves a small catalogue on this
        machine.
      </p>
      <h2 className="words-title">Words</h2>
      <dl className="words">
        {words.map(([word, meaning]) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}

/** A command that wraps between its words and never at the dashes of an option. */
function Command({ text }: { text: string }) {
  return (
    <code>
      {text.split(' ').flatMap((word, index) => [index > 0 && ' ', <span key={word}>{word}</span>])}
    </code>
  )
}
