# shellcheck shell=sh disable=SC2154
: >/run/utmp
chgrp utmp /run/utmp
chmod 0664 /run/utmp
halt -B
[ ! -r /var/lib/random-seed ] || cat /var/lib/random-seed >/dev/urandom
[ -n "$VIRTUALIZATION" ] || {
	msg 'Setting up loopback interface...'
	ip link set up dev lo
}
[ ! -r /etc/hostname ] || {
	read -r name </etc/hostname
	msg "Setting up hostname to '$name'..."
	hostname "$name"
}
rm -f /etc/nologin /fastboot /forcefsck
