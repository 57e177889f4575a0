import { useCallback, useEffect, useState } from 'react';
import { formatBytes } from '../../../../shared/units/format';
import type { WindowRequestResult } from '../../../../shared/window/methods';
import { useActions, useSession } from '../../context';
import { Button } from '../../widgets/button';

type Installed = WindowRequestResult<'session/versions'>['versions'];

/** The versions of the probe that lie on the board; those that do not run can be removed. */
export function Versions() {
  const actions = useActions();
  const { key } = useSession();
  const [versions, setVersions] = useState<Installed>();
  const ask = useCallback(() => {
    actions.request('session/versions', { session: key }).then(
      (answer) => setVersions(answer.versions),
      () => setVersions(undefined), // the connection is down; the panel says so above
    );
  }, [actions, key]);
  useEffect(ask, [ask]);
  const remove = (name: string) =>
    actions
      .request('session/remove-versions', { session: key, names: [name] })
      .then(ask, (error) => actions.tell(error));
  if (!versions || versions.length === 0) return undefined;
  return (
    <>
      <h3>Versions on the board</h3>
      {versions.map(({ name, bytes, isRunning }) => (
        <p key={name} style={{ margin: '2px 0' }}>
          <span className="mono">{name}</span> <span className="muted">{formatBytes(bytes)}</span>{' '}
          {isRunning ? <span className="muted">runs</span> : <Button onClick={() => void remove(name)}>Remove</Button>}
        </p>
      ))}
    </>
  );
}
