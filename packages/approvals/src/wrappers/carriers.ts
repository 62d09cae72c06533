import { isMultiCallName } from "../shell/names.ts";
import { wordList } from "../word-list.ts";

/**
 * Programs whose purpose is to start another program. An entry for one of them would be an
 * entry for everything. Source: exec section 3.3 and its relatives.
 */
const CARRIERS: ReadonlySet<string> = wordList(
  // another user, group or root
  "sudo sudo-rs sudoedit doas su su-exec runuser gosu pkexec setpriv newgrp sg run0 calife super",
  "capsh chpst setuidgid softlimit",
  // another environment, session, priority, limit, time or place
  "command builtin exec setsid setarch arch linux32 linux64 i386 x86_64 chroot chrt taskset",
  "numactl ionice cpulimit prlimit choom nsenter unshare bwrap firejail proot fakeroot fakechroot",
  "nsjail sandbox-exec caffeinate systemd-inhibit flock lockf setlock watch entr watchexec nodemon",
  "script unbuffer expect rlwrap winpty systemd-run systemd-nspawn systemd-cat machinectl xvfb-run",
  "dbus-launch dbus-run-session xinit startx proxychains proxychains4 torsocks torify tsocks",
  "faketime datefudge eatmydata start-stop-daemon daemonize daemon tini dumb-init catatonit",
  "execlineb runsv s6-setsid s6-setuidgid chronic ifne pee mispipe lckdo run-parts run-one doexec",
  "at batch crontab hyperfine xcrun ssh-agent",
  // one program for each line, file or connection
  "xargs gxargs parallel sem rush rargs socat inetd xinetd tcpserver websocketd forfiles",
  // debuggers, tracers and emulators
  "gdb gdbserver lldb strace ltrace dtrace dtruss truss perf valgrind rr catchsegv ldd ld.so wine",
  "wine64 box64 fex",
  // terminals and remote shells
  "tmux screen dtach abduco zellij byobu ssh autossh mosh sshpass rsh rlogin dbclient plink xterm",
  "gnome-terminal konsole osascript open xdg-open start runas psexec wmic mshta rundll32 regsvr32",
  "wscript cscript schtasks wsl",
  // package runners and environments
  "npx npx-cli.js bunx uvx pnpx pkgx nix-shell distrobox toolbox direnv aws-vault envdir envchain",
  "dotenv chamber",
);

/** Options and subcommands, also shortened, that turn an ordinary program into a carrier. */
const CARRYING_ARGUMENTS: Readonly<Record<string, RegExp>> = {
  find: /^-(?:exec|execdir|ok|okdir)$/u,
  gfind: /^-(?:exec|execdir|ok|okdir)$/u,
  bfs: /^-(?:exec|execdir|ok|okdir)$/u,
  fd: /^(?:-[A-Za-z]*[xX].*|--ex.*)$/u,
  fdfind: /^(?:-[A-Za-z]*[xX].*|--ex.*)$/u,
  npm: /^(?:x|exec?|explor?e?|in+it?|crea?t?e?)$/u,
  "npm-cli.js": /^(?:x|exec?|explor?e?|in+it?|crea?t?e?)$/u,
  pnpm: /^(?:x|exec|dlx|node|create)$/u,
  yarn: /^(?:exec|dlx|node|create)$/u,
  corepack: /^(?:npx|pnpx|pnpm|npm|yarn|yarnpkg)$/u,
  bun: /^(?:x|exec|create)$/u,
  nix: /^(?:run|shell|develop)$/u,
  guix: /^(?:shell|environment|time-machine)$/u,
  uv: /^(?:run|tool|x)$/u,
  pipx: /^run$/u,
  poetry: /^run$/u,
  pipenv: /^(?:run|shell)$/u,
  conda: /^run$/u,
  mamba: /^run$/u,
  micromamba: /^run$/u,
  bundle: /^exec$/u,
  mise: /^(?:exec|x|run|r)$/u,
  asdf: /^exec$/u,
  docker: /^(?:exec|run)$/u,
  podman: /^(?:exec|run|unshare)$/u,
  kubectl: /^(?:exec|run|debug)$/u,
  flatpak: /^(?:run|enter)$/u,
  snap: /^run$/u,
  op: /^run$/u,
  ip: /^(?:exec|vrf)$/u,
  nc: /^-[A-Za-z0-9]*[ce]/u,
  ncat: /^(?:-[A-Za-z0-9]*[ce].*|--(?:sh-|lua-)?e.*)$/u,
  netcat: /^-[A-Za-z0-9]*[ce]/u,
};

/** The dynamic loader and user-mode emulators start the file that they are given. */
const CARRIER_FORMS = /^(?:ld-linux.*|ld-musl.*|ld64.*|ld-[\d.]+\.so|qemu-[a-z0-9_]+(?:-static)?)$/u;

/**
 * The name under which a program is a carrier, if it is one. `names` are the name that was
 * typed and the name of the real file.
 */
export function carrierName(names: readonly string[], args: readonly string[]): string | undefined {
  return names.find((typed) => {
    const name = typed.toLowerCase();
    if (CARRIERS.has(name) || isMultiCallName(name) || CARRIER_FORMS.test(name)) return true;
    const carrying = Object.hasOwn(CARRYING_ARGUMENTS, name) ? CARRYING_ARGUMENTS[name] : undefined;
    return carrying !== undefined && args.some((argument) => carrying.test(argument));
  });
}
