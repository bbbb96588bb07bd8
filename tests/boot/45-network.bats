# The network among the services: who needs it begins when there is an address,
# and ends before it is given back.

load guest.bash

setup_file() {
	make_images
}

teardown_file() {
	end_guests
}

@test "network file systems are mounted once there is a lease, and unmounted before it is given back" {
	PATH=$PATH:/usr/sbin:/sbin
	for name in check mounts netmounts dhcp@; do
		overlay "etc/sv/$name/service" 644 \
			<"$TOP/stages/sv/$name/service"
	done
	mkdir -p "$OVERLAY/etc/service"
	for name in check mounts netmounts dhcp@eth0; do
		ln -s "/etc/sv/${name%eth0}" "$OVERLAY/etc/service/$name"
	done
	overlay etc/modules-load.d/net.conf 644 <<<$'virtio_pci\nvirtio_blk\nvirtio_net'
	# On a network as far as its line says; it needs no server.
	overlay etc/fstab 644 <<<'/dev/vda /mnt ext4 _netdev,noatime 0 0'
	# What udhcpc calls; the lease is held back until somebody has looked.
	overlay etc/udhcpc/default.script <<-'END'
	#!/bin/sh
	case $1 in
	deconfig)
		ip link set "$interface" up
		ip addr flush dev "$interface"
		grep -q ' /mnt ' /proc/mounts && echo 'still mounted' >/dev/console
		echo 'no address' >/dev/console
		;;
	bound)
		until [ -e /run/go ]; do usleep 50000; done
		ip addr add "$ip/24" dev "$interface"
		;;
	esac
	END
	truncate -s 8M "$BATS_TEST_TMPDIR/net"
	mke2fs -q -t ext4 "$BATS_TEST_TMPDIR/net"
	boot_initramfs network --net '' --disk "$BATS_TEST_TMPDIR/net"
	on network
	until_guest '[ -e /sys/class/net/eth0 ] && /sbin/svc list -s starting | grep -q dhcp@eth0'
	in_guest '/sbin/svc why netmounts' >"$BATS_TEST_TMPDIR/why" || :
	grep 'waiting for dhcp@eth0' "$BATS_TEST_TMPDIR/why"
	in_guest '! grep " /mnt " /proc/mounts; : >/run/go'
	until_guest '/sbin/svc list -s up | grep -q dhcp@eth0'
	in_guest 'ip -4 addr show dev eth0 | grep "inet 10\."'
	until_guest '/sbin/svc list -s done | grep -q netmounts'
	in_guest 'grep "^/dev/vda /mnt ext4.*noatime" /proc/mounts && echo kept >/mnt/file'
	vm tell "$ON" /sbin/poweroff
	vm off "$ON"
	run console
	echo "$output"
	[[ $output == *"no address"*"no address"* ]]
	[[ $output != *"still mounted"* ]]
	is_clean "$BATS_TEST_TMPDIR/net"
}
