// @vitest-environment happy-dom
// The small controls by what a person does: keys, clicks, and where the focus is.

import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { CommandPalette } from '../../../../app/renderer/widgets/command-palette';
import { ContextMenu } from '../../../../app/renderer/widgets/context-menu';
import { Dialog } from '../../../../app/renderer/widgets/dialog';
import { KeysHelp } from '../../../../app/renderer/widgets/keys-help';
import { failureOf, Notice } from '../../../../app/renderer/widgets/notice';
import { Progress } from '../../../../app/renderer/widgets/progress';
import { Segmented } from '../../../../app/renderer/widgets/segmented';
import { Tabs } from '../../../../app/renderer/widgets/tabs';
import { TextField } from '../../../../app/renderer/widgets/text-field';
import { failure } from '../../../../shared/util/failure';

afterEach(cleanup);

const press = (key: string, more: object = {}) =>
  fireEvent.keyDown(document.activeElement as Element, { key, ...more });
const focusedText = () => document.activeElement?.textContent;

const THREE = ['One', 'Two', 'Three'].map((title) => ({ id: title, title }));

function ThreeTabs() {
  const [activeId, setActiveId] = useState('One');
  return <Tabs label="Numbers" tabs={THREE} activeId={activeId} onChange={setActiveId} />;
}

test('tabs: one stop for Tab, arrows go around, Home and End to the ends', () => {
  render(<ThreeTabs />);
  const tabs = screen.getAllByRole('tab');
  expect(tabs.map((tab) => tab.tabIndex)).toEqual([0, -1, -1]);
  tabs[0].focus();
  press('ArrowLeft');
  expect(focusedText()).toBe('Three');
  press('ArrowRight');
  press('ArrowRight');
  expect(focusedText()).toBe('Two');
  expect(screen.getAllByRole('tab').map((tab) => tab.getAttribute('aria-selected'))).toEqual([
    'false',
    'true',
    'false',
  ]);
  press('End');
  expect(focusedText()).toBe('Three');
  press('Home');
  expect(focusedText()).toBe('One');
});

test('segmented: radio buttons with a name', () => {
  const onChange = vi.fn();
  render(<Segmented label="Axis" options={THREE} value="Two" onChange={onChange} />);
  expect(screen.getByRole('radiogroup', { name: 'Axis' })).toBeTruthy();
  expect(screen.getByRole<HTMLInputElement>('radio', { name: 'Two' }).checked).toBe(true);
  fireEvent.click(screen.getByRole('radio', { name: 'Three' }));
  expect(onChange.mock.calls).toEqual([['Three']]);
});

test('a text that cannot be used says why', () => {
  const onChange = vi.fn();
  render(<TextField label="Port" value="x" onChange={onChange} error="A port is a number." />);
  const field = screen.getByLabelText(/Port/);
  expect(field.getAttribute('aria-invalid')).toBe('true');
  expect(document.getElementById(field.getAttribute('aria-describedby') ?? '')?.textContent).toBe(
    'A port is a number.',
  );
  fireEvent.change(field, { target: { value: '22' } });
  expect(onChange.mock.calls).toEqual([['22']]);
});

test('a dialog keeps the focus inside, closes by Esc and gives the focus back', () => {
  const onClose = vi.fn();
  const outside = document.createElement('button');
  document.body.append(outside);
  outside.focus();
  const { unmount } = render(
    <Dialog title="Keys" onClose={onClose}>
      <button type="button">First</button>
      <button type="button">Last</button>
    </Dialog>,
  );
  expect(screen.getByRole('dialog', { name: 'Keys' }).getAttribute('aria-modal')).toBe('true');
  expect(focusedText()).toBe('First');
  press('Tab', { shiftKey: true });
  expect(focusedText()).toBe('Last');
  press('Tab');
  expect(focusedText()).toBe('First');
  press('Escape');
  expect(onClose).toHaveBeenCalledTimes(1);
  fireEvent.pointerDown(screen.getByRole('dialog').parentElement as Element);
  fireEvent.pointerDown(screen.getByRole('dialog'));
  expect(onClose).toHaveBeenCalledTimes(2);
  unmount();
  expect(document.activeElement).toBe(outside);
  outside.remove();
});

test('a failure is shown as its sentence and remedy; any other error gets a remedy', () => {
  const known = failureOf(failure('gone', 'The board is gone.', 'Connect again.'), 'Try again.');
  const run = vi.fn();
  render(<Notice severity="error" {...known} action={{ title: 'Connect', run }} />);
  expect(screen.getByRole('alert').textContent).toContain('The board is gone. Connect again.');
  fireEvent.click(screen.getByRole('button', { name: 'Connect' }));
  expect(run).toHaveBeenCalledTimes(1);
  expect(failureOf(new Error('It broke.'), 'Try again.')).toEqual({ sentence: 'It broke.', remedy: 'Try again.' });
});

test('progress says its share, and none when nobody knows', () => {
  const { rerender } = render(<Progress label="Reading" doneRatio={0.256} />);
  expect(screen.getByRole('progressbar', { name: 'Reading' }).getAttribute('aria-valuenow')).toBe('26');
  rerender(<Progress label="Reading" />);
  expect(screen.getByRole('progressbar').hasAttribute('aria-valuenow')).toBe(false);
});

test('a menu: arrows, then a click runs the item and closes; a click elsewhere closes', () => {
  const onClose = vi.fn();
  const copy = vi.fn();
  const items = [
    { title: 'Copy cell', run: copy },
    { title: 'Copy row', detail: 'Ctrl+C', run: () => {} },
  ];
  render(<ContextMenu label="Kernels" items={items} xPx={10} yPx={10} onClose={onClose} />);
  expect(focusedText()).toBe('Copy cell');
  press('ArrowUp');
  expect(focusedText()).toBe('Copy rowCtrl+C');
  fireEvent.click(screen.getByRole('menuitem', { name: 'Copy cell' }));
  expect([copy.mock.calls.length, onClose.mock.calls.length]).toEqual([1, 1]);
  fireEvent.pointerDown(document.body);
  expect(onClose).toHaveBeenCalledTimes(2);
});

const commandsWith = (run: (id: string) => void) =>
  [
    { id: 'open', title: 'Open a session file…', keys: 'Ctrl+O' },
    { id: 'save', title: 'Save the session', keys: 'Ctrl+S' },
    { id: 'csv', title: 'Export as CSV' },
  ].map((command) => ({ ...command, run: () => run(command.id) }));

test('the palette: letters filter, arrows choose, Enter runs after it has closed', () => {
  const happened: string[] = [];
  render(<CommandPalette commands={commandsWith((id) => happened.push(id))} onClose={() => happened.push('closed')} />);
  const options = () => screen.getAllByRole('option').map(({ textContent }) => textContent);
  expect(options()).toEqual(['Open a session file…Ctrl+O', 'Save the sessionCtrl+S', 'Export as CSV']);
  fireEvent.change(screen.getByRole('combobox'), { target: { value: 'sess' } });
  expect(options()).toEqual(['Save the sessionCtrl+S', 'Open a session file…Ctrl+O']);
  press('ArrowDown');
  const chosen = document.getElementById(screen.getByRole('combobox').getAttribute('aria-activedescendant') ?? '');
  expect(chosen?.textContent).toBe('Open a session file…Ctrl+O');
  press('Enter');
  expect(happened).toEqual(['closed', 'open']);
});

test('the palette says when nothing fits, and Enter does nothing then', () => {
  const onClose = vi.fn();
  render(<CommandPalette commands={commandsWith(() => {})} onClose={onClose} />);
  fireEvent.change(screen.getByRole('combobox'), { target: { value: 'zzz' } });
  press('Enter');
  expect(screen.getByText(/No command/)).toBeTruthy();
  expect(onClose).not.toHaveBeenCalled();
});

test('the table of keys lists the commands that have some', () => {
  render(<KeysHelp commands={commandsWith(() => {})} onClose={() => {}} />);
  const rows = screen.getAllByRole('row').map(({ textContent }) => textContent);
  expect(rows).toEqual(['KeysWhat they do', 'Ctrl+OOpen a session file…', 'Ctrl+SSave the session']);
});
