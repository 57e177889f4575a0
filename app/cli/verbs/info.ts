import { readHka } from '../../host/session/hka-reader';
import { oneOf, type Verb } from '../command';
import { describeSession } from '../session-text';

/** `hookanalyzer info`: what a session file holds. */
export const info: Verb = {
  name: 'info',
  summary: 'Show what a session file holds: rows, duration, sources, losses, gaps.',
  usage: 'FILE.hka [--format text|json]',
  wordCount: [1, 1],
  examples: ['hookanalyzer info session.hka', 'hookanalyzer info session.hka --format json'],
  options: { format: { type: 'string', value: 'text|json', help: 'how to print it (default text)' } },
  run: async (parsed, terminal) => {
    const format = oneOf(parsed, 'format', ['text', 'json'], 'text');
    const path = parsed.words[0];
    const summary = await readHka(path, { onPacket: () => {} });
    terminal.out(format === 'json' ? `${JSON.stringify(summary, undefined, 2)}\n` : describeSession(path, summary));
    return 0;
  },
};
