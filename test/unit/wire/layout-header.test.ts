import { expect, test } from 'vitest';
import { renderLayoutHeader } from '../../../shared/wire/layout-header';

test('native/wire/layout.h is what the tables say; `npm run generate` writes it anew', async () => {
  await expect(renderLayoutHeader()).toMatchFileSnapshot('../../../native/wire/layout.h');
});
