import { wordList } from "../word-list.ts";

/** Words that any modelled shell reads as syntax when they stand unquoted in front. */
export const RESERVED_WORDS: ReadonlySet<string> = wordList(
  "if then else elif fi do done case esac while until for",
  "in select function time coproc repeat foreach end always",
  "nocorrect noglob - ! { } [[",
);
