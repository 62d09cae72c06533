# Sourced by what starts a systemd: makes sure that it can only ever take processes of these checks, and mounts its
# cgroup. A manager takes every process of its cgroup, and in the machine's own one that would be all of them.
refuse() {
  echo "refused: $1; start the checks with test/systemd/run.ts" >&2
  exit 70
}
[ $$ -eq 1 ] || refuse "not the first process of a pid namespace"
[ "$(grep '^0::' /proc/self/cgroup)" = "0::/" ] || refuse "no cgroup namespace"
mount --make-rprivate /
umount -R -l /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup
# The file is in every cgroup but the machine's own.
[ -e /sys/fs/cgroup/cgroup.type ] || refuse "this is the machine's own cgroup"
mapfile -t members </sys/fs/cgroup/cgroup.procs
# Ourselves, and `unshare`, which waits outside of the pid namespace.
[ "${#members[@]}" -le 2 ] || refuse "other processes are in this cgroup"
