// Places that are odd or broken, inside of user-manager.sh: as the user ann, with a systemd of her own.
import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { check, finish, until } from "./checks.ts";
import { commandsOf, installPackage, startSmallGateway, TOKEN, type Json } from "./package-under-test.ts";

const HOME = "/home/ann";
const UNITS = `${HOME}/.config/systemd/user`;
const UNIT = `${UNITS}/openclaw-node.service`;
const ODD = `it's an "odd" place (50% $HOME \${x}) é 日本語; #1`;
const entry = installPackage(`${HOME}/${ODD}/openclaw`);
const { cli, json } = commandsOf(process.execPath, () => entry);
const gateway = await startSmallGateway(entry);
const install = ["node", "install", "--port", String(gateway.port)];
const SECRET = { OPENCLAW_GATEWAY_TOKEN: TOKEN };

/** What an install says that cannot be done; it must leave nothing. */
function refused(env: Readonly<Record<string, string>> = {}, more: readonly string[] = []): Json {
  const before = tree();
  const failure = json([...install, ...more], { ...SECRET, ...env }, 1);
  assert.deepEqual([failure.action, failure.ok], ["install", false]);
  assert.deepEqual(tree(), before);
  const text = cli([...install, ...more], { ...SECRET, ...env }).stderr;
  assert.match(text, /^Node install failed: /mu);
  assert.doesNotMatch(text, /\n\s+at |node:|Error:/u);
  return failure;
}

function tree(): readonly string[] {
  return fs
    .readdirSync(HOME, { recursive: true, encoding: "utf8" })
    .filter((name) => !name.startsWith(ODD))
    .toSorted();
}

function phase(env: Readonly<Record<string, string>> = {}): string | undefined {
  return json(["node", "status"], env).connection?.phase;
}

await check("a home that cannot be written to", () => {
  fs.chmodSync(HOME, 0o500);
  const { error, hints } = refused();
  fs.chmodSync(HOME, 0o700);
  assert.match(error, /^cannot write `\/home\/ann\/\.openclaw`: this account may not \(EACCES\)$/u);
  assert.match(hints.join("\n"), /ls -ld/u);
});

await check("a home on a read-only file system", () => {
  const { error } = refused({ HOME: "/home/readonly" });
  assert.match(
    error,
    /^cannot write `\/home\/readonly\/\.openclaw`: the file system is read-only \(EROFS\)$/u,
  );
});

await check("a state directory on a read-only file system", () => {
  const { error } = refused({ OPENCLAW_STATE_DIR: "/home/readonly/state" });
  assert.match(error, /`\/home\/readonly\/state`: the file system is read-only/u);
});

await check("a directory for units that is a file, or a link to nowhere or to itself", () => {
  fs.mkdirSync(`${HOME}/.config/systemd`, { recursive: true });
  fs.writeFileSync(UNITS, "in the way");
  assert.match(
    refused().error,
    /`\/home\/ann\/\.config\/systemd\/user`: a part of the path is not a directory/u,
  );
  fs.rmSync(UNITS);
  for (const target of ["/nowhere/at/all", UNITS]) {
    fs.symlinkSync(target, UNITS);
    assert.match(refused().error, /`\/home\/ann\/\.config\/systemd\/user`: a part of the path|links lead/u);
    fs.unlinkSync(UNITS);
  }
});

await check("a directory for units that is a link to another one: used as it is, and kept", async () => {
  fs.mkdirSync(`${HOME}/dotfiles/units`, { recursive: true });
  fs.symlinkSync(`${HOME}/dotfiles/units`, UNITS);
  assert.equal(json(install, SECRET).result, "installed");
  await until("connected", () => phase() === "ready");
  assert.ok(fs.existsSync(`${HOME}/dotfiles/units/openclaw-node.service`));
  assert.equal(json(["node", "uninstall"]).result, "uninstalled");
  assert.ok(fs.lstatSync(UNITS).isSymbolicLink());
  assert.equal(fs.existsSync(`${HOME}/dotfiles/units/openclaw-node.service`), false);
  fs.rmSync(UNITS);
  fs.mkdirSync(UNITS);
});

await check("a unit that is masked is left alone, and says so", () => {
  fs.symlinkSync("/dev/null", UNIT);
  execFileSync("systemctl", ["--user", "daemon-reload"]);
  assert.match(refused().error, /cannot be read, as when a unit is masked/u);
  assert.equal(fs.readlinkSync(UNIT), "/dev/null");
  assert.equal(json(["node", "uninstall"], {}, 1).ok, false);
  assert.equal(fs.readlinkSync(UNIT), "/dev/null");
  fs.rmSync(UNIT);
  execFileSync("systemctl", ["--user", "daemon-reload"]);
});

await check(
  "a unit that is a link: replaced with force, and what it points to is left as it was",
  async () => {
    fs.writeFileSync(`${HOME}/elsewhere.service`, "[Service]\nExecStart=/bin/sleep 9\n");
    fs.symlinkSync(`${HOME}/elsewhere.service`, UNIT);
    assert.match(refused().error, /was not written by this program/u);
    assert.equal(json([...install, "--force"], SECRET).result, "installed");
    await until("connected", () => phase() === "ready");
    assert.match(fs.readFileSync(`${HOME}/elsewhere.service`, "utf8"), /sleep 9/u);
    assert.equal(json(["node", "uninstall"]).result, "uninstalled");
  },
);

await check("names with blanks, quotes, percent, dollar and signs beyond ASCII all the way", async () => {
  // Braces would be a pattern to systemd.
  const state = { OPENCLAW_STATE_DIR: `${HOME}/state ${ODD.replaceAll(/[{}]/gu, "")}` };
  const node = `${HOME}/node 50% é`;
  fs.mkdirSync(node);
  fs.symlinkSync(process.execPath, `${node}/node`);
  const odd = [...install, "--runtime-path", `${node}/node`, "--display-name", ODD];
  const answer = json(odd, {
    ...SECRET,
    ...state,
    https_proxy: "http://u:p%40ss$x'\"@127.0.0.1:1",
    NO_PROXY: "*",
  });
  assert.equal(answer.result, "installed");
  await until("connected", () => phase(state) === "ready");
  const report = json(["node", "status"], state);
  assert.deepEqual([report.displayName, report.stateDir], [ODD, state.OPENCLAW_STATE_DIR]);
  assert.deepEqual(report.problems, []);
  assert.equal(report.service.command.programArguments[0], `${node}/node`);
  assert.equal(fs.readFileSync(UNIT, "utf8").includes("p%40ss"), false);
  assert.equal(json(["node", "uninstall"], state).result, "uninstalled");
});

await check("what a unit cannot carry is refused before anything is written", () => {
  const quoted = `${HOME}/it's`;
  fs.mkdirSync(quoted);
  fs.symlinkSync(process.execPath, `${quoted}/node`);
  assert.match(refused({}, ["--runtime-path", `${quoted}/node`]).error, /program path holds a quote/u);
  assert.match(refused({ OPENCLAW_STATE_DIR: `${HOME}/a\nb` }).error, /line break|control/u);
  assert.match(refused({}, ["--display-name", "a\nb"]).error, /--display-name/u);
  assert.match(refused({ OPENCLAW_STATE_DIR: `${HOME}/a*b` }).error, /one of `\*/u);
  assert.match(refused({ NO_PROXY: "a\nb" }).error, /line break|control/u);
});

await check("a runtime that is none, is too old, or is gone", () => {
  fs.writeFileSync(`${HOME}/old`, "#!/bin/sh\necho v18.20.0\n", { mode: 0o755 });
  fs.writeFileSync(`${HOME}/none`, "#!/bin/sh\necho hello\n", { mode: 0o755 });
  assert.match(
    refused({}, ["--runtime-path", `${HOME}/old`]).error,
    /is Node 18\.20\.0; Node 20\.19 or newer/u,
  );
  for (const path of [`${HOME}/none`, `${HOME}/absent`, HOME, "/dev/null"])
    assert.match(refused({}, ["--runtime-path", path]).error, /is not a Node or Bun program/u);
  assert.match(refused({ PATH: "/usr/bin:/bin" }, ["--runtime", "bun"]).error, /bun was not found in PATH/u);
});

gateway.end();
finish();
