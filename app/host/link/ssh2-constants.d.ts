// What this build of Node and ssh2 can do; ssh2 throws at connect when it is asked for more.
declare module 'ssh2/lib/protocol/constants.js' {
  import type { ServerHostKeyAlgorithm } from 'ssh2';

  const constants: { readonly DEFAULT_SERVER_HOST_KEY: readonly ServerHostKeyAlgorithm[] };
  export default constants;
}
