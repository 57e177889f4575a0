// What a person types behind --on: [user@]host[:port], a name of ~/.ssh/config, or an IPv6 address in brackets.

import { fail, ok, type Result } from '../../../shared/util/result';

export interface SshTarget {
  readonly user: string | undefined;
  /** As typed: a name, an alias or an address, without brackets. */
  readonly host: string;
  readonly port: number | undefined;
}

const PORT_MAX = 65_535;

function parsePort(text: string): Result<number, string> {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= PORT_MAX ? ok(port) : fail(`"${text}" is not a port between 1 and ${PORT_MAX}`);
}

/** Parses a target. The error is a clause for people. */
export function parseSshTarget(text: string): Result<SshTarget, string> {
  const at = text.lastIndexOf('@');
  const user = at < 0 ? undefined : text.slice(0, at);
  const rest = text.slice(at + 1);
  if (user === '') return fail('the user before @ is empty');
  // ssh would read a leading dash as an option where a command line is built of it; nobody has such a host.
  if (rest === '' || rest.startsWith('-')) return fail('the host is empty');
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(rest);
  const plain = /^([^:\s]+)(?::([^:]*))?$/.exec(rest);
  const isBareAddress = !bracketed && (rest.match(/:/g)?.length ?? 0) > 1;
  if (isBareAddress) return fail(`an IPv6 address stands in brackets, as in [${rest}]:22`);
  const found = bracketed ?? plain;
  if (!found?.[1]) return fail(`"${rest}" is not a host`);
  if (/\s/.test(found[1])) return fail(`"${found[1]}" is not a host`);
  if (found[2] === undefined) return ok({ user, host: found[1], port: undefined });
  const port = parsePort(found[2]);
  return port.ok ? ok({ user, host: found[1], port: port.value }) : port;
}
