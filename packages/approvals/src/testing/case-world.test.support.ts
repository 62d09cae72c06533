import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The files that the recorded cases speak of, in a directory of their own. */
export interface CaseWorld {
  readonly root: string;
  readonly bin: string;
  readonly cwd: string;
  readonly home: string;
  /** Puts the real places into a text with tokens. */
  fill(text: string): string;
  remove(): void;
}

const TOOLS =
  "mytool other deploy skillbin swap showargs node python3 python3.11 perl ruby lua php awk sed find xargs sudo npx npm pwsh bash zsh busybox head jq julia sub/deep/mytool";

export function makeCaseWorld(): CaseWorld {
  const root = realpathSync.native(mkdtempSync(join(tmpdir(), "approvals-cases-")));
  const bin = join(root, "bin");
  const bin2 = join(root, "bin2");
  const cwd = join(root, "cwd");
  const home = join(root, "home");
  const put = (path: string, content: string, mode: number): void => {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, content);
    chmodSync(path, mode);
  };
  const script = "#!/bin/sh\nexit 0\n";
  for (const tool of TOOLS.split(" ")) put(join(bin, tool), script, 0o755);
  for (const tool of ["mytool", "skillbin"]) put(join(bin2, tool), script, 0o755);
  put(join(bin, "noexec"), script, 0o644);
  symlinkSync(join(bin, "mytool"), join(bin, "linktool"));
  put(join(cwd, "script.sh"), script, 0o755);
  put(join(cwd, "drift.sh"), script, 0o755);
  for (const name of ["app.js", "app.py", "foo"]) put(join(cwd, name), "1\n", 0o644);
  put(join(home, "bin/hometool"), script, 0o755);
  symlinkSync(cwd, join(root, "linkcwd"));
  const tokens = { BIN: bin, BIN2: bin2, CWD: cwd, HOME: home, ROOT: root };
  return {
    root,
    bin,
    cwd,
    home,
    fill: (text) =>
      Object.entries(tokens).reduce((filled, [token, path]) => filled.replaceAll(`{${token}}`, path), text),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
