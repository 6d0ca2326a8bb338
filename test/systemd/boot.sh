#!/bin/bash
# boot.sh FOLDER CHECKOUT PATH...: a real systemd as process 1 of a machine of its own, until it is killed.
#
#   overlay of this machine's root ── own mounts, processes, cgroups, names, IPC; the network that it is started in
#
# Run inside `unshare -m -p -f -C -u -i`, so that everything made here ends with it. CHECKOUT is /opt/weft there, where the
# units' @WEFT@ points. FOLDER/log gets what the services print. Nothing of Debian's own services is started.
set -euo pipefail
folder=$1 checkout=$2
root=$folder/root

mount --make-rprivate /
mount -t tmpfs -o size=256m weft-machine "$folder"
mkdir "$folder"/{upper,work,root,log}
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t bpf bpf "$root/sys/fs/bpf"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
# Where no service's sandbox hides it.
mkdir -p "$root/opt/weft" && mount --bind "$checkout" "$root/opt/weft"
mkdir -p "$root/mnt/log" && mount --bind "$folder/log" "$root/mnt/log"
shift 2
# What lies on other mounts of this machine and is needed inside, at its place.
for path in "$@"; do
  mkdir -p "$root$path"
  mount --bind "$path" "$root$path"
done

rm -rf "$root"/etc/systemd/system/* "$root"/lib/systemd/system/*.wants
for unit in weft-agent.service weft-agent.socket weft-controller.service weft-controller.socket; do
  [ -e "$checkout/systemd/$unit" ] || continue
  sed "s#@WEFT@#/opt/weft#" "$checkout/systemd/$unit" > "$root/etc/systemd/system/$unit"
done
# There is no journal here.
for service in agent controller; do
  mkdir "$root/etc/systemd/system/weft-$service.service.d"
  printf '[Service]\nStandardOutput=append:/mnt/log/%s\nStandardError=append:/mnt/log/%s\n' "$service" "$service" \
    > "$root/etc/systemd/system/weft-$service.service.d/log.conf"
done
printf '[Unit]\nDescription=The machine of a test\n' > "$root/etc/systemd/system/weft-test.target"

mkdir "$root/former"
cd "$root"
pivot_root . former
exec chroot . /bin/bash -c 'umount -l /former
  systemd-sysusers --replace=/usr/lib/sysusers.d/weft.conf "$0/systemd/weft.sysusers.conf" || exit
  systemd-tmpfiles --create "$0/systemd/weft.tmpfiles.conf" || exit
  exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin container=weft-test \
    /lib/systemd/systemd --unit=weft-test.target --log-target=console --log-color=no' "$checkout"
