// The host's process: a utilityProcess of the app. It gets a port for each page that is loaded, and closes its files before it ends.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDemangler } from '../demangler';
import { Baselines } from './baselines';
import { History } from './history';
import type { HostPort } from './port-rpc';
import { WindowServer } from './server';
import { Sessions } from './sessions';

const userData = process.env.HOOKANALYZER_USER_DATA ?? join(tmpdir(), 'hookanalyzer-window');
const version = process.env.HOOKANALYZER_VERSION ?? '';

let server: WindowServer | undefined;
const history = new History(join(userData, 'history.json'));
const baselines = new Baselines(join(userData, 'baselines.json'));
const sessions = new Sessions({
  history,
  workFolder: userData,
  demangle: loadDemangler(),
  notify: (name, params) => server?.notify(name, params),
});

process.parentPort.on('message', ({ data, ports }) => {
  if (data.kind === 'window-port')
    server = new WindowServer(ports[0] as unknown as HostPort, { sessions, history, baselines, version });
  else if (data.kind === 'stop')
    void sessions.closeAll({ mayDiscard: data.mayDiscard === true }).finally(() => process.exit(0));
});
