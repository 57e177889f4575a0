// What a person does with a session that is live: watches, pauses, looks closer, and keeps it. Used on this machine and on a board.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { OpenApp } from './app';

/** Kernels that the table of the session counts. */
async function kernelCount({ page }: OpenApp): Promise<number> {
  const texts = await page.getByTestId('table-row').locator('[role=gridcell]:nth-child(3)').allInnerTexts();
  return texts.reduce((sum, text) => sum + Number(text.replaceAll(',', '')), 0);
}

const drawnCount = ({ page }: OpenApp) => page.evaluate(() => performance.getEntriesByName('timeline-drawn').length);

/** The built-in workload runs: kernels appear, the view is paused, a slice and a range are selected, tables and memory are read. */
export async function lookAtLiveSession(opened: OpenApp): Promise<void> {
  const { page, picture } = opened;
  await expect.poll(() => drawnCount(opened)).toBeGreaterThan(5);
  await page.waitForTimeout(2500); // so that there is something to see
  await picture('live');

  // Pause: the view stands still while rows keep coming.
  await page.getByTestId('follow').click();
  await page.getByTestId('follow').getByText('Follow').waitFor();
  const shown = await page.getByTestId('view-words').innerText();
  const rowsBefore = await kernelCount(opened);
  await expect.poll(() => kernelCount(opened)).toBeGreaterThan(rowsBefore);
  expect(await page.getByTestId('view-words').innerText()).toBe(shown);

  // Search and select: the details say what it is, and its launch is linked.
  await page.keyboard.press('/');
  await page.keyboard.type('conv_nchw');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.getByTestId('search-words').innerText()).toMatch(/match/);
  await page.getByText('Details', { exact: true }).click();
  await expect.poll(() => page.getByTestId('details-name').innerText()).toContain('conv_nchw');
  await page.getByTestId('details-panel').getByText('block', { exact: false }).first().waitFor();

  // A range that is dragged over the timeline feeds the table.
  const box = await page.getByTestId('timeline').boundingBox();
  if (!box) throw new Error('the timeline has no place');
  await page.mouse.move(box.x + box.width * 0.3, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 4 });
  await page.mouse.up();
  await page.getByTestId('report-range').getByText('of the selected range').waitFor();
  await picture('selection');
  await page.keyboard.press('Escape');
  await page.getByTestId('report-range').getByText('whole session').waitFor();

  // The memory map, and a kernel's histogram.
  await page.getByTestId('table-row').first().click();
  await page.getByTestId('kernel-figures').getByText('p99', { exact: true }).waitFor();
  await picture('histogram');
  await page.getByText('Memory', { exact: true }).first().click();
  await page.getByText('Largest free gap').waitFor();
  await picture('memory');

  // A kind is switched off while it runs.
  await page.getByText('Launch', { exact: true }).click();
  await page.getByTestId('target').getByLabel('nvtx').uncheck();
  await expect.poll(() => page.getByTestId('target').getByLabel('nvtx').isChecked()).toBe(false);
}

/** Ends the program, saves, closes, opens the file again and exports it. */
export async function keepSession(opened: OpenApp, folder: string): Promise<void> {
  const { page, answerDialogs, picture } = opened;
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
  await page.getByTestId('command-palette').getByRole('combobox').fill('chrome');
  await page.keyboard.press('Enter');
  await page.getByText('Wrote ').waitFor();
  const { traceEvents } = JSON.parse(readFileSync(join(folder, 'trace.json'), 'utf8'));
  expect(traceEvents.length).toBeGreaterThan(100);
}
