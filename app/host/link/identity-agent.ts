// The ssh agent, narrowed to some of its keys: IdentitiesOnly means that it signs, but offers nothing of its own.

import ssh2, { type BaseAgent, type IdentityCallback, type ParsedKey, type SignCallback } from 'ssh2';

type AnyAgent = BaseAgent<string | Buffer | ParsedKey>;

/** Must extend ssh2's own class, because ssh2 looks for that. */
export class NarrowAgent extends ssh2.BaseAgent<ParsedKey> {
  private readonly agent: AnyAgent;

  /**
   * `publicKeys` are key blobs; undefined is every key. `onOffered` gets the blobs that are offered to the host, or the clause why
   * the agent did not answer.
   */
  constructor(
    socketPath: string,
    private readonly publicKeys: readonly Buffer[] | undefined,
    private readonly onOffered: (offered: readonly Buffer[] | string) => void,
  ) {
    super();
    this.agent = ssh2.createAgent(socketPath) as AnyAgent;
  }

  getIdentities(callback: IdentityCallback<ParsedKey>): void {
    this.agent.getIdentities((error, keys) => {
      const parsed = (keys ?? []).map((key) => ssh2.utils.parseKey(key as ParsedKey));
      const usable = parsed.filter((key): key is ParsedKey => !(key instanceof Error) && this.isAllowed(key));
      this.onOffered(error ? error.message : usable.map((key) => key.getPublicSSH()));
      callback(undefined, usable); // an agent that does not answer offers nothing, and the login goes on
    });
  }

  sign(key: ParsedKey, bytes: Buffer, options: unknown, callback?: SignCallback): void {
    const sign = this.agent.sign as (...args: unknown[]) => void;
    sign.call(this.agent, key, bytes, options, callback);
  }

  private isAllowed(key: ParsedKey): boolean {
    const blob = key.getPublicSSH();
    return this.publicKeys === undefined || this.publicKeys.some((allowed) => allowed.equals(blob));
  }
}
