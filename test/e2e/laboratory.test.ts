// The laboratory on the processor of this machine: run, watch, cancel, pin, compare, export; then the same from the file.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closeDisplay, type OpenApp, openApp, whyNoWindow } from './app';

const why = whyNoWindow();
if (why) process.stderr.write(`The window's tests of the laboratory are skipped: ${why}.\n`);

const SIZES = ['32', '48', '64'];
const VARIANTS = ['naive', 'tile_8', 'tile_16'];

async function runGemm({ page }: OpenApp, sizes: string, sampleCount: string): Promise<void> {
  await page.getByTestId('preset-gemmTiles').click();
  await page.getByTestId('laboratory-sizes').fill(sizes);
  await page.getByTestId('laboratory-variants').fill(VARIANTS.join(', '));
  await page.getByText('How to measure').click();
  await page.getByTestId('laboratory-sampleCount').fill(sampleCount);
  await page.getByText('How to measure').click();
  await page.getByTestId('laboratory-form').getByText('CPU', { exact: true }).click();
  await page.getByTestId('laboratory-run').click();
}

const phaseOf = ({ page }: OpenApp) => page.getByTestId('laboratory-progress').getAttribute('data-phase');
const mapCount = async ({ page }: OpenApp) =>
  Number(await page.getByTestId('laboratory-map').getAttribute('data-item-count'));

/** Counts how many different numbers of cells the map had: points that come one by one are more than one number. */
async function watchMap(opened: OpenApp): Promise<Set<number>> {
  const seen = new Set<number>();
  await opened.page.getByTestId('laboratory-map').waitFor({ timeout: 60_000 });
  await expect
    .poll(
      async () => {
        seen.add(await mapCount(opened));
        return phaseOf(opened);
      },
      { timeout: 120_000, interval: 100 },
    )
    .toBe('done');
  return seen;
}

describe.skipIf(why !== undefined)('the laboratory', () => {
  let opened: OpenApp;
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hka-laboratory-'));
    opened = await openApp();
  });
  afterEach(async () => {
    await opened.close();
    rmSync(folder, { recursive: true, force: true });
  });
  afterAll(closeDisplay);

  test('runs a GEMM experiment on the processor, watches it, cancels another, pins, compares, exports', async () => {
    const { page, picture, answerDialogs } = opened;
    await page.getByTestId('start-local').click();
    await page.getByTestId('link-state').getByText('Live').waitFor();
    await page.getByText('Laboratory', { exact: true }).first().click();
    await page.getByText('No experiments in this session').waitFor();

    // A mistake is said under its field, and nothing runs.
    await page.getByTestId('laboratory-sizes').fill('32, many');
    await page.getByText('A side must be a whole number from 1 to 16,384, not “many”.').waitFor();
    expect(await page.getByTestId('laboratory-run').isDisabled()).toBe(true);

    // Points arrive one by one.
    await runGemm(opened, SIZES.join(', '), '300');
    const seen = await watchMap(opened);
    expect(seen.size).toBeGreaterThan(1);
    expect(await mapCount(opened)).toBe(SIZES.length * VARIANTS.length);
    expect(await page.getByTestId('laboratory-device-words').innerText()).toContain('[CPU]');
    await page.getByTestId('laboratory-map').getByRole('img').focus();
    await page.keyboard.press('ArrowRight');
    await page.getByTestId('laboratory-details').getByText('Median', { exact: true }).waitFor();
    await picture('laboratory');

    // Each view has something to show, or says why not.
    await page.getByTestId('tab-curves').click();
    await page.getByTestId('laboratory-curves').waitFor();
    await page.getByTestId('tab-roofline').click();
    await page.getByTestId('laboratory-roofline').waitFor();
    await picture('laboratory-roofline');
    await page.getByTestId('tab-prediction').click();
    await page.getByTestId('laboratory-prediction').getByText('Prediction', { exact: true }).waitFor();
    await picture('laboratory-prediction');

    // Pin it, and compare it with itself.
    await page.getByTestId('laboratory-baselines').getByText('Baselines').click();
    await page.getByTestId('laboratory-baseline-name').fill('this morning');
    await page.getByTestId('laboratory-pin').click();
    await page.getByTestId('laboratory-baseline').getByRole('checkbox').check();
    await page.getByTestId('tab-points').click();
    await page.getByText('Δ this morning (%)').waitFor();

    // A longer one is cancelled; the points it had stay.
    await page.getByTestId('laboratory-baselines').getByText('Baselines').click();
    await runGemm(opened, '512..1024:64', '1000');
    await expect.poll(() => phaseOf(opened), { timeout: 60_000 }).toBe('running');
    await page
      .getByTestId('laboratory-progress')
      .getByText(/^[1-9]\d* of \d+ points/)
      .waitFor({ timeout: 60_000 });
    await page.getByTestId('laboratory-cancel').click();
    await expect.poll(() => phaseOf(opened), { timeout: 60_000 }).toBe('cancelled');
    expect(await page.getByTestId('laboratory-experiment').count()).toBe(2);

    // A kernel of one's own needs a GPU: the window says so, and goes on.
    await page.getByTestId('preset-kernel').click();
    await page.getByTestId('laboratory-source').fill('extern "C" __global__ void f(float* x) {}');
    await page.getByTestId('laboratory-run').click();
    const results = page.getByTestId('laboratory-results');
    await results.getByText('A kernel of your own runs on a CUDA device only.').waitFor({ timeout: 60_000 });
    await results.getByRole('heading', { name: /^Own kernel/ }).waitFor();
    await picture('laboratory-own-kernel');

    // The first one as CSV: a line a point, the ceilings among them.
    await page.getByTestId('laboratory-experiment').last().click();
    await page.getByTestId('tab-points').click();
    const csvPath = join(folder, 'points.csv');
    await answerDialogs({ save: csvPath });
    await page.getByTestId('laboratory-csv').click();
    await expect.poll(() => existsSync(csvPath) && readFileSync(csvPath, 'utf8')).toMatch(/\r\n$/);
    const lines = readFileSync(csvPath, 'utf8').trim().split('\r\n');
    expect(lines[0]).toContain('Median (ns)');
    for (const variant of VARIANTS) {
      expect(lines.filter((line) => line.endsWith(`,${variant}`)).length).toBe(SIZES.length);
    }

    // A picture of the map, and a point on the timeline.
    await page.getByTestId('tab-map').click();
    const pngPath = join(folder, 'map.png');
    await answerDialogs({ save: pngPath });
    await page.getByTestId('laboratory-map-png').click();
    await expect.poll(() => existsSync(pngPath)).toBe(true);
    expect([...readFileSync(pngPath).subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
    await page.getByTestId('laboratory-map').getByRole('img').focus();
    await page.keyboard.press('ArrowRight');
    await page.getByTestId('laboratory-show-on-timeline').click();
    await page.getByTestId('timeline').waitFor();
    await page.waitForTimeout(500);
    await picture('laboratory-timeline');

    // Everything but the button works on the recording.
    const saved = join(folder, 'laboratory.hka');
    await answerDialogs({ save: saved });
    await page.keyboard.press('Control+s');
    await page.getByText(`Recorded into ${saved}`).waitFor();
    await page.keyboard.press('Control+w');
    await page.getByTestId('start-page').waitFor();
    await answerDialogs({ open: saved });
    await page.keyboard.press('Control+o');
    await page.getByTestId('status-bar').getByText('File', { exact: true }).waitFor();
    await page.getByText('Laboratory', { exact: true }).first().click();
    await page.getByTestId('laboratory-experiment').last().click();
    await expect.poll(() => mapCount(opened)).toBe(SIZES.length * VARIANTS.length);
    expect(await page.getByTestId('laboratory-run').isDisabled()).toBe(true);
    await picture('laboratory-file');
  });
});
