// A board: an sshd on the loopback with an empty home folder. The probe is installed there, a program runs, and things break.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { processesOf, startBoard, type TestBoard } from '../integration/board-kit';
import { sshdMissing } from '../integration/sshd';
import { closeDisplay, type OpenApp, openApp, whyNoWindow } from './app';
import { keepSession, lookAtLiveSession } from './walk';

const why = whyNoWindow() ?? sshdMissing();
if (why) process.stderr.write(`The tests of the window on a board are skipped: ${why}.\n`);

describe.skipIf(why !== undefined)('a board', () => {
  let board: TestBoard;
  let opened: OpenApp;
  let home: string;

  beforeEach(async () => {
    board = await startBoard();
    home = mkdtempSync(join(tmpdir(), 'hka-laptop-'));
    mkdirSync(join(home, '.ssh'));
    const { identityPath, port, user } = board.sshd;
    const lines = [
      'Host board',
      '  HostName 127.0.0.1',
      `  Port ${port}`,
      `  User ${user}`,
      `  IdentityFile ${identityPath}`,
    ];
    writeFileSync(join(home, '.ssh', 'config'), `${lines.join('\n')}\n`);
    opened = await openApp([], home);
  });
  afterEach(async () => {
    await opened.close();
    await board.close();
    rmSync(home, { recursive: true, force: true });
  });
  afterAll(closeDisplay);

  async function connect(): Promise<void> {
    const { page } = opened;
    await page.getByTestId('connect-target').fill('board');
    await page.getByTestId('connect-button').click();
    await page.getByTestId('trust-host').click();
    await page.getByTestId('link-state').getByText('Live').waitFor({ timeout: 120_000 });
  }

  async function runDemo(): Promise<void> {
    const { page } = opened;
    await page.getByTestId('launch-demo').click();
    await page.getByTestId('target-state').getByText('runs').waitFor();
  }

  const linkState = (text: string) => opened.page.getByTestId('link-state').getByText(text);

  test('from the start page to an exported file', async () => {
    await connect();
    await runDemo();
    await lookAtLiveSession(opened);
    await keepSession(opened, home);
  });

  test('is asked for its key, gets the probe, runs a program, loses the tunnel and resumes', async () => {
    const { page } = opened;
    await connect();
    expect(board.list('versions').length).toBe(1);
    await runDemo();
    await page.waitForTimeout(1000);
    expect(board.sshd.cutConnections()).toBeGreaterThan(0);
    await linkState('Reconnecting').waitFor();
    await linkState('Live').waitFor({ timeout: 60_000 });
    await page.getByTestId('stop-target').click();
    await page.getByTestId('target-state').getByText('ended').waitFor();
    await expect.poll(() => page.getByTestId('lost').innerText()).toBe('0 lost');
  });

  test('a host key that is refused connects nothing; a changed one is refused by itself', async () => {
    const { page } = opened;
    await page.getByTestId('connect-target').fill('board');
    await page.getByTestId('connect-button').click();
    await page.getByText('Refuse', { exact: true }).click();
    await page.getByTestId('notice').first().waitFor();
    expect(board.list('versions')).toEqual([]);
    const other = 'AAAAC3NzaC1lZDI1NTE5AAAAIDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEy';
    writeFileSync(join(home, '.ssh', 'known_hosts'), `[127.0.0.1]:${board.sshd.port} ssh-ed25519 ${other}\n`);
    await page.getByTestId('connect-button').click();
    await page
      .getByTestId('notice')
      .getByText(/changed|differs|not the one/i)
      .waitFor();
  });

  test('a probe that is killed is seen, and what was recorded stays open', async () => {
    const { page } = opened;
    await connect();
    await runDemo();
    const probes = processesOf('/out/node/probe.js').filter((pid) => processesOf(board.home).includes(pid));
    expect(probes.length).toBeGreaterThan(0);
    for (const pid of probes) process.kill(pid, 'SIGKILL');
    await linkState('Reconnecting').waitFor();
    await expect.poll(() => page.getByTestId('session-tab').count()).toBe(1);
  });

  test('a target that is killed is seen', async () => {
    const { page } = opened;
    await connect();
    await runDemo();
    const targets = processesOf('/out/node/runner.js').filter((pid) => processesOf(board.home).includes(pid));
    for (const pid of targets) process.kill(pid, 'SIGKILL');
    await page.getByTestId('target-state').getByText('ended by SIGKILL').waitFor();
  });
});
