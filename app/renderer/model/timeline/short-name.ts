// A kernel's demangled name is often longer than the screen. On a slice stands the function alone.

/** Text with everything between the brackets left out, also nested ones. */
function withoutBrackets(text: string, open: string, close: string): string {
  let depth = 0;
  let kept = '';
  for (const letter of text) {
    if (letter === open) depth += 1;
    else if (letter === close) depth -= 1;
    else if (depth === 0) kept += letter;
    if (depth < 0) return text;
  }
  return depth === 0 ? kept : text;
}

/** `void at::native::copy<float, 4>(int, float*)` → `copy`. What does not look like C++ stays as it is. */
export function shortNameOf(name: string): string {
  if (name.includes('operator')) return name;
  const plain = withoutBrackets(name.replaceAll('(anonymous namespace)::', ''), '<', '>');
  const head = withoutBrackets(plain, '(', ')').trim();
  const last = head.split(/\s+|::/).pop() ?? '';
  return last === '' ? name : last;
}
