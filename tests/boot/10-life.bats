# Normal life: a machine boots from its disk to a login, its services are up,
# it survives what befalls machines, and goes down in order.

load guest.bash

setup_file() {
	make_images
	boot_disk life --memory 128 --limit 800
}

teardown_file() {
	end_guests
}

setup() {
	on life
}

pid_of() {
	in_guest "pidof $1"
}

@test "boots to a login on the console" {
	vm login "$ON" root
	run vm run -p console "$ON" 'id -un; tty </dev/ttyS0'
	[ "$status" = 0 ]
	[ "${lines[0]}" = root ]
}

@test "PID 1 is init, with standard descriptors and the file systems mounted" {
	[ "$(in_guest 'cat /proc/1/comm /proc/$(pidof svcd)/comm')" = $'init\nsvcd' ]
	run in_guest 'cat /proc/1/comm; ls -l /proc/1/fd/0 /proc/1/fd/1 /proc/1/fd/2 | wc -l; cut -d" " -f2,3 /proc/mounts'
	[ "${lines[0]}" = init ]
	[ "${lines[1]}" = 3 ]
	for mount in "/proc proc" "/sys sysfs" "/run tmpfs" "/dev devtmpfs" \
		"/dev/pts devpts" "/dev/shm tmpfs" "/sys/fs/cgroup cgroup2"; do
		[[ $output == *"$mount"* ]]
	done
}

@test "the boot stage has told each step with its result" {
	run console
	[[ $output == *"[ ok ] root file system"* ]]
	[[ $output == *"[ ok ] host name"* ]]
	run in_guest 'cat /proc/sys/kernel/hostname; cat /etc/machine-id | wc -c'
	[ "${lines[0]}" = trivet ]
	[ "${lines[1]}" = 33 ]
	in_guest 'grep -q "Linux version" /var/log/dmesg'
}

@test "the services are up and the web server answers" {
	run in_guest 'wget -q -O- http://127.0.0.1/'
	[[ $output == *Trivet* ]]
	run in_guest '/sbin/sv status httpd syslog getty@ttyS0'
	[ "$status" = 0 ]
	[ "$(grep -c '^run: ' <<<"$output")" = 3 ]
}

@test "a killed service comes back" {
	old=$(pid_of httpd)
	in_guest "kill -9 $old"
	until_guest "new=\$(pidof httpd) && [ \"\$new\" != $old ]"
}

# Linux 6.1 has no inode for each pidfd and sends none with a message.
@test "readiness of every kind, sockets, a watchdog, on the oldest kernel" {
	[[ $(in_guest 'uname -r') == 6.1.* ]]
	in_guest "$(cat <<'END'
mkdir -p /run/new
cd /run/new
one() { name=$1; shift; printf '%s\n' "$@" >$name; }
stay='exec sleep 1000'
one t-notify "run = sh -c '/sbin/svc notify --ready --status=told; $stay'" 'ready = notify' 'notify-access = all'
one t-fd "run = sh -c 'echo >&5; $stay'" 'ready = fd 5'
one t-check "run = sh -c 'touch /run/checked; $stay'" 'ready = check' 'check = test -e /run/checked'
one t-tcp 'run = httpd -f -p 127.0.0.1:7070' 'ready = tcp 7070'
one t-unix 'run = sleep 1000' 'listen = unix /run/t-unix' 'ready = unix /run/t-unix'
one t-file "run = sh -c 'touch /run/filed; $stay'" 'ready = file /run/filed'
one t-pidfile "run = sh -c 'echo \$\$ >/run/t.pid; $stay'" 'ready = pidfile' 'pidfile = /run/t.pid'
one t-forking "run = sh -c 'sleep 1000 & echo \$! >/run/f.pid'" 'type = forking' 'pidfile = /run/f.pid'
one t-listen "run = sh -c 'echo \$LISTEN_FDS \$((LISTEN_PID - \$\$)) \$LISTEN_FDNAMES \${LISTEN_PIDFDID-none} >/run/listen; $stay'" \
	'listen = tcp 127.0.0.1:7071 as web' 'listen = udp 127.0.0.1:7071 as names'
one t-watchdog 'run = sleep 1000' 'watchdog = 300ms' 'restart = never'
mv t-* /etc/service
END
)"
	until_guest '/sbin/svc wait -t 5s ready t-notify t-fd t-check t-tcp t-unix t-file t-pidfile t-forking t-listen >/dev/null'
	[ "$(in_guest 'cat /run/listen; /sbin/svc status t-notify | grep -c told')" = '2 0 web:names none
1' ]
	until_guest '/sbin/svc why t-watchdog | grep -q watchdog'
	# Nothing of it stays for the tests that follow.
	in_guest 'rm /etc/service/t-*'
	until_guest '! /sbin/svc list | grep -q "^t-"'
}

@test "svcd killed 100 times: no service notices" {
	before=$(in_guest 'pidof httpd; pidof syslogd')
	run vm run -t 200 "$ON" 'i=0; while [ $i -lt 100 ]; do
		until p=$(pidof svcd); do usleep 20000; done
		kill -9 $p 2>&- && i=$((i+1)); done; echo $i'
	[ "${lines[0]}" = 100 ]
	until_guest '/sbin/sv status httpd >/dev/null'
	[ "$(in_guest 'pidof httpd; pidof syslogd')" = "$before" ]
	old=$(pid_of httpd)
	in_guest "kill -9 $old"
	until_guest "new=\$(pidof httpd) && [ \"\$new\" != $old ]"
}

@test "100,000 orphans are reaped" {
	run vm run -t 200 "$ON" orphans 100000
	[ "$status" = 0 ]
	until_guest '! grep -l "^State:.Z" /proc/[0-9]*/status >/dev/null 2>&1'
}

@test "a stopped console stops nobody" {
	vm send "$ON" '\x13'
	in_guest 'echo held >/dev/kmsg'
	old=$(pid_of httpd)
	in_guest "kill -9 $old"
	until_guest "new=\$(pidof httpd) && [ \"\$new\" != $old ]"
	vm send "$ON" '\x11'
}

@test "the clock leaps ten years to and fro: nothing is restarted, a stop ends in time" {
	before=$(in_guest 'pidof httpd; pidof syslogd; pidof svcd')
	in_guest "$(cat <<'END'
printf '%s\n' 'run = sh -c "trap : TERM; while :; do sleep 1000; done"' \
	'stop = TERM 2s KILL' >/run/t-clock
mv /run/t-clock /etc/service
END
)"
	until_guest '/sbin/svc status t-clock | grep -q up'
	in_guest 'now=$(date +%s) i=0
		/sbin/svc down -n t-clock
		while [ $((i += 1)) -le 50 ]; do
			date -s @$((now + 315360000)); date -s @$((now - 315360000))
		done >/dev/null
		date -s @$now'
	until_guest '/sbin/svc status t-clock | grep -q down'
	[ "$(in_guest 'pidof httpd; pidof syslogd; pidof svcd')" = "$before" ]
	in_guest 'rm /etc/service/t-clock'
}

@test "SysRq E and I end all but PID 1, and it is all up again" {
	for key in e i; do
		old=$(pid_of httpd)
		vm tell "$ON" "echo $key >/proc/sysrq-trigger"
		vm ready "$ON"
		until_guest "new=\$(pidof httpd) && [ \"\$new\" != $old ] && pidof svcd"
	done
}

@test "poweroff ends the machine in order and leaves the disk clean" {
	vm tell "$ON" /sbin/poweroff
	vm off "$ON"
	run console
	[[ $output == *"[ ok ] random seed saved"* ]]
	[[ $output == *"reboot: Power down"* ]]
	run e2fsck -f -n "$BATS_FILE_TMPDIR/$ON.disk"
	[ "$status" = 0 ]
	[[ $output != *recover* ]]
}
