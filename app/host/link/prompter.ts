// What the link may ask a person. The window answers with dialogs, the command on the terminal, tests with a table. Answers
// are secrets: they are never logged and never part of a failure.

/** A host whose key is not known yet. */
export interface HostKeyQuestion {
  /** As known_hosts names it: `host`, or `[host]:port` when the port is not 22. */
  readonly host: string;
  readonly keyType: string;
  /** As `ssh-keygen -l` shows it: `SHA256:` and base64 without padding. */
  readonly fingerprint: string;
  /** The file the key is added to when the answer is yes. */
  readonly knownHostsPath: string;
}

export interface Account {
  readonly user: string;
  readonly host: string;
}

export interface KeyboardQuestion extends Account {
  readonly name: string;
  readonly instructions: string;
  readonly prompts: readonly { readonly prompt: string; readonly echo: boolean }[];
}

/** Every question may be answered with undefined, which is "no" and ends the login. */
export interface Prompter {
  confirmHostKey(question: HostKeyQuestion): Promise<boolean | undefined>;
  askPassword(account: Account): Promise<string | undefined>;
  askPassphrase(keyPath: string): Promise<string | undefined>;
  askKeyboardInteractive(question: KeyboardQuestion): Promise<readonly string[] | undefined>;
}
