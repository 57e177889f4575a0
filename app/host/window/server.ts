// One window's connection: its requests by schema to the sessions, and back. A FailureError goes as the data of the error.

import { type CancellationToken, type MessageConnection, ResponseError } from 'vscode-jsonrpc/node';
import { FAILURE_CODE } from '../../../shared/rpc/methods';
import { FailureError, failure } from '../../../shared/util/failure';
import {
  type AttachDataPort,
  type WindowNotificationName,
  type WindowNotificationParams,
  type WindowQuestionName,
  type WindowQuestionParams,
  type WindowQuestionResult,
  type WindowRequestName,
  type WindowRequestResult,
  windowQuestions,
  windowRequests,
} from '../../../shared/window/methods';
import { findInstallation } from '../installation';
import type { Prompter } from '../link/prompter';
import { describeApp } from './app-description';
import type { Baselines } from './baselines';
import type { Asker } from './connect';
import type { History } from './history';
import { readKernelResources } from './kernel-resources';
import { connectPort, type HostPort } from './port-rpc';
import type { Sessions } from './sessions';

type Parsed<N extends WindowRequestName> = Required<{
  params: ReturnType<(typeof windowRequests)[N]['params']['parse']>;
}>['params'];
type Answers = {
  [N in WindowRequestName]: (
    params: Parsed<N>,
    signal: AbortSignal,
  ) => WindowRequestResult<N> | Promise<WindowRequestResult<N>>;
};

export interface WindowServerOptions {
  readonly sessions: Sessions;
  readonly history: History;
  readonly baselines: Baselines;
  readonly version: string;
}

/** Aborted when the window cancels, and when it is gone. */
function signalOf(token: CancellationToken, gone: AbortSignal): AbortSignal {
  const controller = new AbortController();
  gone.addEventListener('abort', () => controller.abort(), { once: true });
  token.onCancellationRequested(() => controller.abort());
  if (token.isCancellationRequested) controller.abort();
  return controller.signal;
}

function responseError(error: unknown): ResponseError<unknown> {
  if (error instanceof FailureError) return new ResponseError(FAILURE_CODE, error.message, error.failure);
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`host: ${error instanceof Error ? error.stack : message}\n`);
  const sentence = `${message.split('\n')[0]} This is a fault of HookAnalyzer.`;
  return new ResponseError(FAILURE_CODE, sentence, {
    code: 'fault',
    sentence,
    remedy: 'Look at its log, and report it.',
  });
}

export class WindowServer {
  private readonly connection: MessageConnection;
  private readonly gone = new AbortController();

  constructor(
    port: HostPort,
    private readonly options: WindowServerOptions,
  ) {
    this.connection = connectPort(port, (data, ports) => this.onOther(data, ports));
    const answers = this.answers();
    for (const name of Object.keys(windowRequests) as WindowRequestName[]) this.serve(name, answers);
    // The library leaves questions open for ever when the other end is gone.
    this.connection.onClose(() => this.onGone());
    this.connection.listen();
  }

  private onGone(): void {
    this.gone.abort();
    this.connection.dispose();
  }

  /** A window that is gone is told nothing; sessions go on without one. */
  notify<N extends WindowNotificationName>(name: N, params: WindowNotificationParams<N>): void {
    if (this.gone.signal.aborted) return; // the library throws then
    void this.connection.sendNotification(name, params).catch(() => {}); // the window is gone
  }

  /** Questions of a login, asked in the window. A window that is gone answers no. */
  private readonly prompter: Prompter = {
    confirmHostKey: async (question) => (await this.ask('ask/hostKey', question))?.isTrusted,
    askPassword: async (account) => (await this.ask('ask/password', account))?.password,
    askPassphrase: async (keyPath) => (await this.ask('ask/passphrase', { keyPath }))?.passphrase,
    askKeyboardInteractive: async (question) => {
      const prompts = question.prompts.map((each) => ({ ...each }));
      return (await this.ask('ask/keyboard', { ...question, prompts }))?.answers;
    },
  };

  private readonly asker: Asker = {
    prompter: this.prompter,
    mayEndProbe: async ({ sentence }) => {
      const title = 'Another version of the probe runs there';
      return (await this.ask('ask/confirm', { title, sentence, yes: 'End it' }))?.isConfirmed ?? false;
    },
  };

  private async ask<N extends WindowQuestionName>(
    name: N,
    params: WindowQuestionParams<N>,
  ): Promise<WindowQuestionResult<N> | undefined> {
    try {
      const gone = new Promise<undefined>((resolve) => {
        this.gone.signal.addEventListener('abort', () => resolve(undefined), { once: true });
      });
      const answer: unknown = await Promise.race([this.connection.sendRequest(name, params), gone]);
      const parsed = windowQuestions[name].result.safeParse(answer);
      return parsed.success ? (parsed.data as WindowQuestionResult<N>) : undefined;
    } catch {
      return undefined;
    }
  }

  private onOther(data: unknown, ports: readonly HostPort[]): void {
    const { attach } = (data ?? {}) as Partial<AttachDataPort>;
    if (typeof attach === 'number' && ports.length === 1) this.options.sessions.attach(attach, ports[0]);
  }

  private serve<N extends WindowRequestName>(name: N, answers: Answers): void {
    this.connection.onRequest(name, async (params: unknown, token: CancellationToken) => {
      try {
        const parsed = windowRequests[name].params.safeParse(params);
        if (!parsed.success) throw failure('badRequest', `The window asked ${name} in an unknown way.`, 'Update both.');
        return await answers[name](parsed.data as Parsed<N>, signalOf(token, this.gone.signal));
      } catch (error) {
        throw responseError(error);
      }
    });
  }

  private answers(): Answers {
    const { sessions, history, baselines, version } = this.options;
    return {
      'app/describe': () => describeApp(history, version, sessions.recordings, sessions.openPaths),
      'app/sessions': () => ({ sessions: sessions.describeAll() }),
      'session/open': ({ path }) => sessions.openFile(path),
      'session/connect': (params, signal) => sessions.connect(params, this.asker, signal),
      'session/close': async ({ session }) => {
        await sessions.close(session);
        return {};
      },
      'session/versions': ({ session }) => sessions.versions(session),
      'session/remove-versions': async ({ session, names }) => {
        await sessions.removeVersions(session, names);
        return {};
      },
      'session/save': ({ session, path, overwrite }) => sessions.save(session, path, overwrite),
      'session/launch': ({ session, launch }) => sessions.launch(session, launch),
      'session/stop': ({ session, targetId, signal }) =>
        sessions.live(session).request('target/stop', { targetId, signal }),
      'session/kinds': ({ session, targetId, kinds }) =>
        sessions.live(session).request('target/kinds', { targetId, kinds }),
      'session/targets': ({ session }) => sessions.live(session).request('target/list', {}),
      'session/report': ({ session, name, fromNs, toNs }) => sessions.report(session, name, { fromNs, toNs }),
      'session/query': ({ session, sql }) => sessions.query(session, sql),
      'session/export': ({ session, format, path, overwrite }, signal) =>
        sessions.export(session, format, path, overwrite, signal),
      'session/experiment': ({ session, spec, device }) => sessions.experiment(session, spec, device),
      'session/workload': ({ session, ...choice }) => sessions.workload(session, choice),
      'session/workload-control': async ({ session, targetId, change }) => {
        await sessions.controlWorkload(session, targetId, change);
        return {};
      },
      'app/kernel-resources': ({ computeCapability }) => ({
        json: readKernelResources(findInstallation().root, computeCapability),
      }),
      'app/baselines': () => ({ baselines: baselines.list() }),
      'app/pin-baseline': ({ baseline }) => baselines.pin(baseline),
      'app/remove-baseline': ({ id }) => {
        baselines.remove(id);
        return {};
      },
      'session/annotations': ({ session }) => sessions.annotations(session),
      'session/annotate': ({ session, annotations }) => {
        sessions.annotate(session, annotations);
        return {};
      },
    };
  }
}
