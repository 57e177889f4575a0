import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { surveyBoard } from '../../app/host/deploy/board';
import { installProbe } from '../../app/host/deploy/install';
import { takeInstallLock } from '../../app/host/deploy/install-lock';
import { checkPermission } from '../../app/host/deploy/permission';
import { RemoteShell } from '../../app/host/deploy/remote-shell';
import { findRunningProbe } from '../../app/host/deploy/running-probe';
import { listVersions, removeVersions } from '../../app/host/deploy/versions';
import { ProbeLink } from '../../app/host/link/probe-link';
import { recordTarget } from '../../app/host/session/recorder';
import { type BoardOptions, processesOf, startBoard, type TestBoard, type Told } from './board-kit';
import { sshdMissing } from './sshd';

const missing = sshdMissing();
const stepsOf = (told: readonly Told[]) => [...new Set(told.map(({ step }) => step))];
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no failure',
    (error) => error.failure ?? error,
  );

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

describe.skipIf(missing)(`installing the probe over sshd${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const boards: TestBoard[] = [];

  async function boardWith(options?: BoardOptions): Promise<TestBoard> {
    const board = await startBoard(options);
    boards.push(board);
    return board;
  }

  afterEach(async () => {
    for (const board of boards.splice(0)) await board.close();
  });

  test('from nothing: Node and the programs are uploaded, the probe answers and records a CPU program; the second time only checks', async () => {
    const board = await boardWith();
    const { installed, told } = await board.install();
    expect(stepsOf(told)).toEqual(['look', 'uploadNode', 'check', 'upload', 'start']);
    expect(told.filter(({ step }) => step === 'uploadNode').at(-1)?.doneRatio).toBe(1);
    expect(installed).toMatchObject({
      socketPath: path.join(board.home, '.hookanalyzer/probe.sock'),
      nodePath: expect.stringContaining(path.join(board.home, '.hookanalyzer/node')),
      folder: path.join(board.home, '.hookanalyzer/versions', installed.version),
      findings: [],
    });
    expect([board.list('versions'), board.list('node').length]).toEqual([[installed.version], 1]);

    const transport = await board.connect();
    transport.setSocket(installed.socketPath);
    const filePath = path.join(board.home, 'run.hka');
    const { nodePath, runnerPath, addonPath } = installed;
    const args = [runnerPath, 'demo', '--device', 'cpu', '--count', '3', '--addon', addonPath ?? ''];
    const launch = { command: nodePath, args, kinds: ['kernel' as const] };
    const result = await recordTarget({ transport, launch, filePath });
    expect(result).toMatchObject({ exitCode: 0, lost: 0 });
    expect(result.rows.kernel).toBeGreaterThan(20);

    const second = await board.install();
    expect(second.installed).toEqual(installed);
    expect(stepsOf(second.told)).toEqual(['look', 'check']);
  });

  test('it lives on when the connection ends, and a killed one is started again', async () => {
    const board = await boardWith({ alsoHas: ['node'] });
    const { installed } = await board.install();
    expect(board.list('node')).toEqual([]);
    board.sshd.cutConnections();
    const describe = async () => {
      const transport = await board.connect();
      transport.setSocket(installed.socketPath);
      const link = await ProbeLink.control(transport);
      const { pid } = await link.request('probe/describe', {});
      await link.close();
      return pid;
    };
    const pid = await describe();
    process.kill(pid, 'SIGKILL');
    // Dead, whether or not the machine's first process has looked after it yet.
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect(stepsOf((await board.install()).told)).toContain('start');
    expect(await describe()).not.toBe(pid);
  });

  test('two at once: one waits, and both have the same probe', async () => {
    const board = await boardWith({ alsoHas: ['node'] });
    const both = await Promise.all([board.install(), board.install()]);
    const waited = both.filter(({ told }) => stepsOf(told).includes('wait'));
    expect(waited).toHaveLength(1);
    expect(waited[0].told.find(({ step }) => step === 'wait')?.text).toMatch(
      /^Another installation is under way there/,
    );
    expect(both.map(({ told }) => stepsOf(told).includes('upload')).sort()).toEqual([false, true]);
    expect(both[0].installed).toEqual(both[1].installed);
  });

  test('a lock of a process that is gone, of nobody, or of one that gets no beat is taken over; a living one is waited for', async () => {
    const board = await boardWith();
    const shell = new RemoteShell(await (await board.connect()).login(), 'the board');
    const folder = path.join(board.home, '.hookanalyzer/install.lock');
    const startTicks = readFileSync(`/proc/${process.pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')[19];
    const takenFrom = async (owner: string | undefined) => {
      const sentences: string[] = [];
      mkdirSync(folder, { recursive: true });
      if (owner !== undefined) writeFileSync(path.join(folder, 'owner'), owner);
      const lock = await takeInstallLock(shell, { silentMsMax: 1000, onWait: (text) => sentences.push(text) });
      expect(readFileSync(path.join(folder, 'owner'), 'utf8')).toMatch(/^\d+ \d+ \d+\n$/);
      await lock.release();
      expect(existsSync(folder)).toBe(false);
      return sentences;
    };
    expect(await takenFrom(`${process.pid} ${Number(startTicks) + 1} 0\n`)).toEqual([]); // the number was given anew
    expect(await takenFrom(undefined)).toEqual([]);
    expect(await takenFrom(`${process.pid} ${startTicks} 0\n`)).toEqual([
      expect.stringContaining(`Another installation is under way there (process ${process.pid} since `),
    ]);
    const holders = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const lock = await takeInstallLock(shell, { onWait: () => {} });
        const owner = readFileSync(path.join(folder, 'owner'), 'utf8');
        await lock.release();
        return owner;
      }),
    );
    expect(new Set(holders).size).toBe(6);
  });

  test('a connection that is cut in the middle of an upload says so, and the next attempt starts clean', async () => {
    const board = await boardWith();
    const client = await (await board.connect()).login();
    const cut = installProbe(client, {
      installation: board.installation,
      onProgress: (step, { doneRatio = 0 }) => {
        if (step === 'uploadNode' && doneRatio > 0.3) client.destroy();
      },
    });
    expect(await failureOf(cut)).toMatchObject({ code: 'linkLost' });
    expect(board.list('node').some((name) => name.startsWith('.staging-'))).toBe(true);
    const { told, installed } = await board.install();
    expect(stepsOf(told)).toContain('uploadNode');
    expect(board.list('node')).toHaveLength(1);
    expect(board.list('versions')).toEqual([installed.version]);
    expect(board.list('install.lock')).toEqual([]);
  });

  test('cancelled in the middle: nothing is left, and the lock is free', async () => {
    const board = await boardWith();
    const ending = new AbortController();
    const cancelled = board.install({
      signal: ending.signal,
      onProgress: (step, { doneRatio = 0 }) => {
        if (step === 'uploadNode' && doneRatio > 0.3) ending.abort();
      },
    });
    expect(await failureOf(cancelled)).toMatchObject({ code: 'cancelled' });
    expect([board.list('node'), board.list('versions'), board.list('install.lock')]).toEqual([[], [], []]);
  });

  test('files that arrive damaged are refused; damaged later, they are uploaded again', async () => {
    const board = await boardWith({ alsoHas: ['node'] });
    board.setTool('tar', '/usr/bin/tar "$@" && echo " " >>out/node/probe.js');
    expect(await failureOf(board.install())).toMatchObject({ code: 'uploadDamaged' });
    expect(board.list('versions')).toEqual([]);
    board.setTool('tar', 'exec /usr/bin/tar "$@"');
    const { installed } = await board.install();
    writeFileSync(path.join(installed.folder, 'out/node/runner.js'), 'damaged');
    const again = await board.install();
    expect(stepsOf(again.told)).toContain('upload');
    expect(readFileSync(installed.runnerPath, 'utf8')).not.toBe('damaged');
  });

  test('a full disk is found before the upload and in its middle', async () => {
    const board = await boardWith({ alsoHas: ['node'] });
    board.setTool(
      'df',
      'echo "Filesystem 1024-blocks Used Available Capacity Mounted on"; echo "disk 100 99 1000 99% /"',
    );
    expect(await failureOf(board.install())).toMatchObject({
      code: 'boardDiskFull',
      sentence: expect.stringMatching(
        /^The disk of the board has 1000\.0 KiB free in the home folder; the probe needs \d+/,
      ),
    });
    board.setTool('df', undefined);
    board.setTool('tar', 'head -c 1000 >/dev/null; echo "tar: write error: No space left on device" >&2; exit 2');
    expect(await failureOf(board.install())).toMatchObject({ code: 'boardDiskFull' });
    expect([board.list('versions'), board.list('install.lock')]).toEqual([[], []]);
  });

  test('boards that lack something say what, and how to get it', async () => {
    const board = await boardWith({ lacks: ['tar'] });
    expect(await failureOf(board.install())).toMatchObject({
      code: 'noTar',
      remedy: expect.stringContaining('apt-get'),
    });
    const loginFile = path.join(board.home, '.bashrc');
    writeFileSync(loginFile, 'echo "This account is currently not available."; exit 1\n');
    expect(await failureOf(board.install())).toMatchObject({
      code: 'noShell',
      sentence: 'The login on the board runs no commands: This account is currently not available.',
    });
    rmSync(loginFile);
    board.setTool('uname', 'case $1 in -m) echo armv7l ;; *) echo Linux ;; esac');
    expect(await failureOf(board.install())).toMatchObject({
      code: 'boardUnsupported',
      sentence: expect.stringContaining('Linux on armv7l'),
    });
    board.setTool('uname', 'exec /usr/bin/uname "$@"');
    board.setTool('mkdir', 'echo "mkdir: cannot create directory: Permission denied" >&2; exit 1');
    expect(await failureOf(board.install())).toMatchObject({
      code: 'homeNotWritable',
      sentence: expect.stringContaining('Permission denied'),
    });
  });

  test('without gzip and sha256sum, and with a login that prints and goes elsewhere, it works as well', async () => {
    const board = await boardWith({ alsoHas: ['node'], lacks: ['gzip', 'sha256sum'] });
    writeFileSync(path.join(board.home, '.bashrc'), 'echo Welcome; cd /\n');
    const { installed } = await board.install();
    expect(stepsOf((await board.install()).told)).toEqual(['look', 'check']);
    writeFileSync(path.join(installed.folder, 'out/node/runner.js'), 'damaged');
    expect(stepsOf((await board.install()).told)).toContain('upload');
  });

  test('without a compiler a finding says so; with one the collector is built there once, and its log is shown', async () => {
    const board = await boardWith({ alsoHas: ['node'] });
    const installation = { ...board.installation, collectorPath: undefined };
    const first = await board.install({ installation });
    expect(first.installed.collectorPath).toBeUndefined();
    expect(first.installed.findings).toEqual([
      {
        code: 'noCompiler',
        sentence:
          'the board has no C++ compiler, so CUDA programs run but are not captured. Processor and board are watched all the same.',
        remedy: 'Install g++ there, then connect again.',
        command: 'sudo apt-get install g++',
      },
    ]);
    for (const name of ['as', 'ld']) board.setTool(name, `exec /usr/bin/${name} "$@"`);
    board.setTool('g++', '[ "$1" = --version ] || echo "g++ is at work" >&2; exec /usr/bin/g++ "$@"');
    const questions: string[] = [];
    const second = await board.install({
      installation,
      mayEndProbe: async ({ sentence, runningTargetCount }) => {
        questions.push(`${sentence} ${runningTargetCount}`);
        return true;
      },
    });
    const log = second.told.filter(({ step }) => step === 'build').map(({ text }) => text);
    expect(log.join('')).toMatch(/native\/collector\/decoder\.cc\n[\s\S]*g\+\+ is at work/);
    expect(second.installed).toMatchObject({
      collectorPath: path.join(second.installed.folder, 'out/native/lib/libhookcollector.so'),
      findings: [],
    });
    expect(questions).toEqual([
      'The probe on the board was started before its collector was built, so it does not capture CUDA. 0',
    ]);
    expect(stepsOf((await board.install({ installation })).told)).toEqual(['look', 'check']);
  });

  test('a build that fails is a finding with its log, and is not tried at each connection', async () => {
    const board = await boardWith({ alsoHas: ['node'] });
    const installation = { ...board.installation, collectorPath: undefined };
    board.setTool(
      'g++',
      'echo "g++ (broken) 1.0"; [ "$1" = --version ] && exit 0; echo "error: no such thing" >&2; exit 1',
    );
    const { installed, told } = await board.install({ installation });
    expect(installed.findings).toMatchObject([{ code: 'nativeNotBuilt', command: expect.stringContaining('less ') }]);
    const log = path.join(installed.folder, 'native-build.log');
    expect(readFileSync(log, 'utf8')).toContain('error: no such thing');
    expect(told.some(({ text }) => text?.includes('error: no such thing'))).toBe(true);
    const second = await board.install({ installation });
    expect(stepsOf(second.told)).toEqual(['look', 'check']);
    expect(second.installed.findings).toMatchObject([{ code: 'nativeNotBuilt' }]);
  });

  test.skipIf(process.getuid?.() !== 0)(
    'as root with the script that a Jetson needs: the socket is the user’s, and the next connection uses it',
    async () => {
      const board = await boardWith({ alsoHas: ['node', 'chown'] });
      const { installed } = await board.install();
      const shell = new RemoteShell(await (await board.connect()).login(), 'orin');
      const facts = await surveyBoard(shell);
      const cuptiPaths = ['/usr/local/cuda-12.6/targets/aarch64-linux/lib/libcupti.so.12'];
      const jetson = { ...facts, gpu: { ...facts.gpu, isTegra: true, cuptiPaths, toolkits: ['12.6'] } };
      const deployment = { shell, board: jetson, onProgress: () => {}, signal: undefined };
      const probePath = path.join(installed.folder, 'out/node/probe.js');
      const findings = await checkPermission(deployment, { ...installed, probePath }, 1000);
      const script = path.join(installed.folder, 'serve-as-root.sh');
      expect(findings).toMatchObject([{ code: 'cuptiNeedsRoot', command: `sudo ${script}` }]);
      const userIdOfCaller = 12_345;
      const { stdout, stderr, exitCode } = await shell.run(`SUDO_UID=${userIdOfCaller} /bin/sh ${script}`);
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(statSync(installed.socketPath)).toMatchObject({ uid: userIdOfCaller, mode: 0o140600 });
      const again = await board.install();
      expect(stepsOf(again.told)).toEqual(['look', 'check']);
      const running = await findRunningProbe(deployment, installed.socketPath);
      expect(running).toMatchObject({ uid: 0, programPath: probePath });
      expect(stdout).toContain(`process id ${running?.pid}.`);
      expect(await checkPermission(deployment, { ...installed, probePath }, running?.uid)).toEqual([]);
    },
  );

  test('another version: both are named, it is kept unless somebody agrees, and old ones can be removed', async () => {
    const board = await boardWith({ alsoHas: ['node'] });
    const old = (await board.install({ installation: { ...board.installation, addonPath: undefined } })).installed;
    const kept = (await board.install()).installed;
    expect(kept.version).not.toBe(old.version);
    expect(kept.findings).toMatchObject([
      {
        code: 'otherProbe',
        sentence: `A probe ${old.version} runs on the board; this program brings ${kept.version}.`,
        command: expect.stringMatching(/^kill \d+$/),
      },
    ]);
    const client = await (await board.connect()).login();
    const versionsOf = async () =>
      (await listVersions(client)).map(({ name, isRunning, bytes }) => [name, isRunning, bytes > 100_000]).sort();
    expect(await versionsOf()).toEqual(
      [
        [kept.version, false, true],
        [old.version, true, true],
      ].sort(),
    );
    expect(await failureOf(removeVersions(client, [kept.version, old.version]))).toMatchObject({
      code: 'versionRunning',
    });
    expect(await failureOf(removeVersions(client, ['../..']))).toMatchObject({ code: 'versionUnknown' });
    const { installed } = await board.install({ mayEndProbe: async () => true });
    expect(installed.findings).toEqual([]);
    await removeVersions(client, [old.version]);
    expect(await versionsOf()).toEqual([[kept.version, true, true]]);
    expect(board.list('install.lock')).toEqual([]);
    expect(processesOf(old.folder)).toEqual([]);
  });
});
