import { tellBrowser } from "../browser/tell-browser.ts";
import { flag, stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonPretty } from "../output/printable.ts";
import { say } from "../service/say.ts";
import { statePathsFor } from "../state.ts";

/** `openclaw node browser open`: a page for the owner, under the same address policy as for agents. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const url = input.positionals["url"] ?? "about:blank";
  const browserProfile = stringOption(input, "browser-profile");
  const answer = await tellBrowser(statePathsFor(input, io), {
    action: "open",
    url,
    ...(browserProfile === undefined ? {} : { browserProfile }),
  });
  if (flag(input, "json")) io.stdout.write(jsonPretty(answer));
  else
    say(
      io,
      `Opened ${textOf(answer["url"]) ?? url} in the browser profile ${textOf(answer["browserProfile"]) ?? "?"}.`,
    );
  return EXIT.ok;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
