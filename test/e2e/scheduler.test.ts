// The scheduler's panel on this machine: start three cameras, watch queues and latencies, change the policy, look at one request's life;
// then the same from the file. And the engines' page of a recording: ratios, the graph of layers, the build log.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closeDisplay, type OpenApp, openApp, whyNoWindow } from './app';
import { writeEngineSession } from './engine-rows';

const why = whyNoWindow();
if (why) process.stderr.write(`The window's tests of the scheduler are skipped: ${why}.\n`);

/** Requests that the table of latencies counts. */
async function requestCount({ page }: OpenApp): Promise<number> {
  const texts = await page.getByTestId('scheduler-figures').locator('tbody td:nth-child(3)').allInnerTexts();
  return texts.reduce((sum, text) => sum + Number(text.replaceAll(',', '')), 0);
}

const drawnIn = async ({ page }: OpenApp, testId: string) =>
  Number(await page.getByTestId(testId).getAttribute('data-item-count'));

/** Opens the life of a request in the newest batch, with the keyboard. */
async function openLife({ page }: OpenApp): Promise<void> {
  await page.getByTestId('tab-streams').click();
  await page.getByTestId('scheduler-lanes').focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await page.getByTestId('scheduler-life-drawing').waitFor();
}

/** Two networks of our own kernels at once, so that lives have kernels of two streams around them. */
const KERNELS_WORKLOAD = `
name: kernels
seconds: 4
models:
  detect: { engine: kernels, file: 'generated:yolov8n-shaped?sidePx=64&batch=free', maxBatchSize: 2 }
  search: { engine: kernels, file: 'generated:yolov8n-shaped?sidePx=32&depthRatio=0.67' }
sources:
  camera: { target: detect, arrival: { kind: periodic, ratePerSec: 12 }, deadlineMs: 80 }
  archive: { target: search, arrival: { kind: closed, concurrency: 1 } }
`;

const VERSIONS_WORKLOAD = `
name: versions
seconds: 120
models:
  detect:
    file: generated:yolov8n-shaped?sidePx=64&batch=free
    maxBatchSize: 2
    versions: { '1': {}, '2': {} }
sources:
  users: { target: detect, arrival: { kind: poisson, ratePerSec: 20 }, keyCount: 1000, deadlineMs: 500 }
`;

describe.skipIf(why !== undefined)('the scheduler', () => {
  let opened: OpenApp;
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hka-scheduler-'));
    opened = await openApp();
  });
  afterEach(async () => {
    await opened.close();
    rmSync(folder, { recursive: true, force: true });
  });
  afterAll(closeDisplay);

  test('three cameras: queues, latencies, streams, a life, and all of it from the file', async () => {
    const { page, picture, answerDialogs } = opened;
    await page.getByTestId('start-local').click();
    await page.getByTestId('link-state').getByText('Live').waitFor();
    await page.getByText('Scheduler', { exact: true }).first().click();
    await page.getByText('No request was scheduled in this session').waitFor();

    // A mistake is said under its field, and nothing runs.
    await page.getByTestId('scheduler-seconds').fill('soon');
    await page.getByText('Seconds must be a number from 1 to 86,400, not “soon”.').waitFor();
    expect(await page.getByTestId('scheduler-run').isDisabled()).toBe(true);

    // Figures come while it runs.
    await page.getByTestId('scheduler-seconds').fill('60');
    await page.getByTestId('workload-three-cameras').click();
    await page.getByTestId('scheduler-form').getByText('CPU', { exact: true }).click();
    await page.getByTestId('scheduler-run').click();
    await page.getByTestId('scheduler-figures').waitFor({ timeout: 90_000 });
    const before = await requestCount(opened);
    await expect.poll(() => requestCount(opened)).toBeGreaterThan(before);
    await expect.poll(() => drawnIn(opened, 'scheduler-latency')).toBeGreaterThan(0);
    await expect.poll(() => drawnIn(opened, 'scheduler-sizes')).toBeGreaterThan(0);
    await picture('scheduler');

    // Another policy, while it runs: what cannot be done would be said.
    await page.getByTestId('live-policy').selectOption('fifo');
    await page.getByTestId('live-policy-apply').click();
    await page.waitForTimeout(1000);
    expect(await page.getByText('takes no changes').count()).toBe(0);

    // Stop, then one request's life.
    await page.getByTestId('scheduler-stop').click();
    await expect.poll(() => page.getByTestId('scheduler-run').isEnabled()).toBe(true);
    await openLife(opened);
    expect(await drawnIn(opened, 'scheduler-lanes')).toBeGreaterThan(1);
    expect(await page.getByTestId('scheduler-occupancy').locator('tbody tr').count()).toBeGreaterThan(0);
    expect(await drawnIn(opened, 'scheduler-life-drawing')).toBeGreaterThan(0);
    const sentence = await page.getByTestId('scheduler-life-sentence').innerText();
    expect(sentence).toMatch(/^(Answered|Rejected|Failed)/);
    // ONNX Runtime on the CPU launches no kernels, and that is said.
    expect(await page.getByTestId('scheduler-work-absence').innerText()).toContain('computes on the CPU');
    await picture('scheduler-life');
    await page.getByTestId('scheduler-show-on-timeline').click();
    await page.getByTestId('timeline').waitFor();
    await page.waitForTimeout(500);
    await picture('scheduler-timeline');

    // The recording shows the same.
    const saved = join(folder, 'cameras.hka');
    await answerDialogs({ save: saved });
    await page.keyboard.press('Control+s');
    await page.getByText(`Recorded into ${saved}`).waitFor();
    await page.keyboard.press('Control+w');
    await page.getByTestId('start-page').waitFor();
    await answerDialogs({ open: saved });
    await page.keyboard.press('Control+o');
    await page.getByTestId('status-bar').getByText('File', { exact: true }).waitFor();
    await page.getByText('Scheduler', { exact: true }).first().click();
    await page.getByTestId('scheduler-figures').waitFor();
    expect(await requestCount(opened)).toBeGreaterThan(before);
    expect(await page.getByTestId('scheduler-run').isDisabled()).toBe(true);
    await openLife(opened);
    expect(await page.getByTestId('scheduler-life-sentence').innerText()).not.toBe('');
    await picture('scheduler-file');
  });

  test('two versions: a slider shares the traffic, rolling back takes it away, and the build log tells of both', async () => {
    const { page, picture, answerDialogs } = opened;
    await page.getByTestId('start-local').click();
    await page.getByTestId('link-state').getByText('Live').waitFor();
    await page.getByText('Scheduler', { exact: true }).first().click();
    const workload = join(folder, 'versions.yaml');
    writeFileSync(workload, VERSIONS_WORKLOAD);
    await answerDialogs({ open: workload });
    await page.getByTestId('workload-file').click();
    await page.getByTestId('scheduler-seconds').fill('120');
    await page.getByTestId('scheduler-form').getByText('CPU', { exact: true }).click();
    await page.getByTestId('scheduler-run').click();
    await page.getByTestId('scheduler-figures').waitFor({ timeout: 90_000 });
    await page.getByTestId('tab-versions').click();
    await page.getByText('1 s', { exact: true }).click();
    const shareOf = async (version: number) => {
      const row = page
        .getByTestId('scheduler-versions')
        .locator('tbody tr')
        .nth(version - 1);
      return Number.parseFloat(await row.locator('td').nth(2).innerText());
    };
    const wait = { timeout: 30_000 };
    await expect.poll(() => shareOf(1), wait).toBe(100);

    // By keyboard: the slider's own keys.
    await page.getByRole('slider').nth(1).focus();
    await page.keyboard.press('End');
    await page.getByTestId('scheduler-traffic-apply').click();
    await page.getByText('The new shares of detect were given to the workload.').waitFor();
    await expect.poll(() => shareOf(2), wait).toBeGreaterThan(10);
    await picture('scheduler-versions');
    await page.getByRole('button', { name: 'Roll back' }).click();
    await expect.poll(() => shareOf(1), wait).toBe(100);

    // Limits: what was asked is said.
    await page.getByLabel(/^Largest batch/).fill('1');
    await page.getByTestId('live-limits-apply').click();
    await page.getByText('New limits for detect were given to the workload.').waitFor();

    await page.getByTestId('tab-engines').click();
    await page.getByTestId('scheduler-engines').getByText('Build log', { exact: true }).click();
    await expect.poll(() => drawnIn(opened, 'scheduler-builds'), wait).toBe(2);
    await page.getByText('Warming up', { exact: false }).first().waitFor();
    await page.getByTestId('scheduler-stop').click();
  });

  test('engines of a recording: ratios, the graph by keyboard and pointer, and the build log', async () => {
    const { page, picture, answerDialogs } = opened;
    const path = join(folder, 'engines.hka');
    await writeEngineSession(path, 25);
    await answerDialogs({ open: path });
    await page.keyboard.press('Control+o');
    await page.getByTestId('status-bar').getByText('File', { exact: true }).waitFor();
    await page.getByText('Scheduler', { exact: true }).first().click();
    await page.getByTestId('tab-engines').click();

    // fp32 takes 1.6 times of fp16, and the other way round.
    const words = page.getByTestId('scheduler-pair-words');
    await words.getByText('100 layers have one name in both.').waitFor();
    const ratio = async () => Number(/([\d.]+) times/.exec(await words.innerText())?.[1]);
    const first = await ratio();
    expect(first).toBeGreaterThan(1.2);
    await page.getByTestId('scheduler-pair-base').selectOption({ label: 'detect.fp32 · fp32 · batch 1' });
    await expect.poll(ratio, { timeout: 30_000 }).toBeCloseTo(1 / first, 2);
    await page.getByText('Differ most', { exact: true }).click();
    await page.getByText(/layers that differ most of detect/).waitFor();
    await picture('scheduler-layers');

    // The graph: search, walk, zoom, pan, and a click.
    await page.getByTestId('scheduler-engines').getByText('Graph', { exact: true }).click();
    const graph = page.getByTestId('scheduler-graph');
    await graph.waitFor();
    expect(await drawnIn(opened, 'scheduler-graph')).toBe(102);
    await graph.focus();
    await page.keyboard.press('/');
    await page.keyboard.type('model.7/add');
    await page.keyboard.press('Enter');
    const details = page.getByTestId('scheduler-graph-details');
    await details.getByText('/model.7/add/Add', { exact: true }).waitFor();
    await details.getByText('1 × 64 × 80 × 80, 1.563 MiB').first().waitFor();
    await picture('scheduler-graph');
    await graph.focus();
    await page.keyboard.press('ArrowDown');
    await details.getByText('/model.8/conv/Conv', { exact: true }).first().waitFor();
    const scale = async () => Number(await graph.getAttribute('data-scale'));
    const before = await scale();
    await page.keyboard.press('+');
    await expect.poll(scale, { timeout: 30_000 }).toBeGreaterThan(before);
    await page.keyboard.press('0');
    await expect.poll(scale, { timeout: 30_000 }).toBeLessThan(before);
    await page.keyboard.press('Escape');
    await details.waitFor({ state: 'detached' });
    const box = await graph.boundingBox();
    if (!box) throw new Error('the graph has no box');
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.wheel(0, -400);
    await expect.poll(scale, { timeout: 30_000 }).toBeGreaterThan(0.1);
    await graph.focus();
    await page.keyboard.press('t');
    await details.getByText('1. of 100').waitFor();

    // The build log: what failed, its remedy, and lines by severity.
    await page.getByTestId('scheduler-engines').getByText('Build log', { exact: true }).click();
    await page.getByText('Give the workload a calibration cache, or a model with Q/DQ nodes.').waitFor();
    const lines = page.getByTestId('scheduler-build-lines').first();
    await page.getByText('detect · version 1 · tensorrt · fp16').click();
    await page.getByText('Tactic 7 of /model.0/conv/Conv takes 0.021 ms').waitFor();
    await page.getByText('Warnings', { exact: true }).click();
    await page.getByText('Tactic 7 of /model.0/conv/Conv takes 0.021 ms').waitFor({ state: 'detached' });
    expect(await lines.innerText()).toContain('No scale for the tensor');
    await picture('scheduler-builds');
  });

  test('a life with its kernels: to one on the timeline, and from it back to the request', async () => {
    const { page, picture, answerDialogs } = opened;
    await page.getByTestId('start-local').click();
    await page.getByTestId('link-state').getByText('Live').waitFor();
    await page.getByText('Scheduler', { exact: true }).first().click();
    const workload = join(folder, 'kernels.yaml');
    writeFileSync(workload, KERNELS_WORKLOAD);
    await answerDialogs({ open: workload });
    await page.getByTestId('workload-file').click();
    await page.getByTestId('scheduler-seconds').fill('4');
    await page.getByTestId('scheduler-form').getByText('CPU', { exact: true }).click();
    await page.getByTestId('scheduler-run').click();
    await page.getByTestId('scheduler-figures').waitFor({ timeout: 90_000 });
    await expect.poll(() => page.getByTestId('scheduler-run').isEnabled(), { timeout: 60_000 }).toBe(true);

    await openLife(opened);
    await page.getByTestId('scheduler-work-facts').waitFor();
    expect(await drawnIn(opened, 'scheduler-life-work')).toBeGreaterThan(10);
    const kernelCount = await page.getByTestId('scheduler-work-facts').locator('dd').first().innerText();
    expect(Number(kernelCount)).toBeGreaterThan(80);
    const request = /Request (\d+) to/.exec(await page.getByTestId('scheduler-life').locator('h3').innerText())?.[1];
    await page.getByTestId('scheduler-life-work').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.getByTestId('scheduler-work-words').innerText()).toMatch(/: [\d.,]+ [nµm]?s/);
    await picture('scheduler-life-kernels');

    // The kernel is selected there, the others of its batch are outlined, and its details name the batch.
    await page.keyboard.press('Enter');
    await page.getByTestId('timeline').waitFor();
    await page.getByTestId('details-batch').waitFor();
    await page.waitForTimeout(500);
    await picture('scheduler-kernel-timeline');
    await page.getByTestId('details-batch').getByText(`Request ${request}`, { exact: true }).click();
    await page.getByTestId('scheduler-life').getByText(`Request ${request} to`).waitFor();
  });
});
