# Init as PID 1, in namespaces: the stages, the ways to end, the kept child.
bats_require_minimum_version 1.5.0
load pid1

setup() {
	pid1_setup
}

teardown() {
	pid1_teardown
}

@test "boot, supervise, shutdown, with a stage for each" {
	stage boot <<<"echo boot \$PPID >>$T/order"
	stage shutdown <<<"echo shutdown \$1 >>$T/order"
	pid1
	noted 'start 1 pid .* name svcd strangers 0 blocked 0'
	signal1 USR2
	pid1_ends 130
	[ "$(cat "$T/order")" = "boot 1
shutdown poweroff" ]
	grep -q '^stop 1 0 300000$' "$T/kept/log"
}

@test "without any stage file it boots and goes down" {
	pid1
	noted start
	signal1 39
	pid1_ends 129
	said 'no /etc/trivet/boot: starting the services without'
	said 'no /etc/trivet/shutdown: going down without'
}

@test "stages at other places are found, missing ones named" {
	stage elsewhere <<<"echo there >>$T/order"
	pid1 --boot=/etc/trivet/elsewhere --shutdown=/nowhere
	noted start
	signal1 37
	pid1_ends 130
	[ "$(cat "$T/order")" = there ]
	said 'warning: /nowhere does not exist: going down'
}

@test "a boot stage that fails is said, and the services start" {
	stage boot <<<'exit 3'
	pid1
	noted start
	said '/etc/trivet/boot: exit code 3: starting the services'
	signal1 USR2
	pid1_ends 130
}

@test "a boot stage that is killed is said, and the services start" {
	stage boot <<<'kill -9 $$'
	pid1
	noted start
	said '/etc/trivet/boot: signal KILL: starting the services'
	signal1 USR2
	pid1_ends 130
}

@test "a boot stage that cannot be executed is said" {
	stage boot </dev/null
	chmod 644 "$T/etc/boot"
	pid1
	noted start
	said '/etc/trivet/boot: permission denied: starting the services'
	signal1 USR2
	pid1_ends 130
}

@test "a boot stage that hangs is ended after its time" {
	stage boot <<<"trap '' TERM; echo hangs; read -r x <>$T/kept/ctl"
	pid1 --timeout-boot=300ms
	said hangs
	said 'TERM to /etc/trivet/boot'
	said 'KILL to /etc/trivet/boot'
	noted start
	signal1 USR2
	pid1_ends 130
}

@test "a boot stage is interrupted by a signal that ends the system" {
	stage boot <<<"echo boots; read -r x <>$T/kept/ctl"
	stage shutdown <<<"echo shutdown \$1 >>$T/order"
	pid1
	said boots
	signal1 INT
	pid1_ends 129
	[ ! -s "$T/kept/log" ]
	[ "$(cat "$T/order")" = "shutdown reboot" ]
}

@test "a shutdown stage that hangs is ended after its time" {
	stage shutdown <<<"trap '' TERM; echo hangs; read -r x <>$T/kept/ctl"
	pid1 --timeout-shutdown=300ms
	noted start
	signal1 USR2
	said 'KILL to /etc/trivet/shutdown'
	pid1_ends 130
}

@test "a tree that does not stop is left behind after its time" {
	touch "$T/kept/nodone"
	pid1 --timeout-stop=300ms
	noted start
	signal1 USR2
	noted 'stop 1 0 300'
	pid1_ends 130
}

@test "processes that ignore TERM are killed" {
	stage boot <<<"trap '' TERM; read -r x <>$T/kept/ctl & exit 0"
	pid1 --timeout-term=300ms
	noted start
	signal1 USR2
	said 'KILL to all processes'
	pid1_ends 130
}

@test "every dialect's way to end" {
	local row
	for row in 2:129 12:130 37:130 38:130 39:129 40:129 47:130 48:130 \
		49:129 50:129 58:130; do
		: >"$T/kept/log"
		pid1
		noted start
		signal1 "${row%:*}"
		pid1_ends "${row#*:}"
		pid1_teardown
	done
}

one_more_int() {
	signal1 INT 2>/dev/null
	pid1_is_gone
}

@test "seven times ctrl-alt-del does not wait for anybody" {
	touch "$T/kept/nodone"
	pid1
	noted start
	# Seven that were heard, however few a busy machine hears of many.
	until_true 20 one_more_int
	pid1_ends 129
}

@test "signals that mean nothing do nothing, unknown ones are said" {
	pid1
	noted start
	signal1 TERM
	signal1 QUIT
	signal1 34
	signal1 64
	said 'signal 64 means nothing here'
	signal1 HUP
	noted 'signal 1$'
	signal1 WINCH
	noted 'signal 28'
	signal1 PWR
	noted 'signal 30'
	signal1 USR2
	pid1_ends 130
}

@test "a signal that is no way to end ends nothing, whichever it is" {
	local sig
	pid1
	noted start
	for sig in 1 3 10 {13..16} 18 {20..29} 30 {32..34} 42 43 44 45 46 52 53 \
		54 55 56 57 {60..64}; do
		signal1 "$sig"
	done
	# Each of those that nobody gives a meaning is named.
	for sig in 16 24 32 42 46 52 63; do
		said "signal $sig means nothing here: ignored"
	done
	for sig in 1 10 14 28 30; do
		noted "signal $sig\$"
	done
	run ! grep -q stop "$T/kept/log"
	signal1 USR2
	pid1_ends 130
}

@test "a soft reboot by signal, in order and at once" {
	local sig
	for sig in 41 51; do
		: >"$T/kept/log"
		pid1
		noted start
		signal1 "$sig"
		until_true 20 eval "[ \$(grep -c 'start 1 ' $T/kept/log) = 2 ]"
		signal1 USR2
		pid1_ends 130
		pid1_teardown
	done
}

@test "quiet: only warnings; a rescue program at another place" {
	stage elsewhere <<<"echo our rescue"
	stage boot <<<"exit 3"
	pid1 --quiet --rescue --rescue-program=/etc/trivet/elsewhere
	noted start
	said 'our rescue'
	said '/etc/trivet/boot: exit code 3'
	run ! grep -q 'init: starting the services$' "$T/said"
	signal1 USR2
	pid1_ends 130
	! grep -q 'TERM to all' "$T/said"
}

@test "PWR powers off where no svcd could judge it" {
	touch "$T/kept/mute"
	pid1
	noted start
	signal1 PWR
	pid1_ends 130
}

@test "busybox's tools: TERM reboots, USR1 halts" {
	pid1 --busybox
	noted start
	signal1 TERM
	pid1_ends 129
	pid1_teardown
	: >"$T/kept/log"
	pid1 --busybox
	noted start
	signal1 USR1
	pid1_ends 130
}

@test "svcd ends the system by a message" {
	local row
	for row in poweroff:130 reboot:129 halt:130 kexec:129; do
		: >"$T/kept/log"
		pid1
		noted start
		tell end "${row%:*}"
		pid1_ends "${row#*:}"
		pid1_teardown
	done
}

@test "a soft reboot begins again from boot, in the same process" {
	stage boot <<<"echo boot >>$T/order"
	stage shutdown <<<"echo \$1 >>$T/order"
	pid1
	noted start
	tell end soft-reboot
	until_true 10 eval "[ \$(grep -c start $T/kept/log) = 2 ]"
	# Nothing was kept: the second is a first one again.
	[ "$(grep -c 'start 1 ' "$T/kept/log")" = 2 ]
	signal1 USR2
	pid1_ends 130
	[ "$(cat "$T/order")" = "boot
soft-reboot
boot
poweroff" ]
}

@test "rescue stops the tree, gives a shell, and goes on" {
	stage rescue <<<"echo in rescue; read -r x <$T/go; echo out"
	mkfifo "$T/go"
	pid1
	noted start
	signal1 35
	said 'in rescue'
	grep -q 'stop 6' "$T/kept/log"
	echo >"$T/go"
	until_true 10 eval "[ \$(grep -c start $T/kept/log) = 2 ]"
	signal1 USR2
	pid1_ends 130
}

@test "what services say after a rescue shell comes to their loggers" {
	stage rescue <<<"echo in rescue"
	KEPT=$ROOT/build/bin/svcd
	mkdir -p "$T/kept/a/log"
	echo 'run = sh -c "echo line; exec sleep 1000"' >"$T/kept/a/service"
	echo "run = sh -c 'exec cat >>$T/of-a'" >"$T/kept/a/log/service"
	printf '%s\n' 'run = sh -c "echo line; exec sleep 1000"' \
		'log = reader' >"$T/kept/b"
	echo "run = sh -c 'exec cat >>$T/of-b'" >"$T/kept/reader"
	printf '%s\n' 'type = group' 'members = b' >"$T/kept/g"
	pid1
	inside() { nsenter -t "$(pid1_pid)" -m -p "$ROOT/build/bin/svc" "$@"; }
	said_each() { [ "$(grep -c line "$T/of-a")$(grep -c line "$T/of-b")" = "$1" ]; }
	until_true 30 said_each 11
	signal1 35
	until_true 30 said_each 22
	[[ $(inside status) != *'everything is being stopped'* ]]
	signal1 USR2
	pid1_ends 130
}

@test "after a rescue shell each service is wanted as it was before" {
	stage rescue <<<"echo in rescue >>$T/shells"
	KEPT=$ROOT/build/bin/svcd
	mkdir -p "$T/kept"
	printf '%s\n' 'run = sleep 1000' 'autostart = no' >"$T/kept/helper"
	printf '%s\n' 'run = sleep 1000' 'needs = helper' >"$T/kept/needy"
	echo 'autostart = no' |
		tee "$T/kept/over" "$T/kept/once" >"$T/kept/stopped"
	echo "run = sh -c 'echo ran >>$T/ran'" >>"$T/kept/over"
	echo "run = sh -c 'read -r _ <$T/go'" >>"$T/kept/once"
	echo 'run = sleep 1000' >>"$T/kept/stopped"
	mkfifo "$T/go"
	pid1
	inside() { nsenter -t "$(pid1_pid)" -m -p "$ROOT/build/bin/svc" "$@"; }
	each() { inside list -s "$1" | cut -d' ' -f1 | tr '\n' ' '; }
	until_true 30 eval '[ "$(each up)" = "helper needy " ]'
	inside once over once
	inside up stopped
	inside down stopped
	until_true 30 eval '[ "$(each up)$(cat "$T/ran")" = "helper needy once ran" ]'
	signal1 35
	until_true 30 eval '[ "$(cat "$T/shells" && each up)" = "in rescue
helper needy once " ]'
	# Not again and again, and not for itself.
	echo >"$T/go"
	until_true 30 eval '[ "$(each down)" = "log once over stopped " ]'
	inside down needy
	until_true 30 eval '[ "$(each up)" = "" ]'
	[ "$(cat "$T/ran")" = ran ]
	[[ $(inside status) != *'everything is being stopped'* ]]
	signal1 USR2
	pid1_ends 130
}

@test "the shell of on-failed = rescue opens once, and who leaves it goes on" {
	stage rescue <<<"echo in rescue >>$T/shells; echo in rescue"
	printf '%s\n' 'run = sh -c "exit 7"' 'restart = never' \
		'on-failed = rescue' >"$T/ill"
	echo 'run = sleep 1000' >"$T/well"
	printf '%s\n' 'run = sleep 1000' 'needs = well' >"$T/needy"
	KEPT=$ROOT/build/bin/svcd
	mv "$T/ill" "$T/well" "$T/needy" "$T/kept/"
	pid1
	until_true 30 grep -q 'ill has failed again after a rescue shell' "$T/said"
	inside() { nsenter -t "$(pid1_pid)" -m -p "$ROOT/build/bin/svc" "$@"; }
	until_true 30 eval 'inside status -j needy | grep -q "\"state\":\"up\""'
	count() { grep -c rescue "$T/shells"; }
	[ "$(count)" = 1 ]
	# Asked for by name, it may open one more.
	inside up ill || :
	until_true 30 eval '[ "$(count)" = 2 ]'
	until_true 30 eval '[ "$(grep -c "ill has failed again" "$T/said")" = 2 ]'
	signal1 USR2
	pid1_ends 130
}

@test "emergency and single give a shell before and after boot" {
	stage boot <<<"echo boot >>$T/order"
	stage rescue <<<"echo rescue >>$T/order"
	pid1 emergency single
	noted start
	[ "$(cat "$T/order")" = "rescue
boot
rescue" ]
	signal1 USR2
	pid1_ends 130
}

@test "what stands on the kernel's command line is in no service's environment" {
	pid1_with 'env LD_PRELOAD=/nowhere/x.so GREETING=hello PATH=/evil HOME=/evil TERM=vt220 IFS=x'
	noted start
	tell spawn "env >$T/env; exit 9"
	noted 'exit [0-9]* 1 9$'
	grep -q '^TERM=vt220$' "$T/env"
	run ! grep 'evil\|GREETING\|LD_\|^IFS' "$T/env"
	signal1 USR2
	pid1_ends 130
}

@test "words that are wrong are named and ignored" {
	pid1 trivet.bot=/x trivet.timeout-boot=90 root=/dev/sda quack
	noted start
	said 'trivet.bot=/x: no such word: ignored'
	said 'trivet.timeout-boot=90: not a value for this word: ignored'
	run ! grep -q 'quack\|sda' "$T/said"
	signal1 USR2
	pid1_ends 130
}

@test "svcd killed a hundred times is a hundred times started again" {
	pid1
	noted 'start 1 '
	for ((i = 2; i <= 100; i++)); do
		kill -KILL "$(pgrep -P "$(pid1_pid)" -x svcd)"
		noted "start $i "
	done
	signal1 USR2
	pid1_ends 130
}

@test "svcd that is missing: said, a shell, and it is started once there" {
	stage rescue <<<'echo in rescue'
	pid1 --svcd="$T/late"
	said 'no such file or directory: starting it again'
	said 'times in a row: trying on every second'
	said 'in rescue'
	cp "$KEPT" "$T/late"
	noted start
	signal1 USR2
	pid1_ends 130
}

@test "svcd that is missing does not hold up the end" {
	pid1 --svcd=/nowhere
	said 'starting it again'
	signal1 USR2
	pid1_ends 130
}

@test "svcd that is stopped is continued" {
	pid1
	noted start
	kill -STOP "$(pgrep -P "$(pid1_pid)" -x svcd)"
	said 'was stopped by a signal: continuing it'
	tell put 9 1
	noted 'did put'
	signal1 USR2
	pid1_ends 130
}
