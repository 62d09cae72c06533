#!/bin/bash
# Runs a command as root beside a whole systemd, which is the first process of its own namespaces. Started by run.ts
# like user-manager.sh. The command runs as a service of that systemd, and the machine ends when it has ended.
# usage: system-manager.sh WORKDIR NODE SCRIPT...
set -eu
work=$1
shift
. "$(dirname "$0")/private-group.sh"
for path in /run /home /var/lib/systemd /var/log; do mount -t tmpfs tmpfs "$path"; done
mkdir -p /run/systemd/system /home/ann
chmod 700 /home/ann
chown 4500:4500 /home/ann
# A copy: what a system service leaves there is gone afterwards.
cp -a /etc "$work/etc"
mount --bind "$work/etc" /etc
rm -rf /etc/systemd/system
mkdir /etc/systemd/system
echo 'ann:x:4500:4500::/home/ann:/bin/sh' >>/etc/passwd
echo 'ann:x:4500:' >>/etc/group
# Lingering goes through PAM, which looks here.
echo 'ann:*:19000:0:99999:7:::' >>/etc/shadow
for unit in systemd-networkd systemd-networkd.socket systemd-resolved systemd-timesyncd systemd-udevd \
  systemd-udevd-control.socket systemd-udevd-kernel.socket systemd-udev-trigger systemd-remount-fs systemd-sysctl \
  systemd-modules-load systemd-tmpfiles-setup systemd-tmpfiles-setup-dev systemd-tmpfiles-clean systemd-random-seed \
  systemd-update-utmp systemd-update-utmp-runlevel getty.target console-getty systemd-journal-flush \
  systemd-hwdb-update apt-daily.timer apt-daily-upgrade.timer network-online.target cron ssh docker; do
  case $unit in *.*) ;; *) unit=$unit.service ;; esac
  ln -s /dev/null "/run/systemd/system/$unit"
done
quoted=
for word in "$@"; do quoted="$quoted '$word'"; done
cat >/run/systemd/system/check.service <<END
[Unit]
After=multi-user.target dbus.socket systemd-logind.service
Wants=systemd-logind.service
[Service]
Type=oneshot
Environment=HOME=/root USER=root LANG=C.UTF-8
WorkingDirectory=/
ExecStart=/bin/sh -c "exec $quoted >$work/output 2>&1"
ExecStopPost=/bin/sh -c "touch $work/done"
END
mkdir -p /run/systemd/system/multi-user.target.wants
(
  for _ in $(seq 1200); do
    [ -e "$work/done" ] && break
    sleep 0.1
  done
  cat "$work/output" || true
  # The first process of the namespaces; everything else ends with it.
  kill -s RTMIN+14 1
) &
exec env -i container=openclaw-check PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --system --unit=check.service --log-target=null --show-status=no
