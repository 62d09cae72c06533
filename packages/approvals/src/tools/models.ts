import { wordList } from "../word-list.ts";
import type { ToolModel } from "./option-model.ts";

const long = (...lines: readonly string[]): Pick<ToolModel, "long"> => ({ long: wordList(...lines) });

const EDITOR: ToolModel = { always: true };
const COMPILER: ToolModel = {
  words:
    /^(?:-{1,2}wrapper|-B|-{1,2}specs|-f(?:pass-)?plugin|-load$|-Xclang$|-plugin|-fuse-ld=[^a-z]|-Wl,.*plugin|@)/u,
};
const PACKAGES: ToolModel = {
  ...long(
    "script-shell node-options userconfig globalconfig init-module editor viewer git python",
    "node-gyp shell call browser onload-script use-yarnrc",
  ),
  plain: wordList("global"),
  short: "c",
  words: /^(?:edit|set|set-script)$/u,
};
const TEX: ToolModel = { words: /^-{1,2}(?:shell-|enable-write18|cnf-line)|write18/u };
const BROWSER: ToolModel = long(
  "renderer-cmd-prefix utility-cmd-prefix gpu-launcher ppapi-plugin-launcher load-extension",
);
const COPY: ToolModel = { short: "SoFJD", values: "cilPX" };
const DNF: ToolModel = { ...long("setopt config"), short: "c" };

/** Closed models: few options, all of them known. */
const CLOSED: Readonly<Record<string, ToolModel>> = {
  tar: {
    ...long(
      "checkpoint-action use-compress-program to-command info-script new-volume-script",
      "rsh-command rmt-command files-from",
    ),
    short: "IFT",
    values: "bCfgHKLNVX",
    // An archive on another machine is reached by starting a program.
    words: /^[^/]*:/u,
    bareCluster: true,
    known: {
      short: "AcdrtuxGhijJklmMnoOpPRsSUvwWzZaB",
      long: wordList(
        "absolute-names acls after-date anchored append atime-preserve auto-compress backup",
        "blocking-factor bzip2 catenate check-device check-links checkpoint compare compress concatenate",
        "confirmation create delay-directory-restore delete dereference diff directory exclude",
        "exclude-backups exclude-caches exclude-from exclude-ignore exclude-tag exclude-vcs",
        "exclude-vcs-ignores extract file force-local format full-time get group group-map gunzip gzip",
        "hard-dereference help hole-detection ignore-case ignore-command-error ignore-failed-read",
        "ignore-zeros incremental index-file interactive keep-directory-symlink keep-newer-files",
        "keep-old-files label level list listed-incremental lzip lzma lzop mode mtime multi-volume newer",
        "newer-mtime no-acls no-anchored no-auto-compress no-check-device no-delay-directory-restore",
        "no-ignore-case no-ignore-command-error no-null no-overwrite-dir no-quote-chars no-recursion",
        "no-same-owner no-same-permissions no-seek no-selinux no-unquote no-wildcards",
        "no-wildcards-match-slash no-xattrs null numeric-owner occurrence old-archive one-file-system",
        "one-top-level overwrite overwrite-dir owner owner-map pax-option portability posix",
        "preserve-order preserve-permissions quote-chars quoting-style read-full-records record-size",
        "recursion recursive-unlink remove-files restrict same-order same-owner same-permissions seek",
        "selinux show-defaults show-omitted-dirs show-snapshot-field-ranges show-stored-names",
        "show-transformed-names skip-old-files sort sparse sparse-version starting-file strip-components",
        "suffix tape-length test-label to-stdout totals touch transform uncompress ungzip unlink-first",
        "unquote update usage utc verbatim-files-from verbose verify version volno-file warning wildcards",
        "wildcards-match-slash xattrs xattrs-exclude xattrs-include xform xz zstd",
      ),
    },
  },
  sort: {
    ...long("compress-program"),
    values: "koStT",
    known: {
      short: "bdfghiMnRrVcCmsuz",
      long: wordList(
        "ignore-leading-blanks dictionary-order ignore-case general-numeric-sort human-numeric-sort",
        "ignore-nonprinting month-sort numeric-sort random-sort random-source reverse sort version-sort",
        "batch-size check debug files0-from key merge output stable buffer-size field-separator",
        "temporary-directory parallel unique zero-terminated help version",
      ),
    },
  },
  split: {
    ...long("filter"),
    values: "abClnt",
    known: {
      short: "dexu",
      long: wordList(
        "suffix-length additional-suffix bytes line-bytes elide-empty-files hex-suffixes lines number",
        "numeric-suffixes separator unbuffered verbose help version",
      ),
    },
  },
  tcpdump: {
    ...long("postrotate-command"),
    short: "z",
    values: "BcCEFGijmMQrsTVwWyZ",
    known: {
      short: "AbdDefhHIJKlLnNOpqStuUvxX#",
      long: wordList(
        "count direction immediate-mode list-interfaces interface number print time-stamp-precision",
        "time-stamp-type version help snapshot-length buffer-size packet-buffered linktype lengths nano",
        "micro list-data-link-types list-time-stamp-types dont-verify-checksums no-promiscuous-mode",
        "no-optimize monitor-mode relinquish-privileges absolute-tcp-sequence-numbers",
      ),
    },
  },
};

const OPEN: Readonly<Record<string, ToolModel>> = {
  bsdtar: { ...long("use-compress-program"), words: /^-[A-Za-z]*T/u },
  cpio: { ...long("rsh-command rmt-command"), words: /^[^/]*:/u },
  rsync: { ...long("rsh rsync-path remote-option config daemon"), short: "eM", values: "fBT", words: /^-o/u },
  scp: COPY,
  sftp: { ...COPY, short: "SoFJDb", values: "BcilPRsX" },
  zip: { ...long("unzip-command"), words: /^-[A-Za-z]*TT/u },
  install: { ...long("strip-program"), values: "gmotS" },
  diff3: long("diff-program"),
  sdiff: long("diff-program"),
  man: { ...long("pager html config-file gxditview ditroff troff"), short: "PHCXZTt", values: "RLmMSserpE" },
  less: { ...long("lesskey-file lesskey-src lesskey-content"), short: "k", words: /^\+/u },
  ag: long("pager"),
  ack: long("pager ackrc"),
  bat: long("pager config-file"),
  batcat: long("pager config-file"),
  rg: long("pre hostname-bin"),
  ctags: long("options"),
  curl: { ...long("config engine"), short: "K", values: "AbcCdDeEFHmoPQrtTuUwxXyYz" },
  wget: { ...long("use-askpass execute config"), short: "e", values: "oaiBtOTwQPUlARDIX" },
  aria2c: long("on-bt-download-complete on-download-complete on-download-error conf-path"),
  "yt-dlp": long("exec config-locations external-downloader downloader use-postprocessor netrc-cmd"),
  lftp: { ...long("rcfile"), short: "cef" },
  nmap: long("script datadir"),
  make: {
    ...long("file makefile eval include-dir"),
    short: "fIE",
    values: "CoW",
    // The values of variables end up in shell text.
    words:
      /^[^=]*!=|^(?:SHELL|\.SHELLFLAGS|MAKE\w*|\w*(?:CC|CXX|CPP|LD|AR|AS|FLAGS|RUN|RUNNER|EXEC|CMD|COMMAND|SH))[:?+]*=|^[^-=][^=]*=(?![\w./:@,+%-]*$)/u,
  },
  ninja: { short: "f", values: "Cjkl" },
  cmake: {
    words: /^-[PEC]|^(?:-D)?\w{0,99}(?:COMPILER|LAUNCHER|LINKER|PROGRAM|TOOLCHAIN|COMMAND)\w{0,99}[:=]/u,
  },
  cargo: { ...long("config"), short: "Z", values: "pFjC", words: /linker|link-arg|codegen-backend/u },
  rustc: { words: /linker|link-arg|codegen-backend|^@/u },
  go: { words: /^-{1,2}(?:toolexec|exec|vettool|overlay)(?:=|$)|extld|^-w$/u },
  java: { words: /^-(?:agentlib|agentpath|javaagent|XX:(?:On|Flags|VMOptionsFile)|J)|^@/u },
  javac: { words: /^-{1,2}(?:J|processor|plugin)|^-Xplugin|^@/u },
  gradle: { ...long("init-script build-file settings-file include-build"), short: "Ibc" },
  mvn: { words: /^exec:|^-D(?:exec|jvm)|^-{1,2}(?:s|gs|settings|global-settings)$/u },
  npm: PACKAGES,
  "npm-cli.js": PACKAGES,
  pnpm: PACKAGES,
  yarn: PACKAGES,
  bun: PACKAGES,
  pip: long("python editor"),
  kubectl: { ...long("kubeconfig"), words: /^(?:edit|plugin)$/u },
  helm: { ...long("post-renderer kubeconfig"), words: /^plugin$/u },
  systemctl: { words: /^(?:edit|link|set-environment|import-environment)$|^-[HM]|^--(?:h[^e]|ma)/u },
  gh: { words: /^(?:alias|extension|extensions|ext)$/u },
  hg: { ...long("config"), words: /^-{1,2}[a-z-]*cmd/u },
  svn: long("config-option config-dir editor-cmd diff-cmd diff3-cmd"),
  apt: { ...long("option config-file"), short: "oc" },
  "apt-get": { ...long("option config-file"), short: "oc" },
  dpkg: long("pre-invoke post-invoke status-logger"),
  dnf: DNF,
  yum: DNF,
  rpm: { ...long("eval pipe define load macros rcfile"), short: "ED" },
  iptables: long("modprobe"),
  ip6tables: long("modprobe"),
  gpg: long("agent-program dirmngr-program photo-viewer options exec-path load-extension"),
  openssl: { words: /^-{1,2}(?:engine|provider|provider-path|config)$|^engine$/u },
  psql: { ...long("file"), short: "f", values: "cdhpUvFPRTLo", words: /\\|program/iu },
  mysql: { ...long("defaults init-command pager plugin-dir"), words: /\\|(?:^|[;\s])(?:system|source)\b/iu },
  sqlite3: { words: /(?:^|\n)[ \t]*\.|^-{1,2}(?:init|cmd)$|load_extension|edit\s*\(|writefile/iu },
  pandoc: { ...long("filter lua-filter pdf-engine defaults"), short: "FLd" },
  groff: { short: "U" },
  m4: { words: /syscmd/u },
  dc: { words: /!/u },
};

/** Names that share one model. */
const SHARED: readonly (readonly [ToolModel, string])[] = [
  [
    EDITOR,
    "vi vim nvim view vimdiff ex rvim rview gvim vim.basic vim.tiny vim.nox vim.gtk vim.gtk3 emacs emacsclient ed red nano pico joe micro kak hx",
  ],
  [COMPILER, "gcc g++ cc c++ clang clang++ cpp tcc"],
  [TEX, "tex latex pdftex pdflatex xetex xelatex luatex lualatex"],
  [BROWSER, "google-chrome chrome chromium chromium-browser microsoft-edge"],
];

const MODELS: ReadonlyMap<string, ToolModel> = new Map([
  ...Object.entries(CLOSED),
  ...Object.entries(OPEN),
  ...SHARED.flatMap(([model, names]) => names.split(" ").map((name) => [name, model] as const)),
  ["gtar", CLOSED["tar"] ?? EDITOR],
  ["gmake", OPEN["make"] ?? EDITOR],
  ["gsort", CLOSED["sort"] ?? EDITOR],
]);

/** The model of a program, also under a name with a version (`gcc-12`, `pip3.11`). */
export function toolModel(name: string): ToolModel | undefined {
  return MODELS.get(name) ?? MODELS.get(name.replace(/[-.]?\d[\d.]*$/u, ""));
}
