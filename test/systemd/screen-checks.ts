// What a person reads, inside of user-manager.sh: every command on a terminal of 80 columns, as the user ann, with a
// systemd of her own.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { check, finish, until } from "./checks.ts";
import { commandsOf, installPackage, startSmallGateway, TOKEN } from "./package-under-test.ts";

const HOME = "/home/ann";
const UNIT = `${HOME}/.config/systemd/user/openclaw-node.service`;
const COLUMNS = 80;
const entry = installPackage(`${HOME}/lib/openclaw`);
const { json } = commandsOf(process.execPath, () => entry);
const gateway = await startSmallGateway(entry);
const port = ["--port", String(gateway.port)];

interface Screen {
  readonly code: number | null;
  readonly text: string;
}

/** One command on a terminal; every line must fit, but for words that cannot be broken, such as a path. */
function screen(words: readonly string[], env: Readonly<Record<string, string>> = {}): Screen {
  const quoted = [process.execPath, entry, ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const command = `stty cols ${COLUMNS} rows 24; exec ${quoted.join(" ")}`;
  const done = spawnSync("script", ["-qefc", command, "/dev/null"], {
    encoding: "utf8",
    env: { ...process.env, TERM: "xterm", NO_COLOR: "1", OPENCLAW_GATEWAY_TOKEN: TOKEN, ...env },
  });
  const text = done.stdout.replaceAll("\r\n", "\n");
  for (const line of text.split("\n"))
    assert.ok(line.length <= COLUMNS || !line.trim().includes(" "), `${line.length} columns: ${line}`);
  assert.doesNotMatch(text, /\n\s+at |internal error|undefined|\[object/u);
  return { code: done.status, text };
}

const wide = (name: string, body: () => Promise<void> | void): Promise<void> =>
  check(`80 columns: ${name}`, body);

await wide("where nothing is installed", () => {
  assert.match(screen(["node", "status"]).text, /Start with: openclaw node install/u);
  assert.equal(screen(["node", "start"]).code, 1);
  assert.match(screen(["node", "restart"]).text, /Tip: openclaw node install/u);
  assert.equal(screen(["node", "stop"]).code, 0);
  assert.equal(screen(["node", "uninstall"]).code, 0);
  screen(["node", "doctor"]);
});

await wide("install, status, doctor", async () => {
  const installed = screen(["node", "install", ...port, "--display-name", "Ann's lab"]);
  assert.equal(installed.code, 0);
  assert.match(installed.text, /Installed systemd service: [\s\S]*Next: openclaw node status/u);
  await until("connected", () => json(["node", "status"]).connection?.phase === "ready");
  assert.match(screen(["node", "status"]).text, /Service: systemd \(enabled\)[\s\S]*connected/u);
  screen(["node", "doctor"]);
  assert.match(screen(["node", "install", ...port]).text, /Reinstall with: openclaw node install --force/u);
});

await wide("stop, start, restart, install --force", () => {
  assert.match(screen(["node", "stop"]).text, /^Stopped systemd service/mu);
  assert.match(screen(["node", "status"]).text, /loaded but not running/u);
  assert.match(screen(["node", "start"]).text, /^Started systemd service/mu);
  assert.equal(screen(["node", "start"]).code, 0);
  assert.match(screen(["node", "restart"]).text, /^Restarted systemd service/mu);
  assert.match(screen(["node", "install", "--force", ...port]).text, /Previous unit backed up to|Installed/u);
});

await wide("what is wrong with it", () => {
  const gone = `${HOME}/.nvm/versions/node/v22.1.0/lib/openclaw/main.js`;
  fs.writeFileSync(UNIT, fs.readFileSync(UNIT, "utf8").replaceAll(entry, gone));
  assert.match(screen(["node", "status"]).text, /openclaw node install --force/u);
  assert.equal(screen(["node", "doctor"]).code, 1);
  assert.match(screen(["node", "restart"]).text, /needs repair/u);
});

await wide("no user bus, and wrong options", () => {
  const noBus = { XDG_RUNTIME_DIR: "/nowhere/for/a/bus", DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" };
  assert.match(screen(["node", "install", ...port], noBus).text, /Tip: /u);
  assert.match(screen(["node", "status"], noBus).text, /Problem: /u);
  screen(["node", "doctor"], noBus);
  screen(["node", "stop"], noBus);
  screen(["node", "restart"], noBus);
  screen(["node", "uninstall"], noBus);
  assert.equal(screen(["node", "install", "--runtime", "deno"]).code, 1);
  assert.equal(screen(["node", "install", "--runtime-path", "/no/such/node"]).code, 1);
  assert.equal(screen(["node", "install", "--system", ...port]).code, 1);
});

await wide("uninstall, and a unit of somebody else", () => {
  assert.match(screen(["node", "uninstall"]).text, /^Removed systemd service/mu);
  fs.writeFileSync(UNIT, "[Service]\nExecStart=/bin/sleep 9\n");
  assert.match(screen(["node", "install", ...port]).text, /was not written by this program/u);
  assert.match(screen(["node", "uninstall"]).text, /left alone/u);
  screen(["node", "status"]);
});

gateway.end();
finish();
