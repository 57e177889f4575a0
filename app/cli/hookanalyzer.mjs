#!/usr/bin/env node
// The hookanalyzer command of a checkout: builds what is missing, then runs the program in this process.

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const made = spawnSync(process.execPath, [join(here, 'bootstrap.mjs'), 'programs'], {
  stdio: ['ignore', 'inherit', 'inherit'],
});
if (made.status !== 0) process.exit(made.status ?? 1);
createRequire(import.meta.url)(join(here, '..', '..', 'out', 'node', 'cli.js'));
