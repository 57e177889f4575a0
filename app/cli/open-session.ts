// A session file into a store that reports and exports read, with what was wrong with the file said aloud.

import { formatCount } from '../../shared/units/format';
import { loadDemangler } from '../host/demangler';
import { loadSession } from '../host/session/load-session';
import type { Terminal } from './command';
import { withInterrupt } from './interrupt';
import { ProgressLine } from './terminal';

/** Opens `path` in memory. The caller closes the store. */
export async function openForReading(path: string, terminal: Terminal) {
  const progress = new ProgressLine(terminal);
  try {
    const session = await withInterrupt((signal) =>
      loadSession(path, {
        demangle: loadDemangler(),
        signal,
        onProgress: (doneRatio) => progress.show(`reading ${path}: ${Math.round(doneRatio * 100)} %`),
      }),
    );
    progress.clear();
    if (session.summary.truncatedBytes > 0) {
      terminal.err(
        `hookanalyzer: ${path} is cut off; ${formatCount(session.summary.truncatedBytes)} bytes at its end were not readable, all before is here.\n`,
      );
    }
    return session;
  } finally {
    progress.clear();
  }
}
