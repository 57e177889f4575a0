import { expect, test } from 'vitest';
import { COMMANDS, keysOf } from '../../../app/renderer/commands/commands';

const press = (key: string, held: Partial<KeyboardEvent> = {}) =>
  keysOf({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held } as KeyboardEvent);

test('keys as a person reads them', () => {
  expect(press('o', { ctrlKey: true })).toBe('Ctrl+O');
  expect(press('P', { ctrlKey: true, shiftKey: true })).toBe('Ctrl+Shift+P');
  expect(press('z', { metaKey: true })).toBe('Ctrl+Z');
  expect(press('?', { shiftKey: true })).toBe('?');
  expect(press('Escape')).toBe('Escape');
});

test('no two commands share an id or keys', () => {
  const ids = COMMANDS.map(({ id }) => id);
  const keys = COMMANDS.flatMap((command) => (command.keys ? [command.keys] : []));
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(keys).size).toBe(keys.length);
});
