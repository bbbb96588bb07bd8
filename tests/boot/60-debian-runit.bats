# A Debian 12 that was installed with runit-init: its stages /etc/runit/1, 2 and
# 3, its services and its helpers as the packages made them. Only the programs of
# the package runit are ours. It boots, works and goes down.

load guest.bash

setup_file() {
	make_images
	on debian
	tree=$("$TOP/tests/boot/debian" runit runit-init socklog-run mini-httpd-run)
	export tree ON
	root=$BATS_FILE_TMPDIR/root
	cp -a --reflink=auto "$tree" "$root"
	in_place_of_runit "$root"
	dress "$root"
	"$TOP/tests/boot/image" disk "$root" "$BATS_FILE_TMPDIR/disk" 600M
	rm -rf "$root"
	vm start "$ON" --initrd "$WORK/start.cpio" --limit 850 \
		--disk "$BATS_FILE_TMPDIR/disk" --rng --memory 384
}

teardown_file() {
	end_guests
}

# Each program of the package, under its own name and path.
in_place_of_runit() {
	local name
	install -D -t "$1/usr/lib/trivet" "$TOP"/build/bin/{init,svcd,svlogd,svc}
	for name in usr/bin/chpst usr/bin/sv usr/sbin/runsvchdir usr/sbin/utmpset; do
		replace "$1/$name" svc
	done
	replace "$1/usr/bin/runsv" svcd
	replace "$1/usr/bin/runsvdir" svcd
	replace "$1/usr/bin/svlogd" svlogd
	replace "$1/sbin/runit" init
	replace "$1/lib/runit/runit-init" init
}

replace() {
	[ -f "$1" ] || {
		echo "no program $1 in the package"
		return 1
	}
	ln -sfn "/usr/lib/trivet/$2" "$1"
}

# What an installer asks for, and the service by which we look into it.
dress() {
	"$TOP/tests/boot/image" modules "$1" virtio_pci virtio_blk
	echo runit >"$1/etc/hostname"
	echo '127.0.0.1 localhost runit' >"$1/etc/hosts"
	chroot "$1" passwd -q -d root
	install -D "$(command -v busybox)" "$1/usr/local/bin/busybox"
	printf '#!/bin/sh\nbusybox ip link set lo up\n' >"$1/etc/rc.local"
	chmod 755 "$1/etc/rc.local"
	echo '/dev/vda / ext4 errors=remount-ro 0 1' >"$1/etc/fstab"
	mkdir -p "$1/etc/sv/probe" "$1/var/www/html"
	install -m 755 "$TOP/tests/boot/probe" "$1/etc/sv/probe/run"
	ln -s /etc/sv/probe "$1/etc/runit/runsvdir/default/probe"
	# A script of the old kind, whose service is runit's, and one that is sv.
	mkdir -p "$1/etc/sv/toy"
	printf '#!/bin/sh\nexec sleep 100000\n' >"$1/etc/sv/toy/run"
	printf '#!/bin/sh\n. /lib/lsb/init-functions\necho not forwarded\n' \
		>"$1/etc/init.d/toy"
	chmod 755 "$1/etc/sv/toy/run" "$1/etc/init.d/toy"
	ln -s /etc/sv/toy "$1/etc/runit/runsvdir/default/toy"
	ln -s /usr/bin/sv "$1/etc/init.d/probe"
	echo 'served by Debian' >"$1/var/www/html/page"
}

run_guest() {
	run vm run -t 120 "$ON" "$@"
}

@test "it boots by its own stages, which nobody has touched" {
	vm ready -t 400 "$ON"
	[[ $(console) == *"enter stage: /etc/runit/1"*"enter stage: /etc/runit/2"* ]]
	run_guest 'cat /proc/1/comm; readlink /proc/1/exe; cd /etc/runit; md5sum 1 2 3 ctrlaltdel'
	echo "$output"
	[ "${lines[0]}" = runit ]
	[ "${lines[1]}" = /usr/lib/trivet/init ]
	diff <(cd "$tree/etc/runit" && md5sum 1 2 3 ctrlaltdel) \
		<(printf '%s\n' "${lines[@]:2}")
}

@test "its services run, supervised by the one svcd" {
	until_guest "sv check socklog-unix mini-httpd getty-ttyS0 >/dev/null"
	run_guest 'sv status socklog-unix mini-httpd'
	echo "$output"
	[[ ${lines[0]} == "run: socklog-unix: (pid "*"s; run: log: (pid "* ]]
	[[ ${lines[1]} == "run: mini-httpd: (pid "* ]]
	run_guest "cat /proc/*/comm | sort | uniq -c | grep -E 'runsv|svcd'"
	echo "$output"
	[[ $output != *" runsv"$'\n'* ]]
	until_guest "busybox wget -q -O- http://127.0.0.1/page >/dev/null"
	run_guest 'busybox wget -q -O- http://127.0.0.1/page'
	[[ $output == *"served by Debian"* ]]
}

@test "what syslog gets is in its logs, by its patterns and stamps" {
	run_guest 'logger -p auth.info "hello from the guest"'
	until_guest 'grep -q "hello from the guest" /var/log/runit/socklog/auth/current'
	run_guest 'cat /var/log/runit/socklog/auth/current; stat -c %U /var/log/runit/socklog/auth/current'
	echo "$output"
	[[ $output =~ [0-9-]+_[0-9:.]+\ auth.info:.*hello ]]
	[ "${lines[-1]}" = _runit-log ]
	run_guest 'grep -c "hello" /var/log/runit/socklog/cron/current'
	[ "${lines[0]}" = 0 ]
}

@test "Debian's helpers control them" {
	run_guest 'update-service --list; sv restart mini-httpd'
	echo "$output"
	[[ $output == *mini-httpd* ]]
	[[ $output == *"ok: run: mini-httpd: (pid "* ]]
	run_guest '/etc/init.d/toy stop; sv status toy; /etc/init.d/toy start; service toy status'
	echo "$output"
	[[ ${lines[0]} == "ok: down: toy: "* ]]
	[[ ${lines[1]} == "down: toy: "* ]]
	[[ ${lines[2]} == "ok: run: toy: (pid "* ]]
	[[ ${lines[3]} == "run: toy: (pid "* ]]
	run_guest '/etc/init.d/probe status; echo $?'
	[[ ${lines[0]} == "run: probe: (pid "* ]]
	[ "${lines[1]}" = 0 ]
	run_guest 'update-service --remove /etc/sv/mini-httpd; sv status /etc/sv/mini-httpd'
	[[ $output == *"mini-httpd"* ]]
	until_guest '! sv status /etc/sv/mini-httpd'
	run_guest 'update-service --add /etc/sv/mini-httpd'
	until_guest 'sv check mini-httpd'
}

@test "a login on the serial console" {
	vm login -t 150 "$ON" root
	run vm run -p console "$ON" 'id -u; tty'
	echo "$output"
	[ "${lines[0]}" = 0 ]
}

@test "reboot goes through its stage 3, which ends the services" {
	vm tell "$ON" reboot
	vm off -t 200 "$ON"
	console | tail -n 40
	[[ $(console) == *"enter stage: /etc/runit/3"*"ok: down: /etc/service/mini-httpd: "*"reboot: Restarting system"* ]]
	run e2fsck -f -n "$BATS_FILE_TMPDIR/disk"
	[ "$status" = 0 ]
}
