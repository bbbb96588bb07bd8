# Every way a system is told to end, and what becomes of it: the commands, the
# keys, the power button, /run/initctl, and the signals of every dialect.
# Raw signal numbers: what a host sends, whatever its library calls them.

load guest.bash

setup_file() {
	make_images
}

teardown_file() {
	end_guests
}

# Boots a guest that has its services up.
up() {
	boot_initramfs "$1" --memory 96 "${@:2}"
	on "$1"
	until_guest '/sbin/sv status httpd requests >/dev/null'

}

# Does it, and sees what the kernel says last.
ends_with() {
	case $1 in
	halted)
		said 'reboot: System halted'
		vm cut "$ON"
		return
		;;
	off) last="reboot: Power down" ;;
	again) last="reboot: Restarting system" ;;
	esac
	vm off "$ON"
	[[ $(console) == *"$last"* ]]
}

@test "poweroff" {
	up poweroff
	vm tell "$ON" /sbin/poweroff
	ends_with off
}

@test "reboot" {
	up reboot
	vm tell "$ON" /sbin/reboot
	ends_with again
}

@test "halt" {
	up halt
	vm tell "$ON" /sbin/halt
	ends_with halted
}

@test "shutdown -r now" {
	up shutdown
	vm tell "$ON" /sbin/shutdown -r now
	ends_with again
}

@test "telinit 0, by the name init" {
	up telinit
	vm tell "$ON" /sbin/init 0
	ends_with off
}

@test "reboot and halt of busybox, where init is told that these are its tools" {
	up bb-reboot --append trivet.busybox
	vm tell "$ON" busybox reboot
	ends_with again
	up bb-halt --append trivet.busybox
	vm tell "$ON" busybox halt
	ends_with halted
}

@test "svc soft-reboot: user space begins anew, on the same kernel" {
	up soft
	began=$(in_guest 'cut -d. -f1 /proc/uptime')
	in_guest 'echo before >/root/mark'
	vm tell "$ON" /sbin/svc soft-reboot
	vm wait "$ON" 'going down|soft-reboot'
	vm ready "$ON"
	run in_guest 'cat /root/mark; cut -d. -f1 /proc/uptime; cat /proc/1/comm'
	[ "${lines[0]}" = before ]
	[ "${lines[1]}" -ge "$began" ]
	[ "${lines[2]}" = init ]
	[[ $(console) != *"Restarting system"* ]]
	vm tell "$ON" /sbin/poweroff
	ends_with off
}

@test "ctrl-alt-del" {
	up cad
	vm keys "$ON" ctrl-alt-delete
	ends_with again
}

@test "the power button" {
	up button
	until_guest 'ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q /dev/input/event'
	vm button "$ON"
	ends_with off
}

@test "/run/initctl: run level 6, after a record that is rubbish" {
	up initctl
	until_guest '[ -p /run/initctl ]'
	in_guest 'head -c 100 /dev/zero >/run/initctl; head -c 384 /dev/urandom >/run/initctl'
	said "initctl: bytes that are no request: dropped"
	# magic 0x03091969, command 1, run level '6'; written in one piece
	in_guest '{ printf "\151\031\011\003\001\000\000\000\066\000\000\000"; head -c 372 /dev/zero; } >/tmp/record'
	vm tell "$ON" 'cat /tmp/record >/run/initctl'
	ends_with again
}

@test "signal 37, halt: what container managers send" {
	up rtmin3
	vm tell "$ON" kill -37 1
	ends_with halted
}

@test "signal 38, power off; 30 too; and 12 of busybox and finit" {
	for signal in 38 30 12; do
		up "signal$signal"
		vm tell "$ON" kill -$signal 1
		ends_with off
	done
}

@test "signal 39, reboot; INT too" {
	for signal in 39 2; do
		up "signal$signal"
		vm tell "$ON" kill -$signal 1
		ends_with again
	done
}

@test "signal 48, power off at once" {
	up now
	vm tell "$ON" kill -48 1
	ends_with off
}

@test "signals that ask for nothing change nothing" {
	up quiet
	before=$(in_guest 'pidof httpd')
	in_guest 'for s in 1 15 18 28 55 60 62; do kill -$s 1; done'
	[ "$(in_guest 'pidof httpd')" = "$before" ]
	vm tell "$ON" /sbin/poweroff
	ends_with off
}

# Services whose failure is answered: each fails when it is asked for.
answers() {
	local what
	for what in reboot poweroff rescue; do
		overlay "etc/service/to-$what" 644 <<EOF
autostart = no
run = false
restart = never
on-failed = $what
EOF
	done
	overlay etc/service/vital 644 <<'EOF'
autostart = no
run = sh -c 'exit 3'
essential = yes
EOF
	overlay etc/service/helper 644 <<'EOF'
autostart = no
type = oneshot
up = sh -c 'env >/tmp/told'
EOF
	overlay etc/service/to-start 644 <<'EOF'
autostart = no
run = sh -c 'exit 7'
restart = never
on-failed = start helper
EOF
}

@test "on-failed starts another, and opens a rescue shell" {
	answers
	up failed
	in_guest '/sbin/svc up to-start || :'
	until_guest '[ "$(/sbin/svc status -j helper | grep -o "\"state\":\"done\"")" ]'
	run in_guest 'cat /tmp/told'
	[[ $output == *MONITOR_SERVICE=to-start* ]]
	[[ $output == *MONITOR_EXIT_STATUS=7* ]]
	vm tell "$ON" /sbin/svc up to-rescue
	said 'to-rescue is over, which ends everything: rescue'
	said 'rescue: a shell'
	vm send "$ON" 'pidof httpd || echo no httpd at $((40 + 2))\n'
	said 'no httpd at 42'
	vm send "$ON" 'kill -38 1\n'
	vm off "$ON"
}

@test "on-failed reboots and powers off; so does the end of what is essential" {
	answers
	up failed-off
	vm tell "$ON" /sbin/svc up to-poweroff
	ends_with off
	[[ $(console) == *"to-poweroff is over, which ends everything: poweroff"* ]]
	up failed-again
	vm tell "$ON" /sbin/svc up to-reboot
	ends_with again
	[[ $(console) == *"to-reboot is over, which ends everything: reboot"* ]]
	# A machine has nobody to give a code to: its exit is to be off.
	up vital
	vm tell "$ON" /sbin/svc up vital
	ends_with off
	[[ $(console) == *"vital is over, which ends everything: exit"* ]]
}

@test "disable outlives a boot of the machine" {
	boot_disk disabled
	on disabled
	until_guest '/sbin/sv status httpd >/dev/null'
	in_guest '/sbin/svc disable httpd'
	vm tell "$ON" /sbin/poweroff
	vm off "$ON"
	vm start "$ON-again" --initrd "$WORK/start.cpio" \
		--disk "$BATS_FILE_TMPDIR/$ON.disk"
	ON=$ON-again
	until_guest '/sbin/sv status requests >/dev/null'
	run in_guest 'pidof httpd'
	[ "$status" = 1 ]
	vm tell "$ON" /sbin/poweroff
	ends_with off
}
