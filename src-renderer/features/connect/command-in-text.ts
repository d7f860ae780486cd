export type TextWithCommand = { readonly before: string; readonly command: string | null; readonly after: string };

/** Programs that the texts of the doctor name. */
const start = /(?<![\w/'"-])(?:sudo|netsh|npx|npm|slipway|adb|ufw|firewall-cmd) \S/;

/** Words with which the sentence goes on after a command. */
const goesOn = /^(?:[,;.]? (?:then|or|and|to)\b|[,;] |\.?$| \()/;

/** Finds the command in a sentence, so that it can be copied alone: in backticks, or by the program it begins with. */
export function commandInText(text: string): TextWithCommand {
  const ticked = /`([^`]+)`/.exec(text);
  if (ticked?.[1] !== undefined) {
    const before = text.slice(0, ticked.index);
    return { before, command: ticked[1], after: text.slice(ticked.index + ticked[0].length) };
  }
  const found = start.exec(text);
  if (found === null) return { before: text, command: null, after: '' };
  const end = endOfCommand(text, found.index);
  return { before: text.slice(0, found.index), command: text.slice(found.index, end), after: text.slice(end) };
}

/** Quoted arguments may hold anything that otherwise ends a command. */
function endOfCommand(text: string, from: number): number {
  let quote = '';
  for (let index = from; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") {
      quote = character;
    } else if (goesOn.test(text.slice(index))) {
      return index;
    }
  }
  return text.length;
}
