// A command line as a person types it, into words. No shell runs it: quotes and backslashes are understood, nothing else is.

/** Words of the line. Returns a sentence when a quote is not closed. */
export function parseCommandLine(line: string): { readonly words: string[] } | { readonly sentence: string } {
  const words: string[] = [];
  let word = '';
  let isWord = false;
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const char = line[at];
    if (quote === "'" && char !== "'") word += char;
    else if (char === '\\' && quote !== "'") {
      at += 1;
      word += line[at] ?? '';
      isWord = true;
    } else if (quote !== '' && char === quote) quote = '';
    else if (quote !== '') word += char;
    else if (char === '"' || char === "'") {
      quote = char;
      isWord = true;
    } else if (/\s/.test(char)) {
      if (isWord) words.push(word);
      word = '';
      isWord = false;
    } else {
      word += char;
      isWord = true;
    }
  }
  if (quote !== '') return { sentence: `The quote ${quote} is not closed.` };
  if (isWord) words.push(word);
  return { words };
}

/** The words as a line that parseCommandLine() takes back. */
export function formatCommandLine(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

/** NAME=VALUE lines into an environment. Returns a sentence for a line that is none. */
export function parseEnvironment(
  text: string,
): { readonly env: Record<string, string> } | { readonly sentence: string } {
  const env: Record<string, string> = {};
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '') continue;
    const equals = line.indexOf('=');
    if (equals <= 0) return { sentence: `"${line}" is no NAME=VALUE.` };
    env[line.slice(0, equals)] = line.slice(equals + 1);
  }
  return { env };
}
