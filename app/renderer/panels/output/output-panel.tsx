import { useEffect, useRef } from 'react';
import { useFacts } from '../../context';
import './output-panel.css';

/** What the programs wrote, newest at the end; it follows unless a person scrolled up. */
export function OutputPanel() {
  const output = useFacts((facts) => facts.output);
  const isFile = useFacts(({ description }) => description.kind === 'file');
  const box = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  const newestId = output.at(-1)?.id;
  useEffect(() => {
    if (newestId !== undefined && isAtEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [newestId]);
  if (output.length === 0) {
    return (
      <p className="panel muted">
        {isFile ? 'The output of a saved session is in its file: hookanalyzer query.' : 'Nothing was written yet.'}
      </p>
    );
  }
  return (
    <pre
      ref={box}
      className="output mono"
      data-testid="output"
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 8;
      }}
    >
      {output.map(({ id, stream, text }) => (
        <span key={id} data-stream={stream}>
          {text}
        </span>
      ))}
    </pre>
  );
}
