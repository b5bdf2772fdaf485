import Markdown from 'react-markdown'
import rehypeSanitize from 'rehype-sanitize'
import remarkGfm from 'remark-gfm'
import { attempt } from '../stores/attempt.ts'

/** Markdown of strangers: no HTML of theirs, no pictures, links only by way of main. */
export function SafeMarkdown({ markdown }: { markdown: string }) {
  return (
    <div className="prose">
      <Markdown
        remarkPlugins={[remarkGfm]}
        rehypePlugins={[rehypeSanitize]}
        components={{
          // The view has its one first heading.
          h1: ({ children }) => <h3>{children}</h3>,
          h2: ({ children }) => <h3>{children}</h3>,
          img: ({ alt }) => <span className="soft">{alt}</span>,
          a: ({ href, children }) => <Outside address={href}>{children}</Outside>,
          table: ({ children }) => (
            <div style={{ overflowX: 'auto' }}>
              <table>{children}</table>
            </div>
          ),
          input: ({ checked }) => <span>{checked === true ? '☑' : '☐'} </span>,
        }}
      >
        {markdown}
      </Markdown>
    </div>
  )
}

function Outside(props: { address: string | undefined; children: React.ReactNode }) {
  const { address, children } = props
  if (address === undefined || !address.startsWith('https://')) return <span>{children}</span>
  return (
    <a
      href={address}
      title={address}
      onClick={(event) => {
        event.preventDefault()
        void attempt('app.open', { address })
      }}
      onAuxClick={(event) => event.preventDefault()}
    >
      {children}
    </a>
  )
}
