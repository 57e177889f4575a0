// The latency benchmark, run small: every kernel that its source wrote was drawn.

import { describe, expect, test } from 'vitest';
import * as latency from '../bench/window-latency';
import { sshdMissing } from '../integration/sshd';
import { whyNoWindow } from './app';

describe.skipIf((whyNoWindow() ?? sshdMissing()) !== undefined)('kernel end → pixel', () => {
  test('all kernels of a second are drawn, none before it ended', async () => {
    const [{ value, checksum }] = await latency.run('smoke');
    expect(checksum).toBe('20000 of 20000 kernels looked at were drawn');
    expect(value).toBeGreaterThan(0);
  });
});
