// SSH for real: Debian's sshd on a loopback port, connections cut by killing their processes.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../app/cli/main';
import { type LocalProbe, startLocalProbe } from '../../app/host/link/local-probe';
import { openSshTransport } from '../../app/host/link/ssh-transport';
import { readHka } from '../../app/host/session/hka-reader';
import { recordTarget } from '../../app/host/session/recorder';
import { KERNELS_PER_INFERENCE } from '../../probe/runner/network';
import { hasSshd, makeKey, refusingPrompter, type Sshd, startSshd } from './sshd';

const root = join(__dirname, '..', '..');

describe.skipIf(!hasSshd())('over SSH', () => {
  let sshd: Sshd;
  let probe: LocalProbe;
  let folder: string;
  let socketPath: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hka-ssh-'));
    socketPath = join(folder, 'probe.sock');
    sshd = await startSshd();
    probe = await startLocalProbe({
      probePath: join(root, 'out/node/probe.js'),
      collectorPath: undefined,
      spoolDir: join(folder, 'spool'),
      socketPath,
    });
  });
  afterAll(async () => {
    await probe?.stop();
    await sshd?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (more: object = {}) => openSshTransport(sshd.target, { ...sshd.clientOptions, socketPath, ...more });
  const demo = (seconds: number) => ({
    command: process.execPath,
    args: [
      join(root, 'out/node/runner.js'),
      'demo',
      '--addon',
      join(root, 'out/native/lib/hookanalyzer.node'),
      '--seconds',
      String(seconds),
    ],
    kinds: ['kernel' as const, 'nvtx' as const],
  });

  test('a recording whose connection is cut twice in the middle is whole: nothing lost, nothing doubled', async () => {
    const transport = await open();
    const filePath = join(folder, 'cut.hka');
    let stdout = '';
    const cuts: number[] = [];
    const cut = () => cuts.push(sshd.cutConnections());
    const timers = [setTimeout(cut, 1000), setTimeout(cut, 2500)];
    const result = await recordTarget({
      transport,
      launch: demo(4),
      filePath,
      onOutput: (_stream, text) => {
        stdout += text;
      },
    });
    timers.forEach(clearTimeout);
    await transport.close();
    const inferences = Number(/^(\d+) inferences/.exec(stdout)?.[1]);
    expect(cuts.every((count) => count > 0)).toBe(true);
    expect(result).toMatchObject({ exitCode: 0, lost: 0, reconnectCount: 2 });
    const correlations = new Set<number>();
    let kernelCount = 0;
    const summary = await readHka(filePath, {
      onPacket: (packet) => {
        if (packet.table.name !== 'kernel') return;
        kernelCount += packet.rowCount;
        for (const each of (packet.columns as { correlation: Uint32Array }).correlation) correlations.add(each);
      },
    });
    expect(kernelCount).toBe(KERNELS_PER_INFERENCE * inferences);
    expect(correlations.size).toBe(kernelCount);
    expect(summary).toMatchObject({ isClosed: true, missingPackets: 0, damagedPackets: 0, gaps: [], losses: [] });
    expect(summary.tables.range?.rows).toBe(10 * inferences);
  });

  test('a program that ends while the link is down is learned of when it is back', async () => {
    const transport = await open();
    const filePath = join(folder, 'ended.hka');
    const timer = setInterval(() => sshd.cutConnections(), 150);
    const calm = setTimeout(() => clearInterval(timer), 1500);
    const launch = { command: 'sh', args: ['-c', 'sleep 0.8; echo end; exit 9'], kinds: [] };
    const result = await recordTarget({ transport, launch, filePath });
    clearInterval(timer);
    clearTimeout(calm);
    await transport.close();
    expect(result.exitCode).toBe(9);
    expect((await readHka(filePath, { onPacket: () => {} })).tables.output?.rows).toBe(1);
  });

  test('through a jump host', async () => {
    const configPath = join(folder, 'jump_config');
    const own = readFileSync(sshd.clientOptions.configPath, 'utf8');
    writeFileSync(
      configPath,
      `Host board\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  User ${sshd.target.split('@')[0]}\n  ProxyJump ${sshd.target}\n${own.replace('Host 127.0.0.1 localhost', 'Host *')}`,
    );
    const transport = await openSshTransport('board', { ...sshd.clientOptions, configPath, socketPath });
    const filePath = join(folder, 'jump.hka');
    const result = await recordTarget({ transport, launch: { command: 'true', args: [], kinds: [] }, filePath });
    await transport.close();
    expect(result.exitCode).toBe(0);
  });

  test('the first login asks for the fingerprint and remembers the key; no answer is no', async () => {
    const knownHosts = join(folder, 'known_new');
    const configPath = join(folder, 'new_config');
    writeFileSync(
      configPath,
      readFileSync(sshd.clientOptions.configPath, 'utf8').replace(sshd.knownHostsPath, knownHosts),
    );
    await expect(open({ configPath })).rejects.toMatchObject({ failure: { code: 'hostKeyRefused' } });
    const asked: string[] = [];
    const prompter = {
      ...refusingPrompter,
      confirmHostKey: async ({ fingerprint }: { fingerprint: string }) => {
        asked.push(fingerprint);
        return true;
      },
    };
    await (await open({ configPath, prompter })).close();
    expect(asked).toEqual([expect.stringMatching(/^SHA256:[\w+/]{43}$/)]);
    await (await open({ configPath })).close(); // known now: nobody is asked
  });

  test('a changed host key is refused hard, with both fingerprints, the line and the way out', async () => {
    const knownHosts = join(folder, 'known_changed');
    writeFileSync(knownHosts, `# a comment\n[127.0.0.1]:${sshd.port} ${makeKey(join(folder, 'other_key'))}\n`);
    const configPath = join(folder, 'changed_config');
    writeFileSync(
      configPath,
      readFileSync(sshd.clientOptions.configPath, 'utf8').replace(sshd.knownHostsPath, knownHosts),
    );
    const prompter = { ...refusingPrompter, confirmHostKey: async () => true }; // must not be asked
    await expect(open({ configPath, prompter })).rejects.toMatchObject({
      failure: {
        code: 'hostKeyChanged',
        sentence: expect.stringMatching(/has changed: it is SHA256:.*line 2 of .* says SHA256:/),
        remedy: expect.stringContaining(`ssh-keygen -R "[127.0.0.1]:${sshd.port}"`),
      },
    });
  });

  test('a refused login names what was tried', async () => {
    const configPath = join(folder, 'login_config');
    makeKey(join(folder, 'stranger'));
    writeFileSync(
      configPath,
      readFileSync(sshd.clientOptions.configPath, 'utf8').replace(
        /IdentityFile .*/,
        `IdentityFile ${join(folder, 'stranger')}`,
      ),
    );
    await expect(open({ configPath })).rejects.toMatchObject({
      failure: { code: 'loginRefused', sentence: expect.stringContaining('publickey') },
    });
  });

  test('no probe on the other side', async () => {
    await expect(open({ socketPath: join(folder, 'nothing.sock') })).rejects.toMatchObject({
      failure: { code: 'noProbe', remedy: 'Start one there: hookanalyzer serve' },
    });
  });

  test('nothing listens, and no such host', async () => {
    await expect(openSshTransport('127.0.0.1:1', sshd.clientOptions)).rejects.toMatchObject({
      failure: { code: 'connectionRefused' },
    });
    await expect(openSshTransport('no-such-host.invalid', sshd.clientOptions)).rejects.toMatchObject({
      failure: { code: 'unknownHost' },
    });
    await expect(openSshTransport('a b', sshd.clientOptions)).rejects.toMatchObject({ failure: { code: 'badTarget' } });
  });

  test('record --on from the command line', async () => {
    const home = process.env.HOME;
    const said = { out: '', err: '' };
    const terminal = {
      out: (text: string) => {
        said.out += text;
      },
      err: (text: string) => {
        said.err += text;
      },
      isInteractive: false,
      verbose: false,
    };
    process.env.HOME = join(folder, 'home');
    rmSync(process.env.HOME, { recursive: true, force: true });
    const { mkdirSync, copyFileSync } = await import('node:fs');
    mkdirSync(join(process.env.HOME, '.ssh'), { recursive: true });
    copyFileSync(sshd.clientOptions.configPath, join(process.env.HOME, '.ssh', 'config'));
    try {
      const output = join(folder, 'on.hka');
      const code = await runCommand(
        ['record', '--on', sshd.target, '--socket', socketPath, '-o', output, '--', 'sh', '-c', 'echo there; exit 4'],
        terminal,
      );
      expect({ code, out: said.out }).toEqual({ code: 4, out: 'there\n' });
      expect(said.err).toContain('on.hka: 0 kernels');
    } finally {
      process.env.HOME = home;
    }
  });
});
