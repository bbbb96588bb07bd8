# shellcheck shell=sh disable=SC2154
[ -z "$VIRTUALIZATION" ] || return 0
[ ! -r /etc/fstab ] || {
	msg 'Mounting all non-network filesystems...'
	mount -a || emergency_shell
}
