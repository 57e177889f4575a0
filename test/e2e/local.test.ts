// This machine: the built-in workload, live; then its file.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, test } from 'vitest';
import { closeDisplay, type OpenApp, openApp, whyNoWindow } from './app';
import { keepSession, lookAtLiveSession } from './walk';

const why = whyNoWindow();
if (why) process.stderr.write(`The window's tests are skipped: ${why}.\n`);

describe.skipIf(why !== undefined)('this machine', () => {
  let opened: OpenApp;
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hka-e2e-'));
    opened = await openApp();
  });
  afterEach(async () => {
    await opened.close();
    rmSync(folder, { recursive: true, force: true });
  });
  afterAll(closeDisplay);

  test('the built-in workload: live, looked at, saved, closed, opened again, exported', async () => {
    const { page, picture } = opened;
    await picture('start');
    await page.getByTestId('start-demo').click();
    await page.getByTestId('link-state').getByText('Live').waitFor();
    await page.getByTestId('target-state').getByText('runs').waitFor();
    await lookAtLiveSession(opened);
    // It is a workload: the scheduler's panel shows its requests.
    await page.getByText('Scheduler', { exact: true }).first().click();
    await page.getByTestId('scheduler-figures').getByText('classify').first().waitFor();
    await keepSession(opened, folder);
  });
});
