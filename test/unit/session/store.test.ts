// The store while several things are asked of it at once.

import { expect, test } from 'vitest';
import { withSession } from './recording';

test('a stream gives every row while others query and rows are flushed', async () => {
  const kernel = Array.from({ length: 10_000 }, (_, index) => ({ startNs: index, durationNs: 1, name: 1 }));
  await withSession({ string: [{ id: 1, text: 'k' }], kernel }, async ({ store }) => {
    let rows = 0;
    await store.stream('SELECT startNs FROM kernel ORDER BY startNs', async (rowCount) => {
      rows += rowCount;
      store.flush();
      const { rows: counted } = await store.query('SELECT count(*) FROM kernel');
      expect(Number(counted[0][0])).toBe(10_000);
    });
    expect(rows).toBe(10_000);
  });
});
