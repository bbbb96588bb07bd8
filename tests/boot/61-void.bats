# A machine with Void's form of runit's stages, void/, and Trivet's binaries by
# runit's names: it boots, is used as Void's users do, and goes down.

load guest.bash

setup_file() {
	make_images
	"$TOP/tests/boot/void/run" image
	on void
	export ON
	vm start "$ON" --initrd "$TOP/build/vm/void/initramfs"
	vm login -t 150 "$ON" root
}

teardown_file() {
	end_guests
}

void() {
	run vm run -p console "$ON" "$@"
	echo "$output"
}

until_void() {
	void "i=0; until $*; do i=\$((i+1)); [ \$i -lt 600 ] || break; usleep 50000; done; [ \$i -lt 600 ]"
	[ "$status" = 0 ]
}

@test "the core services have run, and PID 1 is runit" {
	[[ $(console) == *"enter stage: /etc/runit/1"*"hostname to 'trivet'"*"enter stage: /etc/runit/2"* ]]
	void 'cat /proc/1/comm; hostname; stat -c %a /run/runit/stopit; wc -l </var/log/dmesg.log'
	[ "${lines[0]}" = runit ]
	[ "${lines[1]}" = trivet ]
	[ "${lines[2]}" = 0 ]
	[ "${lines[3]}" -gt 50 ]
}

@test "services, by /var/service and with supervise in /run" {
	export SV='SVDIR=/var/service /sbin/sv'
	until_void "$SV check httpd syslogd agetty-ttyS0 >/dev/null"
	void 'for p in /proc/[0-9]*; do readlink $p/exe; done | grep -c /sbin/svcd; cat /proc/[0-9]*/comm | grep -c ^runsv$'
	[ "${lines[0]}" -ge 1 ]
	[ "${lines[1]}" = 0 ]
	void "$SV status /var/service/httpd; readlink -f /var/service/httpd/supervise; ls /run/runit"
	[[ ${lines[0]} == "run: /var/service/httpd: (pid "*"; run: log: (pid "* ]]
	[ "${lines[1]}" = /run/runit/supervise.httpd ]
	[[ $output == *supervise.httpd-log* ]]
	# sv knows Void's place without being told.
	void '/sbin/sv status httpd'
	[[ ${lines[0]} == "run: httpd: (pid "* ]]
}

@test "what a service says goes through vlogger to syslog, with its name" {
	void 'wget -q -O- http://127.0.0.1/'
	[[ $output == *Trivet* ]]
	until_void 'grep -q "httpd: .*127.0.0.1" /var/log/messages'
}

@test "runsvchdir changes the level; common services stay" {
	void '/sbin/sv status agetty-ttyS0; /sbin/runsvchdir solo'
	before=${lines[0]#*pid }
	[[ $output == *"runsvchdir: solo: now current."* ]]
	until_void '! /sbin/sv status /etc/sv/httpd >/dev/null'
	void '/sbin/sv status agetty-ttyS0'
	[ "${lines[0]%%)*}" = "run: agetty-ttyS0: (pid ${before%%)*}" ]
	void '/sbin/runsvchdir default'
	until_void '/sbin/sv check httpd >/dev/null'
}

@test "init 0: stage 3 ends the services, then everything" {
	vm tell -p console "$ON" /sbin/runit-init 0
	vm off -t 150 "$ON"
	console | tail -n 30
	[[ $(console) == *"Waiting for services to stop"*"ok: down: /var/service/httpd"*"Stage 3 is over"*"reboot: Power down"* ]]
}
