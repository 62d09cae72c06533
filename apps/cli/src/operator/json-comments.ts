const STRING = /"[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'/uy;
const NEXT = /["'/,]/gu;

/**
 * A JSON5 text with blanks for its comments, and for the commas in front of a closing
 * bracket, so that every place stays where it is. One walk; what is no comment stays.
 */
export function withoutComments(text: string): string {
  const parts: string[] = [];
  let kept = 0;
  const blank = (from: number, to: number): void => {
    parts.push(text.slice(kept, from), text.slice(from, to).replace(/[^\n]/gu, " "));
    kept = to;
  };
  for (let at = nextAt(text, 0); at >= 0;) {
    let end = at + 1;
    if (text.startsWith("//", at)) {
      const close = text.indexOf("\n", at);
      end = close < 0 ? text.length : close;
      blank(at, end);
    } else if (text.startsWith("/*", at)) {
      const close = text.indexOf("*/", at + 2);
      // An open comment is for the JSON5 parser to refuse.
      if (close < 0) break;
      end = close + 2;
      blank(at, end);
    } else if (text[at] !== "," && text[at] !== "/") {
      STRING.lastIndex = at;
      end += Math.max(0, (STRING.exec(text)?.[0].length ?? 0) - 1);
    }
    at = nextAt(text, end);
  }
  return withoutLastCommas(`${parts.join("")}${text.slice(kept)}`);
}

/** Works on a text without comments. */
function withoutLastCommas(text: string): string {
  let before = "";
  const parts = /"[^"\\\n]*(?:\\.[^"\\\n]*)*"|(,)(?=\s*[}\]])|\S/gu;
  return text.replace(parts, (part: string, comma: string | undefined) => {
    // A comma behind nothing is an error that must stay.
    const last = comma !== undefined && !/^[{[,:]?$/u.test(before);
    before = part.slice(-1);
    return last ? " " : part;
  });
}

function nextAt(text: string, from: number): number {
  NEXT.lastIndex = from;
  return NEXT.exec(text)?.index ?? -1;
}
