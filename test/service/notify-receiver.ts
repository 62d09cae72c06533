// The other side of sd_notify: a real datagram socket, which Node cannot open, and a process that gets a connected one.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";

const RECEIVE = `
  use Socket; $| = 1;
  socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die; bind($s, sockaddr_un($ARGV[0])) or die "bind: $!";
  print "listening\\n";
  while (defined(recv($s, my $m, 65536, 0))) { $m =~ s/\\n/\\x1f/g; print "$m\\n"; }
`;
/** Becomes the given program, with a connected datagram socket as descriptor 3, as systemd's OpenFile= leaves it. */
const CONNECTED = `
  BEGIN { $^F = 255 } use Socket; use POSIX ();
  socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die; connect($s, sockaddr_un(shift @ARGV)) or die "connect: $!";
  POSIX::dup2(fileno($s), 3); $ENV{LISTEN_PID} = $$; $ENV{LISTEN_FDS} = 1; $ENV{LISTEN_FDNAMES} = "notify";
  exec @ARGV or die "exec: $!";
`;

export interface NotifyReceiver {
  /** Everything received so far, oldest first; each as its assignments. */
  readonly messages: readonly (readonly string[])[];
  /** The first message, past or future, with an assignment that fits; or a later one. */
  message(pattern: RegExp, index?: number): Promise<readonly string[]>;
}

export async function receiveNotify(path: string): Promise<NotifyReceiver> {
  const child = spawn("perl", ["-e", RECEIVE, path], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout });
  await once(lines, "line");
  const messages: (readonly string[])[] = [];
  const looks = new Set<() => void>();
  lines.on("line", (line) => {
    messages.push(line.split("\u001f").filter((part) => part !== ""));
    for (const look of looks) look();
  });
  return {
    messages,
    message: async (pattern, index = 0) =>
      await new Promise((resolve) => {
        const look = (): void => {
          const found = messages.filter((message) => message.some((part) => pattern.test(part)))[index];
          if (found === undefined) return;
          looks.delete(look);
          resolve(found);
        };
        looks.add(look);
        look();
      }),
  };
}

/** The command line of a program that finds the socket as descriptor 3. */
export function withConnectedSocket(path: string, argv: readonly string[]): readonly [string, ...string[]] {
  return ["perl", "-e", CONNECTED, path, ...argv];
}
