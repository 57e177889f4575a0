import packageJson from '../../package.json';

/** Of this probe, as the hello and probe/describe state it. */
export const PROBE_VERSION: string = packageJson.version;
