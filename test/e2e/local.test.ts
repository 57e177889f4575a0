// This machine: the built-in workload, live; then its file.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closeDisplay, type OpenApp, openApp, whyNoWindow } from './app';

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

  test('the built-in workload: live, saved, closed, opened again, exported', async () => {
    const { page, answerDialogs, picture } = opened;
    await picture('start');
    await page.getByTestId('start-demo').click();
    await page.getByTestId('link-state').getByText('Live').waitFor();
    await page.getByTestId('target-state').getByText('runs').waitFor();
    await page.waitForTimeout(2500); // so that there is something to see
    await picture('live');
    await page.getByTestId('stop-target').click();
    await page.getByTestId('target-state').getByText('ended').waitFor();

    const saved = join(folder, 'mine.hka');
    await answerDialogs({ save: saved });
    await page.keyboard.press('Control+s');
    await page.getByText(`Recorded into ${saved}`).waitFor();
    await page.keyboard.press('Control+w');
    await page.getByTestId('start-page').waitFor();
    expect(existsSync(saved)).toBe(true);

    await answerDialogs({ open: saved, save: join(folder, 'trace.json') });
    await page.keyboard.press('Control+o');
    await page.getByTestId('status-bar').getByText('File', { exact: true }).waitFor();
    await picture('file');
    await page.keyboard.press('Control+Shift+p');
    await page.getByTestId('palette-input').fill('chrome');
    await page.keyboard.press('Enter');
    await page.getByText('Wrote ').waitFor();
    const { traceEvents } = JSON.parse(readFileSync(join(folder, 'trace.json'), 'utf8'));
    expect(traceEvents.length).toBeGreaterThan(100);
  });
});
