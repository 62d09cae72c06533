import * as fc from "fast-check";

/** Text with everything that quoting rules care about. */
export const tricky: fc.Arbitrary<string> = fc.oneof(
  fc.string({
    unit: fc.constantFrom(
      ..."\\ \" ' % $ ; # = { } ( ) * ? ! ^ & | < > ` ~ [ ] , @ - / a é 日 😀 \t".split(" "),
      " ",
      "$(id)",
      "${a}",
      "%a%",
      "&amp;",
      "]]>",
      "<!--",
      '\\"',
      "^^",
    ),
  }),
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
);

/** What no definition carries. */
export const neverCarried: RegExp = /[\0\r\n\p{Surrogate}\p{Noncharacter_Code_Point}]/u;

export const variableName: fc.Arbitrary<string> = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/u);
