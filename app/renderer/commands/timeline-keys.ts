// The keys of the timeline, for the table of keys. app/renderer/timeline acts on them.

export const TIMELINE_KEYS: readonly { readonly id: string; readonly keys: string; readonly title: string }[] = [
  ['W / S', 'Zoom in and out'],
  ['A / D', 'Pan left and right'],
  ['Ctrl+wheel', 'Zoom at the pointer'],
  ['Shift+wheel, Shift+drag', 'Pan'],
  ['Drag', 'Select a range of time, which feeds every table'],
  ['Double-click', 'Zoom to a slice'],
  ['F', 'Zoom to the selected slice; twice: the whole session'],
  ['0', 'The whole session'],
  ['R', 'Select the range of the selected slice'],
  ['M', 'Mark the moment under the pointer'],
  [', / .', 'Previous and next slice of the row'],
  ['[ / ]', 'Follow the link from a launch to its work and back'],
  ['/', 'Search by name or /regular expression/; Enter and Shift+Enter step'],
  ['Space', 'Pause the view, follow the newest'],
  ['Escape', 'Clear the selection'],
].map(([keys, title]) => ({ id: `timeline.${keys}`, keys, title }));
