// Where the two sides find each other on a machine, relative to the user's home folder.

/** The probe's folder: mode 0700. */
export const PROBE_HOME = '.hookanalyzer';
/** The probe's socket, mode 0600, inside the probe's folder. */
export const PROBE_SOCKET = `${PROBE_HOME}/probe.sock`;
/** The ring on disk. */
export const PROBE_SPOOL = `${PROBE_HOME}/spool`;

/** What the probe tells a launched target's collector, by environment. */
export const targetEnvironment = {
  socket: 'HOOKANALYZER_SOCKET',
  target: 'HOOKANALYZER_TARGET',
} as const;
