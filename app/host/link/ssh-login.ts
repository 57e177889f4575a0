// How one proves who one is, in OpenSSH's order: agent, identity files, keyboard-interactive, password. Secrets pass through
// here and are kept, if at all, in the transport's memory only.

import { readFileSync } from 'node:fs';
import ssh2, { type AnyAuthMethod, type KeyboardInteractiveAuthMethod, type ParsedKey } from 'ssh2';
import { type FailureError, failure } from '../../../shared/util/failure';
import { NarrowAgent } from './identity-agent';
import type { Prompter } from './prompter';
import type { SshSettings } from './ssh-settings';

/** Answers that worked, for the reconnects of one transport. */
export type Secrets = Map<string, string>;

/** As ssh's NumberOfPasswordPrompts. */
const PROMPT_COUNT_MAX = 3;
/** Logins of several steps (a key, then a password) take a few passes; more is a host that turns in circles. */
const PASS_COUNT_MAX = 4;

type Finish = Parameters<KeyboardInteractiveAuthMethod['prompt']>[4];
type Prompts = Parameters<KeyboardInteractiveAuthMethod['prompt']>[3];

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function parsedOrError(bytes: Buffer, passphrase?: string): ParsedKey | Error {
  const parsed: unknown = ssh2.utils.parseKey(bytes, passphrase);
  return Array.isArray(parsed) ? (parsed[0] as ParsedKey) : (parsed as ParsedKey | Error);
}

/** The public half beside or inside an identity file, where it can be read without a passphrase. */
function publicBlob(path: string): Buffer | undefined {
  for (const file of [`${path}.pub`, path]) {
    const bytes = readIfThere(file);
    const key = bytes && parsedOrError(bytes);
    if (key && !(key instanceof Error)) return key.getPublicSSH();
  }
  return undefined;
}

export class SshLogin {
  /** What was offered, in words for a failure: no secrets. */
  readonly tried: string[] = [];
  /** Why the login was given up by this side. */
  givenUp: FailureError | undefined;
  private methodsLeft: readonly string[] | undefined;
  private isStale = false; // ssh2 does not tell what is left after the agent's keys
  private hadPartial = false;
  private offered: readonly Buffer[] = [];
  private readonly pending: Secrets = new Map();
  private readonly methods: AsyncGenerator<AnyAuthMethod>;

  constructor(
    private readonly settings: SshSettings,
    private readonly prompter: Prompter | undefined,
    private readonly secrets: Secrets,
  ) {
    this.methods = this.allMethods();
  }

  /** What to try next; undefined when nothing is left. `left` and `isPartial` are the host's answer to the last one. */
  async next(left: readonly string[] | undefined, isPartial: boolean): Promise<AnyAuthMethod | undefined> {
    if (!this.isStale) this.methodsLeft = left;
    this.hadPartial ||= isPartial;
    const step = await this.methods.next();
    if (step.done) return undefined;
    this.isStale = step.value.type === 'agent';
    return step.value;
  }

  /** The login worked: what was typed may be used again by the same transport. */
  remember(): void {
    for (const [name, secret] of this.pending) this.secrets.set(name, secret);
  }

  private get account(): { user: string; host: string } {
    return { user: this.settings.user, host: this.settings.host };
  }

  private allows(method: string): boolean {
    return this.isStale || this.methodsLeft === undefined || this.methodsLeft.includes(method);
  }

  private async *allMethods(): AsyncGenerator<AnyAuthMethod> {
    yield { type: 'none', username: this.settings.user };
    for (let pass = 0; pass < PASS_COUNT_MAX; pass++) {
      this.hadPartial = false;
      yield* this.publicKeys();
      yield* this.repeated('keyboard-interactive', () => this.keyboard());
      yield* this.repeated('password', () => this.password());
      if (!this.hadPartial) return;
    }
  }

  private async *publicKeys(): AsyncGenerator<AnyAuthMethod> {
    if (!this.allows('publickey')) return;
    const { user: username, agentSocket, identityFiles, identitiesOnly } = this.settings;
    if (agentSocket !== undefined) {
      const only = identitiesOnly ? identityFiles.flatMap((file) => publicBlob(file) ?? []) : undefined;
      const agent = new NarrowAgent(agentSocket, only, (offered) => {
        this.offered = typeof offered === 'string' ? [] : offered;
        this.tried.push(typeof offered === 'string' ? `agent (${offered})` : `agent (${offered.length} keys)`);
      });
      yield { type: 'agent', username, agent };
    }
    for (const file of identityFiles) {
      if (!this.allows('publickey') || this.givenUp) return;
      const blob = publicBlob(file);
      if (blob && this.offered.some((offered) => offered.equals(blob))) continue;
      const key = await this.openKey(file);
      if (key) yield { type: 'publickey', username, key };
    }
  }

  private async openKey(file: string): Promise<ParsedKey | undefined> {
    const bytes = readIfThere(file);
    if (!bytes) return undefined;
    let key = parsedOrError(bytes);
    const isEncrypted = key instanceof Error && /no passphrase given/.test(key.message);
    const name = `passphrase ${file}`;
    for (let attempt = 0; isEncrypted && key instanceof Error && attempt < PROMPT_COUNT_MAX; attempt++) {
      const passphrase = (attempt === 0 && this.secrets.get(name)) || (await this.prompter?.askPassphrase(file));
      if (passphrase === undefined) break;
      key = parsedOrError(bytes, passphrase);
      if (!(key instanceof Error)) this.pending.set(name, passphrase);
    }
    if (key instanceof Error) {
      this.tried.push(`${file} (${isEncrypted ? 'locked by a passphrase' : 'not a key that can be used'})`);
      return undefined;
    }
    this.tried.push(file);
    return key;
  }

  // Neither asks before the host has said that it takes the method.
  private async *repeated(
    method: 'keyboard-interactive' | 'password',
    make: () => Promise<AnyAuthMethod | undefined>,
  ): AsyncGenerator<AnyAuthMethod> {
    for (let attempt = 0; attempt < PROMPT_COUNT_MAX && !this.givenUp && this.allows(method); attempt++) {
      const made = this.prompter ? await make() : undefined;
      if (!made) return;
      this.tried.push(method);
      yield made;
    }
  }

  private async password(): Promise<AnyAuthMethod | undefined> {
    const name = `password ${this.settings.user}@${this.settings.host}`;
    const password = this.takeRemembered(name) ?? (await this.prompter?.askPassword(this.account));
    if (password === undefined) return this.giveUp();
    this.pending.set(name, password);
    return { type: 'password', username: this.settings.user, password };
  }

  private async keyboard(): Promise<AnyAuthMethod> {
    const prompt = (name: string, instructions: string, _language: string, prompts: Prompts, finish: Finish) => {
      void this.answer(name, instructions, prompts).then((answers) => {
        if (answers === undefined) this.giveUp();
        finish([...(answers ?? [])]);
      });
    };
    return { type: 'keyboard-interactive', username: this.settings.user, prompt };
  }

  private async answer(name: string, instructions: string, prompts: Prompts): Promise<readonly string[] | undefined> {
    const asked = prompts.map(({ prompt, echo }) => ({ prompt, echo: echo === true }));
    const secretName = `keyboard ${this.settings.user}@${this.settings.host}`;
    const isPassword = asked.length === 1 && !asked[0].echo; // one hidden answer is a password; codes are not used twice
    const remembered = isPassword ? this.takeRemembered(secretName) : undefined;
    if (remembered !== undefined) {
      this.pending.set(secretName, remembered);
      return [remembered];
    }
    const question = { ...this.account, name, instructions, prompts: asked };
    const answers = await this.prompter?.askKeyboardInteractive(question);
    if (isPassword && answers) this.pending.set(secretName, answers[0] ?? '');
    return answers;
  }

  // Once, so that an answer that no longer works is asked for again.
  private takeRemembered(name: string): string | undefined {
    const secret = this.secrets.get(name);
    this.secrets.delete(name);
    return secret;
  }

  private giveUp(): undefined {
    this.givenUp = failure('loginCancelled', `The login to ${this.settings.typed} was cancelled.`, 'Connect again.');
    return undefined;
  }
}
