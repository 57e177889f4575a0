import { expect, test } from 'vitest';
import { createSessionStore } from '../../../app/renderer/state/session-store';
import { ViewHistory } from '../../../app/renderer/state/view-history';

function bed() {
  const store = createSessionStore();
  let nowMs = 0;
  const history = new ViewHistory(store, () => nowMs);
  store.setState({ view: { fromNs: 0, toNs: 100 }, isFollowing: false });
  return {
    history,
    show: (fromNs: number, toNs: number, afterMs: number) => {
      nowMs += afterMs;
      store.setState({ view: { fromNs, toNs } });
    },
    view: () => {
      const { view } = store.getState();
      return view && [view.fromNs, view.toNs];
    },
  };
}

test('a zoom of many small changes is one step', () => {
  const { history, show, view } = bed();
  show(10, 90, 1000);
  show(20, 80, 16);
  show(30, 70, 16);
  show(40, 60, 2000);
  history.undo();
  expect(view()).toEqual([30, 70]);
  history.undo();
  expect(view()).toEqual([0, 100]);
  history.undo();
  expect(view()).toEqual([0, 100]);
  history.redo();
  history.redo();
  expect(view()).toEqual([40, 60]);
});

test('a new change forgets what was undone', () => {
  const { history, show, view } = bed();
  show(10, 90, 1000);
  history.undo();
  show(5, 6, 1000);
  history.redo();
  expect(view()).toEqual([5, 6]);
});

test('following the newest rows is no step', () => {
  const store = createSessionStore();
  const history = new ViewHistory(store, () => 0);
  store.setState({ view: { fromNs: 0, toNs: 1 } });
  store.setState({ view: { fromNs: 1, toNs: 2 } });
  history.undo();
  expect(store.getState().view).toEqual({ fromNs: 1, toNs: 2 });
});
