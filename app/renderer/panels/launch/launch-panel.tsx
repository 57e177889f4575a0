// Start a program on the machine of the session, see how it goes, stop it, switch kinds while it runs.

import { type FormEvent, useState } from 'react';
import { TRACE_KINDS, TRACE_KINDS_DEFAULT, type TraceKind } from '../../../../shared/model/enums';
import { useActions, useApp, useFacts, useSession } from '../../context';
import { DEMO_TITLE } from '../../state/actions';
import type { LaunchedTarget } from '../../state/open-session';
import { formatCommandLine, parseCommandLine, parseEnvironment } from './parse-command';
import './launch-panel.css';
import { Button } from '../../widgets/button';

function Kinds(props: {
  readonly kinds: readonly string[];
  readonly onChange: (kinds: TraceKind[]) => void;
  readonly isDisabled?: boolean;
}) {
  const { kinds, onChange, isDisabled } = props;
  return (
    <fieldset className="kinds" aria-label="Kinds to trace" disabled={isDisabled}>
      {TRACE_KINDS.map((kind) => (
        <label key={kind}>
          <input
            type="checkbox"
            checked={kinds.includes(kind)}
            onChange={({ target }) =>
              onChange(TRACE_KINDS.filter((each) => (each === kind ? target.checked : kinds.includes(each))))
            }
          />
          {kind}
        </label>
      ))}
    </fieldset>
  );
}

function endOf({ exited }: LaunchedTarget): string {
  if (!exited) return 'runs';
  return exited.signal ? `ended by ${exited.signal}` : `ended with exit code ${exited.exitCode}`;
}

function Target({ target }: { readonly target: LaunchedTarget }) {
  const actions = useActions();
  const session = useSession();
  const [wasAsked, setWasAsked] = useState(false);
  const stop = () => {
    void actions.stop(session, target.targetId, wasAsked ? 'SIGKILL' : 'SIGTERM');
    setWasAsked(true);
  };
  return (
    <div className="target" data-testid="target">
      <div className="row">
        <span className="mono" title={target.title}>
          {target.title}
        </span>
        <span className="muted" data-testid="target-state">
          {endOf(target)}
        </span>
        {!target.exited && (
          <Button data-testid="stop-target" onClick={stop}>
            {wasAsked ? 'Kill' : 'Stop'}
          </Button>
        )}
      </div>
      {!target.exited && (
        <Kinds kinds={target.kinds} onChange={(kinds) => void actions.setKinds(session, target.targetId, kinds)} />
      )}
    </div>
  );
}

export function LaunchPanel() {
  const actions = useActions();
  const session = useSession();
  const targets = useFacts((facts) => facts.targets);
  const { kind, demo } = useFacts((facts) => facts.description);
  const history = useApp((state) => state.description?.commands) ?? [];
  const [line, setLine] = useState('');
  const [cwd, setCwd] = useState('');
  const [environment, setEnvironment] = useState('');
  const [kinds, setKinds] = useState<TraceKind[]>([...TRACE_KINDS_DEFAULT]);
  const [sentence, setSentence] = useState('');
  if (kind !== 'live') {
    return <p className="panel muted">This session comes from a file. Connect to a machine to run programs there.</p>;
  }
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const parsed = parseCommandLine(line);
    const env = parseEnvironment(environment);
    if ('sentence' in parsed) return setSentence(parsed.sentence);
    if ('sentence' in env) return setSentence(env.sentence);
    const [command, ...args] = parsed.words;
    if (command === undefined) return setSentence('Type the program to start, as in: python3 infer.py');
    setSentence('');
    void actions.launch(session, { command, args, cwd: cwd.trim() || undefined, env: env.env, kinds });
  };
  return (
    <div className="panel launch" data-testid="launch-panel">
      <h3>Start a program</h3>
      <form onSubmit={onSubmit}>
        <label>
          Command
          <input
            className="field mono"
            list="launch-history"
            value={line}
            placeholder="python3 infer.py --batch 4"
            data-testid="launch-command"
            onChange={(event) => setLine(event.target.value)}
          />
        </label>
        <datalist id="launch-history">
          {history.map(({ command, args }) => (
            <option key={formatCommandLine([command, ...args])} value={formatCommandLine([command, ...args])} />
          ))}
        </datalist>
        <label>
          Folder
          <input
            className="field mono"
            value={cwd}
            placeholder="the probe's own"
            onChange={(event) => setCwd(event.target.value)}
          />
        </label>
        <label>
          Environment, a NAME=VALUE a line
          <textarea
            className="field mono"
            rows={2}
            value={environment}
            onChange={(event) => setEnvironment(event.target.value)}
          />
        </label>
        <Kinds kinds={kinds} onChange={setKinds} />
        {sentence && (
          <p role="alert" style={{ color: 'var(--error)' }}>
            {sentence}
          </p>
        )}
        <Button type="submit" kind="primary" data-testid="launch-start">
          Start
        </Button>{' '}
        {demo && (
          <Button data-testid="launch-demo" onClick={() => void actions.launch(session, demo, DEMO_TITLE)}>
            {DEMO_TITLE}
          </Button>
        )}
      </form>
      <h3>Programs</h3>
      {targets.length === 0 && <p className="muted">None was started yet.</p>}
      {[...targets].reverse().map((target) => (
        <Target key={target.targetId} target={target} />
      ))}
    </div>
  );
}
