import { tellBrowser } from "../browser/tell-browser.ts";
import { flag, stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonPretty } from "../output/printable.ts";
import { say } from "../service/say.ts";
import { statePathsFor } from "../state.ts";

/** `openclaw node browser stop`: closes what runs; nothing that runs is no failure. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const browserProfile = stringOption(input, "browser-profile");
  const answer = await tellBrowser(statePathsFor(input, io), {
    action: "stop",
    ...(browserProfile === undefined ? {} : { browserProfile }),
  });
  const stopped: readonly unknown[] = Array.isArray(answer["stopped"]) ? answer["stopped"] : [];
  if (flag(input, "json")) io.stdout.write(jsonPretty({ ok: true, stopped }));
  else if (stopped.length === 0) say(io, "No browser of the node host was running.");
  else say(io, `Closed the browser profile${stopped.length === 1 ? "" : "s"} ${stopped.join(", ")}.`);
  return EXIT.ok;
}
