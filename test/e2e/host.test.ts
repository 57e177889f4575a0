// The host dies: the window says so, starts it again and opens what was open from its files.

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closeDisplay, type OpenApp, openApp, whyNoWindow } from './app';

const SAMPLE = resolve(import.meta.dirname, '..', '..', 'samples', 'pytorch-resnet18.hka');
const why = whyNoWindow();

/** The utility process of this app: a child whose command line names the node service. */
function hostPid(parentPid: number): number {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((name) => {
      try {
        const words = readFileSync(join('/proc', name, 'cmdline'), 'utf8');
        const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(join('/proc', name, 'status'), 'utf8'))?.[1];
        return words.includes('node.mojom.NodeService') && Number(parent) > 0 && isBelow(Number(name), parentPid);
      } catch {
        return false;
      }
    });
  if (!found) throw new Error('the host is not running');
  return Number(found);
}

function isBelow(pid: number, ancestor: number): boolean {
  for (let at = pid; at > 1; ) {
    if (at === ancestor) return true;
    at = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${at}/status`, 'utf8'))?.[1] ?? 0);
  }
  return false;
}

describe.skipIf(why !== undefined)('the host', () => {
  let opened: OpenApp;
  beforeEach(async () => {
    opened = await openApp([SAMPLE]);
  });
  afterEach(() => opened.close());
  afterAll(closeDisplay);

  test('a page that is loaded again takes up the open sessions', async () => {
    const { page } = opened;
    await page.getByTestId('status-bar').getByText('File', { exact: true }).waitFor();
    await page.reload();
    await page.getByTestId('session-tab').getByText('pytorch-resnet18.hka').waitFor();
    await page.getByTestId('status-bar').getByText('File', { exact: true }).waitFor();
    expect(await page.getByTestId('session-tab').count()).toBe(1);
    await page.getByText('Memory', { exact: true }).first().click();
    await page.getByText('787 blocks').first().waitFor();
    await page.waitForTimeout(500); // the map is drawn a moment later
    await opened.picture('sample');
  });

  test('several sessions are open at once, each with its own tables', async () => {
    const { page } = opened;
    await page.getByTestId('status-bar').getByText('File', { exact: true }).waitFor();
    await page.getByTestId('start-tab').click();
    await page.getByTestId('start-demo').click();
    await page.getByTestId('link-state').getByText('Live').waitFor();
    expect(await page.getByTestId('session-tab').count()).toBe(2);
    const rows = () => page.getByTestId('table-row').filter({ visible: true });
    await rows().filter({ hasText: 'conv_nchw' }).first().waitFor();
    await page.getByText('pytorch-resnet18.hka').click();
    await expect.poll(() => rows().filter({ hasText: 'conv_nchw' }).count()).toBe(0);
    await rows().filter({ hasText: 'cudnn' }).first().waitFor();
  });

  test('a graphics context that is lost and given back is drawn into again', async () => {
    const { page } = opened;
    const drawnCount = () => page.evaluate(() => performance.getEntriesByName('timeline-drawn').length);
    await expect.poll(drawnCount).toBeGreaterThan(0);
    await page.evaluate(async () => {
      const context = document.querySelector<HTMLCanvasElement>('.timeline-surface canvas')?.getContext('webgl2');
      const extension = context?.getExtension('WEBGL_lose_context');
      extension?.loseContext();
      await new Promise((resolve) => setTimeout(resolve, 200));
      extension?.restoreContext();
    });
    const before = await drawnCount();
    await page.getByTestId('timeline').click({ position: { x: 200, y: 300 } });
    await page.keyboard.press('0');
    await expect.poll(drawnCount).toBeGreaterThan(before);
    expect(await page.getByTestId('notice').count()).toBe(0);
  });

  test('killed: it is started again, and the session is there again', async () => {
    const { app, page } = opened;
    await page.getByTestId('status-bar').getByText('File', { exact: true }).waitFor();
    process.kill(hostPid(app.process().pid ?? 0), 'SIGKILL');
    await page.getByTestId('notice').getByText('was started again').waitFor();
    await page.getByTestId('session-tab').waitFor();
    await page.getByTestId('status-bar').getByText('File', { exact: true }).waitFor();
  });
});
