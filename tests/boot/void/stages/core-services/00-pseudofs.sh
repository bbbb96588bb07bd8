# shellcheck shell=sh disable=SC2154
msg 'Mounting pseudo-filesystems...'
mounted /proc || mount -t proc -o nosuid,noexec,nodev proc /proc
mounted /sys || mount -t sysfs -o nosuid,noexec,nodev sys /sys
mounted /run || mount -t tmpfs -o mode=0755,nosuid,nodev run /run
mounted /dev || mount -t devtmpfs -o mode=0755,nosuid dev /dev
mkdir -p /run/runit /run/lock /dev/pts /dev/shm
mounted /dev/pts || mount -t devpts -o mode=0620,gid=5,nosuid,noexec devpts /dev/pts
mounted /dev/shm || mount -t tmpfs -o mode=1777,nosuid,nodev shm /dev/shm
[ -n "$VIRTUALIZATION" ] || [ ! -d /sys/fs/cgroup ] || mounted /sys/fs/cgroup ||
	mount -t cgroup2 -o nsdelegate cgroup2 /sys/fs/cgroup
