import { readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ProbeLink } from '../../app/host/link/probe-link';
import type { HostKeyQuestion, Prompter } from '../../app/host/link/prompter';
import { openSshTransport, type SshOptions } from '../../app/host/link/ssh-transport';
import type { Transport } from '../../app/host/link/transport';
import { recordTarget } from '../../app/host/session/recorder';
import { type LinkBed, openLinkBed, readKernelNumbers } from './link-bed';
import { type Sshd, sshdMissing, startSshd } from './sshd';

const missing = sshdMissing();
const ROWS = 200;
const PACKETS = 240;
const allNumbers = Array.from({ length: ROWS * PACKETS }, (_, number) => number);

describe.skipIf(missing)(`over sshd${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let sshd: Sshd;
  let bed: LinkBed;

  beforeAll(async () => {
    bed = await openLinkBed();
    sshd = await startSshd();
  });

  afterAll(async () => {
    await sshd?.stop();
    await bed?.close();
  });

  async function withTransport<T>(
    use: (transport: Transport) => Promise<T>,
    options: SshOptions = {},
    target = sshd.target,
  ): Promise<T> {
    const transport = await openSshTransport(target, { ...sshd.clientOptions, socketPath: bed.socketPath, ...options });
    try {
      return await use(transport);
    } finally {
      await transport.close();
    }
  }

  function writeConfig(name: string, lines: readonly string[]): string {
    const file = path.join(sshd.folder, name);
    writeFileSync(file, `${lines.join('\n')}\n${readFileSync(sshd.configPath, 'utf8')}`);
    return file;
  }

  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'no failure',
      (error) => error.failure ?? error,
    );

  test('records a program, and a connection that is cut again and again loses and doubles nothing', async () => {
    const cutAtRows = [3000, 15_000, 30_000];
    let cutCount = 0;
    const result = await withTransport((transport) =>
      recordTarget({
        transport,
        launch: bed.program({ packetCount: PACKETS, rowsPerPacket: ROWS, pauseMs: 20, exitCode: 9 }),
        filePath: bed.filePath,
        onProgress: ({ rows, linkState }) => {
          if (linkState !== 'live' || rows < (cutAtRows[cutCount] ?? Number.POSITIVE_INFINITY)) return;
          cutCount += 1;
          expect(sshd.cutConnections()).toBeGreaterThan(0);
        },
      }),
    );
    expect(cutCount).toBe(3);
    expect(result).toMatchObject({ exitCode: 9, lost: 0, gaps: 0, reconnectCount: 3 });
    expect(result.rows.kernel).toBe(ROWS * PACKETS);
    const { numbers, first, last } = readKernelNumbers(bed.filePath);
    expect([first, last]).toEqual(['session', 'end']);
    expect(numbers).toEqual(allNumbers);
  });

  test('the program ends while the connection is away', async () => {
    let isCut = false;
    const filePath = path.join(bed.folder, 'away.hka');
    const result = await withTransport((transport) =>
      recordTarget({
        transport: { ...transport, connect: () => (isCut ? connectWhenIdle(transport) : transport.connect()) },
        launch: bed.program({ packetCount: 60, rowsPerPacket: ROWS, pauseMs: 10, exitCode: 4 }),
        filePath,
        onProgress: ({ rows }) => {
          if (isCut || rows < 1000) return;
          isCut = true;
          sshd.cutConnections();
        },
      }),
    );
    expect(result).toMatchObject({ exitCode: 4, lost: 0, gaps: 0 });
    expect(readKernelNumbers(filePath).numbers).toEqual(allNumbers.slice(0, 60 * ROWS));
  });

  // Connects only when no program of the probe runs any more, which the probe is asked over its own socket.
  async function connectWhenIdle(transport: Transport) {
    const control = await ProbeLink.control(bed.probe.transport);
    try {
      const exited = new Promise<void>((resolve) => {
        control.on('target/exited', () => resolve());
      });
      const { targets } = await control.request('target/list', {});
      if (targets.some((target) => target.running)) await exited;
    } finally {
      await control.close();
    }
    return transport.connect();
  }

  test('a socket without a leading slash lies in the home folder there', async () => {
    const socketPath = `no-such-folder-${sshd.port}/probe.sock`;
    const error = await codeOf(withTransport((transport) => transport.connect(), { socketPath }));
    const wholePath = path.join(userInfo().homedir, socketPath);
    expect(error).toMatchObject({ code: 'noProbe', sentence: `No probe answers at ${wholePath} on 127.0.0.1.` });
  });

  test('no probe: the socket is named, and how to start one', async () => {
    const socketPath = path.join(bed.folder, 'nobody.sock');
    const error = await codeOf(withTransport((transport) => ProbeLink.control(transport), { socketPath }));
    expect(error).toMatchObject({ code: 'noProbe', remedy: expect.stringContaining('hookanalyzer serve') });
  });

  test('another format version is refused with both versions', async () => {
    const error = await codeOf(
      withTransport(async (transport) => {
        const stream = await transport.connect();
        stream.write('HKA1 role=control version=99\n');
        const answer = await new Promise<string>((resolve) => stream.once('data', (bytes) => resolve(String(bytes))));
        stream.destroy();
        return Promise.reject(new Error(answer));
      }),
    );
    expect(String(error)).toMatch(/error=\w+.*99/);
  });

  describe('the host’s key', () => {
    const asking = (answer: boolean | undefined, questions: HostKeyQuestion[]): Prompter => ({
      confirmHostKey: async (question) => {
        questions.push(question);
        return answer;
      },
      askPassword: async () => undefined,
      askPassphrase: async () => undefined,
      askKeyboardInteractive: async () => undefined,
    });

    function freshKnownHosts(name: string, text = ''): { configPath: string; file: string } {
      const file = path.join(sshd.folder, name);
      writeFileSync(file, text);
      return { file, configPath: writeConfig(`${name}.config`, ['Host *', `UserKnownHostsFile ${file}`]) };
    }

    test('an unknown one is asked for once, then known', async () => {
      const { configPath, file } = freshKnownHosts('unknown', '# a line without its end');
      const questions: HostKeyQuestion[] = [];
      for (const prompter of [asking(true, questions), undefined]) {
        await withTransport(async () => undefined, { configPath, prompter });
      }
      expect(questions.length).toBe(1);
      expect(questions[0]).toMatchObject({ host: `[127.0.0.1]:${sshd.port}`, keyType: 'ssh-ed25519' });
      expect(questions[0].fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
      expect(readFileSync(file, 'utf8')).toBe(`# a line without its end\n[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n`);
    });

    test('an unknown one that nobody confirms is refused', async () => {
      const { configPath } = freshKnownHosts('unconfirmed');
      for (const prompter of [asking(false, []), asking(undefined, []), undefined]) {
        const error = await codeOf(withTransport(async () => undefined, { configPath, prompter }));
        expect(error).toMatchObject({ code: 'hostKeyUnknown' });
      }
    });

    test('a changed one is refused whatever anybody says, with both fingerprints, the line and the command', async () => {
      const other = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
      const { configPath, file } = freshKnownHosts('changed', `# one\n[127.0.0.1]:${sshd.port} ${other}\n`);
      const error = await codeOf(withTransport(async () => undefined, { configPath, prompter: asking(true, []) }));
      expect(error).toMatchObject({ code: 'hostKeyChanged' });
      expect(error.sentence.match(/SHA256:/g)).toHaveLength(2);
      expect(error.sentence).toContain(`line 2 of ${file}`);
      expect(error.remedy).toContain(`ssh-keygen -R '[127.0.0.1]:${sshd.port}' -f '${file}'`);
    });

    test('a revoked one is refused', async () => {
      const lines = `[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n@revoked * ${sshd.hostKey}\n`;
      const { configPath } = freshKnownHosts('revoked', lines);
      const error = await codeOf(withTransport(async () => undefined, { configPath, prompter: asking(true, []) }));
      expect(error).toMatchObject({ code: 'hostKeyRevoked' });
    });
  });

  test('a login that is refused says what was tried', async () => {
    const stranger = path.join(sshd.folder, 'no-such-key');
    const configPath = path.join(sshd.folder, 'stranger.config');
    writeFileSync(configPath, readFileSync(sshd.configPath, 'utf8').replace(sshd.identityPath, stranger));
    const error = await codeOf(withTransport(async () => undefined, { configPath }));
    expect(error).toMatchObject({ code: 'loginRefused', sentence: expect.stringContaining('there was no key') });
    writeFileSync(stranger, readFileSync(path.join(sshd.folder, 'host_key')), { mode: 0o600 });
    const tried = await codeOf(withTransport(async () => undefined, { configPath }));
    expect(tried).toMatchObject({ code: 'loginRefused', sentence: expect.stringContaining(`tried: ${stranger}`) });
  });

  test('through two other hosts', async () => {
    const configPath = writeConfig('jump.config', [
      'Host jump1 jump2 board',
      '  HostName 127.0.0.1',
      `  Port ${sshd.port}`,
      `  User ${sshd.user}`,
      'Host jump2',
      '  ProxyJump jump1',
      'Host board',
      '  ProxyJump jump2',
    ]);
    const lengthBefore = sshd.log().length;
    await withTransport(
      async (transport) => {
        const link = await ProbeLink.control(transport);
        expect((await link.request('probe/describe', {})).sessionId).toBe(bed.probe.sessionId);
        await link.close();
      },
      { configPath },
      'board',
    );
    expect(
      sshd
        .log()
        .slice(lengthBefore)
        .match(/Accepted publickey/g),
    ).toHaveLength(3);
  });

  test('an sshd that forbids stream-local forwarding', async () => {
    const strict = await startSshd({ settings: ['AllowStreamLocalForwarding no'] });
    try {
      const transport = await openSshTransport(strict.target, { ...strict.clientOptions, socketPath: bed.socketPath });
      const error = await codeOf(transport.connect());
      await transport.close();
      expect(error).toMatchObject({
        code: 'socketRefused',
        remedy: expect.stringContaining('AllowStreamLocalForwarding'),
      });
    } finally {
      await strict.stop();
    }
  });

  test('nothing listens, and a host that is not known', async () => {
    const closed = await startSshd();
    await closed.stop();
    const refused = openSshTransport(closed.target, { ...sshd.clientOptions });
    expect(await codeOf(refused)).toMatchObject({ code: 'connectionRefused' });
    const unknown = openSshTransport('board.invalid', { ...sshd.clientOptions });
    expect(await codeOf(unknown)).toMatchObject({ code: 'hostUnknown' });
  });
});
