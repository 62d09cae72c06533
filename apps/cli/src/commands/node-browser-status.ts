import { readConfig } from "@openclaw/config-store";
import { browserFacts, browserLine } from "../browser/browser-facts.ts";
import { tellBrowser } from "../browser/tell-browser.ts";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonPretty } from "../output/printable.ts";
import { duration } from "../output/time-ago.ts";
import { readBrowsers } from "../service/host-answer.ts";
import { say } from "../service/say.ts";
import { statePathsFor } from "../state.ts";

/** `openclaw node browser status`: what is there, and what runs; also where no host does. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const paths = statePathsFor(input, io);
  const facts = await browserFacts(readConfig(paths, io.env), { env: io.env });
  const host = await tellBrowser(paths, { action: "status" }).catch((error: unknown) => {
    if (error instanceof CliError && error.code === "not-running") return undefined;
    throw error;
  });
  const running = readBrowsers(host?.["running"]) ?? [];
  const { kind, path, playwright, problem } = facts;
  if (flag(input, "json")) {
    io.stdout.write(
      jsonPretty({
        ok: true,
        hostRunning: host !== undefined,
        offered: host === undefined ? null : host["offered"] === true,
        browser: path === undefined ? null : { kind, path },
        playwright: playwright ?? null,
        problem: problem ?? null,
        running,
      }),
    );
    return EXIT.ok;
  }
  say(io, `Browser: ${browserLine(facts)}`);
  if (problem?.code === "no-sandbox") say(io, `Problem: ${problem.text}`);
  if (host === undefined) say(io, "Host: not running");
  else if (host["offered"] !== true)
    say(io, "Host: runs without a browser; restart it after a change of openclaw.json");
  for (const { profile, pid, tabs, since } of running) {
    const up = since === null ? "" : `, up ${duration(Math.max(0, Date.now() - since))}`;
    const process = pid === null ? "" : `pid ${pid}, `;
    say(io, `Running: ${profile} (${process}${tabs === 1 ? "1 tab" : `${tabs} tabs`}${up})`);
  }
  if (host !== undefined && running.length === 0) say(io, "Running: none");
  return EXIT.ok;
}
