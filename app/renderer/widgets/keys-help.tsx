import './widgets.css';
import type { PaletteCommand } from './command-palette';
import { Dialog } from './dialog';

interface KeysHelpProps {
  readonly commands: readonly Pick<PaletteCommand, 'id' | 'title' | 'keys'>[];
  readonly onClose: () => void;
}

/** A table of every command that has keys. */
export function KeysHelp({ commands, onClose }: KeysHelpProps) {
  const bound = commands.filter(({ keys }) => keys !== undefined && keys !== '');
  return (
    <Dialog title="Keys" onClose={onClose} testId="keys-help">
      <table className="widget-keys">
        <thead>
          <tr>
            <th scope="col">Keys</th>
            <th scope="col">What they do</th>
          </tr>
        </thead>
        <tbody>
          {bound.map(({ id, title, keys }) => (
            <tr key={id}>
              <td>
                <kbd className="widget-key">{keys}</kbd>
              </td>
              <td>{title}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
