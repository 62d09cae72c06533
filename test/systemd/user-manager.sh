#!/bin/bash
# Runs a command as an ordinary user beside a real `systemd --user`, in namespaces and a cgroup of their own.
# To be started by run.ts through unshare, with the cgroup already entered: a manager in the machine's own cgroup
# would move every process of it.
# usage: user-manager.sh WORKDIR NODE SCRIPT...
set -eu
work=$1
shift
. "$(dirname "$0")/private-group.sh"
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /home
mkdir -p /run/systemd/system /run/user/4500 /home/ann /sys/fs/cgroup/app /sys/fs/cgroup/um
chmod 700 /run/user/4500 /home/ann
chown 4500:4500 /run/user/4500 /home/ann
# A copy, with an account that exists in here only.
cp -a /etc "$work/etc"
mount --bind "$work/etc" /etc
echo 'ann:x:4500:4500::/home/ann:/bin/sh' >>/etc/passwd
echo 'ann:x:4500:' >>/etc/group
if [ -n "${OPENCLAW_CHECK_BUN:-}" ]; then
  # Where its own installer puts it.
  install -D -m 755 "$OPENCLAW_CHECK_BUN" /home/ann/.bun/bin/bun
  chown -R 4500:4500 /home/ann/.bun
fi
# A home that nobody can write to, whoever owns it.
mkdir /home/readonly
mount -t tmpfs -o size=64k,mode=700,uid=4500,gid=4500 tmpfs /home/readonly
mount -o remount,ro /home/readonly
echo $$ >/sys/fs/cgroup/app/cgroup.procs
chown -R 4500:4500 /sys/fs/cgroup/um
cd /home/ann
as_ann() {
  exec setpriv --reuid 4500 --regid 4500 --clear-groups \
    env -i HOME=/home/ann USER=ann LANG=C.UTF-8 PATH=/usr/local/bin:/usr/bin:/bin XDG_RUNTIME_DIR=/run/user/4500 "$@"
}
(
  echo $BASHPID >/sys/fs/cgroup/um/cgroup.procs
  as_ann /lib/systemd/systemd --user --log-target=console >"$work/systemd.log" 2>&1
) &
for _ in $(seq 100); do
  [ -S /run/user/4500/systemd/private ] && break
  sleep 0.1
done
[ -S /run/user/4500/systemd/private ] || { cat "$work/systemd.log" >&2; exit 70; }
as_ann "$@"
