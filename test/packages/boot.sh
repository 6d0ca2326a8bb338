#!/bin/bash
# boot.sh ROOT PACKAGES: over ROOT, and with PACKAGES as /packages, a machine of its own: starts systemd there. Runs as the
# first process of new mount, pid, network, host-name, IPC and cgroup namespaces; what it makes ends with them.
set -euo pipefail
root=$1

bind() {
  touch "$2"
  mount --bind "$1" "$2"
}

# Over a folder that every Debian has, for nobody else to see.
own=/mnt
mount -t tmpfs none "$own"
mkdir "$own/upper" "$own/work" "$own/root"
mount -t overlay overlay -o "lowerdir=$root,upperdir=$own/upper,workdir=$own/work" "$own/root"
cd "$own/root"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t bpf bpf sys/fs/bpf
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=755 tmpfs dev
mkdir -p dev/net dev/pts dev/shm
for name in null zero full random urandom tty net/tun; do bind "/dev/$name" "dev/$name"; done
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mkdir packages
mount --bind "$2" packages
# It would want a terminal.
ln -s /dev/null etc/systemd/system/console-getty.service
# Says to whoever comes from outside that this is no longer the machine outside.
touch weft-machine
mkdir old
pivot_root . old
umount -l /old
rmdir /old
exec env -i container=weft PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --show-status=no > /dev/null 2>&1
