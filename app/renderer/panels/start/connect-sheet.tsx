import { type FormEvent, useState } from 'react';
import { useActions, useApp } from '../../context';
import { Button } from '../../widgets/button';
import { Dialog } from '../../widgets/dialog';

/** Connect to a board by name. */
export function ConnectSheet() {
  const { store } = useActions();
  const close = () => store.setState({ overlay: undefined });
  return (
    <Dialog title="Connect to a board" onClose={close} testId="connect-sheet">
      <ConnectForm onConnected={close} />
    </Dialog>
  );
}

/** A field for user@host with what is known, and a button. */
export function ConnectForm({ onConnected }: { readonly onConnected?: () => void }) {
  const actions = useActions();
  const hosts = useApp((state) => state.description?.hosts);
  const [target, setTarget] = useState('');
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    onConnected?.();
    void actions.connect(target.trim());
  };
  return (
    <form onSubmit={onSubmit} style={{ display: 'flex', gap: 8 }}>
      <input
        className="field mono"
        style={{ flex: 1 }}
        aria-label="Board, as user@host"
        placeholder="user@host or user@host:port"
        list="known-hosts"
        value={target}
        data-testid="connect-target"
        onChange={(event) => setTarget(event.target.value)}
      />
      <datalist id="known-hosts">
        {hosts?.map(({ name, target: known }) => (
          <option key={known} value={known}>
            {name}
          </option>
        ))}
      </datalist>
      <Button type="submit" kind="primary" data-testid="connect-button" disabled={target.trim() === ''}>
        Connect
      </Button>
    </form>
  );
}
