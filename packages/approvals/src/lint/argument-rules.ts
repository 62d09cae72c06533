import { GENERATED_PREFIX } from "../match/argument-hash.ts";
import { compilePattern, type Automaton } from "../match/pattern-run.ts";

/** `never`: no arguments fit it. `unread`: it is of a form that is not evaluated. */
export type ArgumentPatternState = "fits" | "never" | "unread";

const NUL = 0;

/** Whether any list of arguments can fit an argument pattern. See `matchArguments`. */
export function argumentPatternState(argPattern: string): ArgumentPatternState {
  if (argPattern.startsWith(GENERATED_PREFIX)) {
    return /^[0-9a-f]{64}$/u.test(argPattern.slice(GENERATED_PREFIX.length)) ? "fits" : "never";
  }
  if (argPattern.startsWith("sha256:")) return "never";
  const automaton = argPattern.trim() === "" ? undefined : compilePattern(argPattern);
  if (automaton === undefined) return "unread";
  return canAccept(automaton, argPattern.includes("\0")) ? "fits" : "never";
}

/** What is known of the text so far: whether there is any, whether it ended, whether its last unit is NUL. */
interface Walk {
  readonly state: number;
  readonly begun: boolean;
  readonly ended: boolean;
  readonly closed: boolean;
}

/**
 * Whether the automaton accepts some text that arguments can make: without a NUL where they
 * are joined by spaces, with one at the end where each is closed by one. Word boundaries
 * are taken to hold, so a doubt reads as yes.
 */
function canAccept(automaton: Automaton, byNul: boolean): boolean {
  const open: Walk[] = [{ state: automaton.length - 1, begun: false, ended: false, closed: false }];
  const seen = new Set<number>();
  for (let walk = open.pop(); walk !== undefined; walk = open.pop()) {
    const { begun, ended, closed } = walk;
    const key = walk.state * 8 + Number(begun) * 4 + Number(ended) * 2 + Number(closed);
    if (seen.has(key)) continue;
    seen.add(key);
    const state = automaton[walk.state];
    if (state === undefined) continue;
    switch (state.kind) {
      case "accept":
        if (!byNul || closed) return true;
        break;
      case "split":
        for (const next of state.next) open.push({ ...walk, state: next });
        break;
      case "assertion":
        if (state.at === "start" && begun) break;
        open.push({ ...walk, state: state.next, ended: ended || state.at === "end" });
        break;
      case "set": {
        if (ended) break;
        const { ranges, negated } = state.set;
        const nul = !negated && ranges.some(([from, to]) => from <= NUL && NUL <= to);
        const other = negated || ranges.some(([, to]) => to > NUL);
        if (nul && byNul) open.push({ ...walk, state: state.next, begun: true, closed: true });
        if (other) open.push({ ...walk, state: state.next, begun: true, closed: false });
      }
    }
  }
  return false;
}
