import { type CompileMessage, sourceLine } from '../../model/laboratory/compile-errors';

interface CompileErrorsProps {
  readonly fileName: string;
  readonly source: string;
  readonly messages: readonly CompileMessage[];
}

/** What the compiler said, each with its line of the source. */
export function CompileErrors({ fileName, source, messages }: CompileErrorsProps) {
  return (
    <section
      className="laboratory-compile"
      role="alert"
      aria-label="What the compiler said"
      data-testid="compile-errors"
    >
      <h3>{fileName} does not compile</h3>
      <ol>
        {messages.map(({ severity, line, text }) => (
          <li key={`${line} ${text}`} data-severity={severity}>
            <span>
              <b>{line === undefined ? severity : `Line ${line}, ${severity}`}:</b> {text}
            </span>
            {sourceLine(source, line) !== undefined && <code>{sourceLine(source, line)}</code>}
          </li>
        ))}
      </ol>
    </section>
  );
}
