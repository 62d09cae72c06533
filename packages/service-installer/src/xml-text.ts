import { checkText } from "./definition.ts";
import { ServiceError } from "./errors.ts";

// oxlint-disable-next-line no-control-regex -- XML 1.0 has no way to write these
const noXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

/** Text of an element or an attribute. Throws `not-representable`, `too-large`. */
export function escapeXml(text: string, part = "text"): string {
  checkText(text, part, "XML");
  if (noXml.test(text))
    throw new ServiceError(
      "not-representable",
      `the ${part} holds a control character, which XML cannot carry; take it out`,
      { part },
    );
  return text.replace(/[&<>"'\t\u007f-\u009f]/g, (character) => {
    const name = names.get(character);
    return name ?? `&#${character.charCodeAt(0)};`;
  });
}

const names: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&apos;"],
]);

/** The reverse. Undefined for references that are not known. */
export function unescapeXml(text: string): string | undefined {
  let known = true;
  const plain = text.replace(/&([^;&]*);?/g, (whole, name: string) => {
    const number = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
    if (number !== null) {
      const code = number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16);
      if (code > 0 && code <= 0x10ffff && whole.endsWith(";")) return String.fromCodePoint(code);
    }
    const character = [...names].find(([, reference]) => reference === `&${name};`)?.[0];
    if (character === undefined || !whole.endsWith(";")) known = false;
    return character ?? "";
  });
  return known ? plain : undefined;
}
