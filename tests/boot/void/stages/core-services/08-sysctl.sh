# shellcheck shell=sh disable=SC2154
[ -z "$VIRTUALIZATION" ] || return 0
for file in /run/sysctl.d/*.conf /etc/sysctl.d/*.conf /etc/sysctl.conf; do
	[ ! -r "$file" ] || sysctl -q -p "$file"
done
