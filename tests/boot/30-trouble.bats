# Boots that meet trouble: stages that are missing, fail or hang, a supervisor
# that is not there, a root that cannot be written, little memory, a wrong
# fstab. Each says so, and the machine still comes up and goes down.

load guest.bash

setup_file() {
	make_images
}

teardown_file() {
	end_guests
}

# Boots, and its services are up.
comes_up() {
	boot_initramfs "$1" "${@:2}"
	on "$1"
	until_guest '/sbin/sv status httpd >/dev/null'
}

goes_down() {
	vm tell "$ON" /sbin/poweroff
	vm off "$ON"
	[[ $(console) == *"reboot: Power down"* ]]
}

@test "no stages at all: the tree comes up, and goes down" {
	comes_up nostages --append 'trivet.boot=/nowhere trivet.shutdown=/nowhere'
	[[ $(console) == *"/nowhere"*"starting the services"* ]]
	goes_down
	[[ $(console) == *"/nowhere"*"going down"* ]]
}

@test "stages that fail" {
	overlay etc/trivet/boot <<<$'#!/bin/sh\nexit 3'
	overlay etc/trivet/shutdown <<<$'#!/bin/sh\nkill -9 $$'
	comes_up failing
	[[ $(console) == *"/etc/trivet/boot"*"starting the services"* ]]
	goes_down
	[[ $(console) == *"/etc/trivet/shutdown"*"going down"* ]]
}

@test "stages that hang, and ignore TERM" {
	overlay etc/trivet/boot <<<$'#!/bin/sh\ntrap "" TERM\nsleep 1000 & wait\nsleep 1000'
	overlay etc/trivet/shutdown <<<$'#!/bin/sh\nsleep 1000'
	comes_up hanging --append 'trivet.timeout-boot=1s trivet.timeout-shutdown=1s'
	goes_down
}

@test "a stage that is not executable" {
	overlay etc/trivet/boot 644 <<<$'#!/bin/sh\n'
	comes_up notexec
	[[ $(console) == *"/etc/trivet/boot"*"starting the services"* ]]
	goes_down
}

@test "steps with a syntax error, a failure, a hanging command: told, and gone on" {
	overlay etc/trivet/boot.d/01-syntax <<<$'title \'bad syntax\'\nif true; then'
	overlay etc/trivet/boot.d/02-fails <<<$'title \'it fails\'\necho "for this reason" >&2\nfalse'
	overlay etc/trivet/boot.d/03-hangs <<<$'title \'it hangs\'\nbounded 1 sleep 1000'
	overlay etc/trivet/boot.d/04-skips <<<$'title \'it skips\'\nskip "nothing to do"'
	overlay etc/fstab 644 <<<$'/dev/nowhere /mnt ext4 defaults 0 0\ntmp /tmp tmpfs mode=1777 0 0'
	overlay etc/modules-load.d/missing.conf 644 <<<$'no_such_module'
	comes_up steps
	run console
	[[ $output == *"[fail] "*yntax* ]]
	[[ $output == *"[fail] it fails"*"for this reason"* ]]
	[[ $output == *"[fail] it hangs"*"took longer than 1 s"* ]]
	[[ $output == *"[skip] it skips: nothing to do"* ]]
	[[ $output == *"cannot load the module no_such_module"* ]]
	[[ $output == *"[fail] file systems"* ]]
	run in_guest 'grep " /tmp " /proc/mounts'
	[ "$status" = 0 ]
	goes_down
}

@test "quiet: of the steps the console shows failures, the log all; /tmp is emptied" {
	overlay etc/trivet/boot.d/02-fails <<<$'title \'it fails\'\necho "for this reason" >&2\nfalse'
	overlay tmp/old <<<old
	overlay tmp/.hidden/old <<<old
	comes_up quiet --append quiet
	run console
	echo "$output"
	[[ $output == *"[fail] it fails"*"for this reason"* ]]
	[[ $output != *"[ ok ]"* ]]
	run in_guest 'cat /run/trivet/boot.log; ls -A /tmp; stat -c "%a %n" /tmp/.[XI]*'
	echo "$output"
	[[ $output == *"[fail] it fails"*"for this reason"*"[ ok ]"* ]]
	[[ $output != *old* && $output != *hidden* ]]
	[[ $output == *$'\n1777 /tmp/.ICE-unix\n1777 /tmp/.X11-unix' ]]
	goes_down
}

@test "Ctrl-C on the console skips a step that hangs" {
	overlay etc/trivet/boot.d/03-hangs <<<$'title \'it hangs\'\necho hanging\nbounded 900 sleep 1000'
	boot_initramfs interrupt
	on interrupt
	said hanging
	vm send "$ON" '\x03'
	said '\[skip\] it hangs: interrupted'
	in_guest true
	goes_down
}

# Debian's fsck, from this machine: busybox has none.
lay_fsck() {
	local files
	files=$(ldd "$(command -v fsck)" "$(command -v fsck.ext4)" |
		grep -o '/[^ :]*' | sort -u)
	# shellcheck disable=SC2086 # a list of paths
	cp -L --parents $files "$OVERLAY"
}

@test "a check of disks as a service: how far it is on the console, Ctrl-C skips it, its disk is mounted, a login follows" {
	overlay etc/fstab 644 <<-'END'
	/dev/vda /early ext4 defaults 0 2
	/dev/vdb /mnt ext4 defaults 0 3
	END
	overlay etc/modules-load.d/disks.conf 644 <<<$'virtio_pci\nvirtio_blk'
	# As an initramfs mounts /usr.
	overlay etc/trivet/boot.d/45-early <<<$'title \'mounted early\'\nmkdir /early && mount -t ext4 /dev/vda /early'
	for name in check mounts progress; do
		overlay "etc/service/$name/service" 644 \
			<"$TOP/stages/sv/$name/service"
	done
	PATH=$PATH:/usr/sbin:/sbin
	lay_fsck
	early=$BATS_TEST_TMPDIR/early slow=$BATS_TEST_TMPDIR/slow
	truncate -s 8M "$early"
	mke2fs -q -t ext4 "$early"
	make_slow "$slow"
	# It is asked for; by itself it would not be due.
	tune2fs -C 0 "$slow"
	: >"$OVERLAY/forcefsck"
	boot_initramfs check --disk "$early" --qemu=-drive \
		"--qemu=file=$slow,format=raw,if=virtio,id=slow,throttling.bps-total=400000"
	on check
	said -t 120 '/dev/vdb: \|=.*\| *[0-9.]+%'
	slow_down 50000
	said 'waiting for check .*Ctrl-C skips it'
	vm send "$ON" '\x03'
	said -t 90 '/dev/vdb: e2fsck canceled'
	slow_down 0
	said 'skip. file system checks: interrupted'
	said 'skip. check: interrupted'
	said 'login:'
	in_guest 'grep -q "^/dev/vdb /mnt " /proc/mounts && [ ! -e /forcefsck ]'
	run console
	echo "$output"
	[[ $output != *"is mounted"* && $output != *"ok ] check"* ]]
	# One alone tells what is waited for.
	[[ $output != *"waiting for file system checks"* ]]
	goes_down
	is_clean "$early"
	is_clean "$slow"
}

@test "a clock in 1970 is set forward; words for the stages" {
	overlay etc/trivet/boot.d/99-never 644 <<<$'title \'a file of our time\''
	comes_up clock --rtc 1970-01-02T00:00:00 \
		--append 'trivet.hostname=named trivet.verbose'
	[[ $(console) == *"the clock was behind"* ]]
	[ "$(in_guest 'date +%Y')" -ge 2026 ]
	[ "$(in_guest 'cat /proc/sys/kernel/hostname')" = named ]
	[[ $(console) != *"no such word"* ]]
	goes_down
}

@test "svcd missing: a rescue shell on the console, and power off by signal" {
	boot_initramfs nosvcd --append 'trivet.svcd=/nowhere'
	on nosvcd
	said 'rescue: a shell'
	vm send "$ON" 'echo we are $((40 + 2))\n'
	said 'we are 42'
	vm send "$ON" 'kill -38 1\n'
	vm off "$ON"
}

@test "rescue: a shell before the services; exit goes on" {
	boot_initramfs rescue --append rescue
	on rescue
	said 'rescue: a shell'
	vm send "$ON" 'pidof httpd || echo no httpd at $((40 + 2))\n'
	said 'no httpd at 42'
	vm send "$ON" 'exit\n'
	in_guest true
	goes_down
}

@test "no place for /run" {
	overlay etc/trivet/boot <<<$'#!/bin/sh\nexec umount -l /run'
	boot_initramfs norun
	on norun
	in_guest true
	goes_down
}

# Debian's kernel for machines wants 68 MB to unpack itself. This one, of the
# same source, is a process; the memory it has is a machine's all the same.
@test "a mount at boot that hangs" {
	overlay sbin/hangs <<<$'#!/bin/sh\nmount -t devtmpfs dev /dev\nmount -t proc proc /proc
modprobe fuse\nmkdir -p /dev/shm\ndevices hang /dev/shm\nexec /sbin/init "$@"'
	boot_initramfs mount --append rdinit=/sbin/hangs --append '-- --timeout-mount=1s'
	on mount
	said 'KILL, for it hangs: mount'
	said 'starting the services'
	goes_down
}

@test "64 MB of memory" {
	boot_uml small --memory 64
	on small
	until_guest '/sbin/sv status httpd >/dev/null'
	[ "$(in_guest "free | sed -n 's/^Mem: *\\([0-9]*\\).*/\\1/p'")" -lt 65536 ]
	old=$(in_guest 'pidof svcd')
	in_guest "kill -9 $old"
	until_guest "new=\$(pidof svcd) && [ \"\$new\" != $old ]"
	vm tell "$ON" /sbin/poweroff
	vm off "$ON"
	# There is no power to switch off.
	[[ $(console) == *"init: poweroff"*"reboot: System halted"* ]]
}

@test "a root without /run that stays read-only" {
	boot_disk_of norunro 'rmdir run' --append 'trivet.boot=/nowhere'
	on norunro
	until_guest '/sbin/svc status httpd | grep -q up'
	[[ $(console) == *"cannot mount /run, going on without"* ]]
	old=$(in_guest 'pidof httpd')
	in_guest "kill -9 $old"
	until_guest "new=\$(pidof httpd) && [ \"\$new\" != $old ]"
	goes_down
}

@test "a root that stays read-only" {
	boot_disk readonly --append 'trivet.boot=/nowhere'
	on readonly
	until_guest '/sbin/svc status httpd | grep -q up'
	run in_guest ': >/file'
	[ "$status" != 0 ]
	goes_down
}
