// The page in Debian's Chromium, an engine years newer than the oldest Electron runtime. The host runs here; its messages are carried
// through the driver, which is slow and right.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Baselines } from '../../app/host/window/baselines';
import { History } from '../../app/host/window/history';
import type { HostPort } from '../../app/host/window/port-rpc';
import { WindowServer } from '../../app/host/window/server';
import { Sessions } from '../../app/host/window/sessions';
import { ensureBuilt } from '../integration/build';

const root = resolve(import.meta.dirname, '..', '..');
const SAMPLE = join(root, 'samples', 'pytorch-resnet18.hka');
const CHROMIUM = '/usr/bin/chromium';
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
const why = existsSync(CHROMIUM) || process.env.CI === 'true' ? undefined : `${CHROMIUM} is not installed`;
if (why) process.stderr.write(`The page is not tried in Chromium: ${why}.\n`);

async function servePage(): Promise<Server> {
  const folder = join(root, 'out', 'renderer');
  const server = createServer((request, response) => {
    readFile(join(folder, decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname))).then(
      (bytes) => response.writeHead(200, { 'content-type': TYPES[extname(request.url ?? '')] ?? '' }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

/** One port of the page, by number: 0 is the host's, the others bring rows. */
class CarriedPort implements HostPort {
  private readonly listeners: ((event: { data: unknown; ports: HostPort[] }) => void)[] = [];

  constructor(
    private readonly page: Page,
    private readonly id: number,
  ) {}

  receive(data: unknown, ports: HostPort[]): void {
    for (const listener of this.listeners) listener({ data, ports });
  }

  postMessage(message: unknown): void {
    const give = ([id, data]: [number, unknown]) =>
      (globalThis as unknown as { fromHost: (id: number, data: unknown) => void }).fromHost(id, data);
    this.page.evaluate(give, [this.id, message] as [number, unknown]).catch(() => {}); // the page is closed
  }

  on(event: string, listener: never): void {
    if (event === 'message') this.listeners.push(listener);
  }

  start(): void {}
  close(): void {}
}

// In the page: a bridge like the preload's, whose host port ends in the driver.
function installBridge(): void {
  const ports: MessagePort[] = [];
  const carry = globalThis as unknown as {
    toHost: (id: number, data: unknown, portId: number | undefined) => void;
    fromHost: (id: number, data: unknown) => void;
    hookanalyzer: unknown;
  };
  const listen = (port: MessagePort): number => {
    const id = ports.push(port) - 1;
    port.onmessage = (event) => carry.toHost(id, event.data, event.ports[0] && listen(event.ports[0]));
    return id;
  };
  carry.fromHost = (id, data) => ports[id].postMessage(data);
  carry.hookanalyzer = {
    requestHostPort: () => {
      const { port1, port2 } = new MessageChannel();
      listen(port1);
      window.postMessage('hookanalyzer:host-port', '*', [port2]);
    },
    onCommand: () => () => {},
    setUnsaved: () => {},
    copyText: () => {},
  };
}

describe.skipIf(why !== undefined)('Chromium', () => {
  let browser: Browser;
  let server: Server;
  let sessions: Sessions;
  let folder: string;
  let page: Page;
  let host: WindowServer;

  beforeEach(async () => {
    await ensureBuilt();
    folder = mkdtempSync(join(tmpdir(), 'hka-chromium-'));
    server = await servePage();
    const history = new History(join(folder, 'history.json'));
    history.addFile(SAMPLE);
    sessions = new Sessions({
      history,
      workFolder: folder,
      demangle: undefined,
      notify: (name, params) => host.notify(name, params),
    });
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--use-angle=swiftshader',
        '--enable-unsafe-swiftshader',
      ],
    });
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const carried: CarriedPort[] = [];
    const portOf = (id: number) => (carried[id] ??= new CarriedPort(page, id));
    const baselines = new Baselines(join(folder, 'baselines.json'));
    host = new WindowServer(portOf(0), { sessions, history, baselines, version: 'test' });
    await page.exposeFunction('toHost', (id: number, data: unknown, portId: number | undefined) =>
      portOf(id).receive(data, portId === undefined ? [] : [portOf(portId)]),
    );
    await page.addInitScript(installBridge);
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/index.html`);
  });
  afterEach(async () => {
    await browser.close();
    await sessions.closeAll({ mayDiscard: true });
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('opens the sample: its kernels in the table, its blocks in the memory map', async () => {
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.getByText('pytorch-resnet18.hka').first().click();
    await page.getByText('Tables').first().click();
    await page.getByTestId('table-row').first().waitFor();
    expect(await page.getByTestId('row-count').innerText()).toContain('20 rows');
    await page.getByText('Memory', { exact: true }).first().click();
    await page.getByText('787 blocks').first().waitFor();
    expect(errors).toEqual([]);
  });
});
