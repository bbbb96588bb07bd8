# What there was before sv: runsvctrl, runsvstat, svwaitup, svwaitdown.

bats_require_minimum_version 1.5.0
load peers
load service
ORIGINALS=runit

setup() {
	cd "$BATS_TEST_TMPDIR"
	SUPERVISORS=()
}

teardown() {
	services_end
}

@test "wrong use is 1" {
	run -1 ours runsvctrl
	[ "${lines[0]}" = "usage: runsvctrl u|d|o|p|c|h|a|i|q|1|2|t|k|x|e service ..." ]
	run -1 ours runsvctrl u
	run -1 ours runsvctrl z x
	run -1 ours runsvstat
	[ "${lines[0]}" = "usage: runsvstat service ..." ]
	run -1 ours svwaitup -s 1 /x
	[ "${lines[0]}" = "usage: svwaitup [ -v ] [ -s 2..600 ] service ..." ]
	run -1 ours svwaitup -q /x
	[ "${lines[0]}" = "svwaitup: illegal option -- q" ]
	run -1 ours svwaitdown -t 6001 /x
	[ "${lines[0]}" = "usage: svwaitdown [ -v ] [ -t 2..6000 ] service ..." ]
	run -1 ours svwaitdown
}

@test "runsvctrl: the first letter of the word is sent" {
	local word
	sham x 1 5 ''
	sham_hold x
	for word in up down once pause cont hup alarm interrupt quit 1 2 term kill; do
		ours runsvctrl $word x
		[ "$(sham_letters)" = "${word:0:1}" ]
	done
	ours runsvctrl exit x
	[ "$(sham_letters)" = x ]
}

@test "runsvctrl and runsvstat count what is in trouble" {
	sham x 1 5 ''
	run -2 ours runsvctrl up x nosuch
	[ "${lines[0]}" = "runsvctrl: warning: x: supervise not running." ]
	[ "${lines[1]}" = "runsvctrl: warning: nosuch: unable to change directory: file does not exist" ]
	run -2 ours runsvstat x nosuch
	[ "${lines[0]}" = "runsvstat: warning: x: runsv not running." ]
}

@test "runsvstat: the service and its log" {
	sham x 1 5 d 1 1
	sham x/log 0 0 u
	exec 6<>x/log/supervise/ok
	sham_hold x
	run -0 ours runsvstat x
	[ "$output" = $'x: up (pid 5) 0 seconds, paused, want down, got TERM\n  log: down 0 seconds, normally up, want up' ]
}

@test "svwaitup: waits until the service has been up for as long as asked" {
	service_make x </dev/null
	service_start "$(PATH=$THEIRS command -v runsv)" x
	until_true ours sv check ./x
	run -0 ours svwaitup -v -s 2 "$PWD/x"
	[ "$output" = "svwaitup: $PWD/x: is up." ]
	[ "$(ours svstat x | sed 's/.*) \([0-9]*\) seconds.*/\1/')" -ge 2 ]
	run -1 ours svwaitup x
	[ "$output" = "svwaitup: warning: x: service directory must start with a slash." ]
	ours sv stop ./x
	run -1 ours svwaitup "$PWD/x"
	[ "$output" = "svwaitup: warning: $PWD/x: is down." ]
}

@test "svwaitdown: waits until it is down, or its supervisor gone with -x" {
	service_make x </dev/null
	service_start "$(PATH=$THEIRS command -v runsv)" x
	until_true ours sv check ./x
	ours svwaitdown -v "$PWD/x" >down 2>&1 3>&- &
	ours sv down ./x
	ended $!
	[ "$(cat down)" = "svwaitdown: $PWD/x: down." ]
	ours svwaitdown -vx "$PWD/x" >gone 2>&1 3>&- &
	kill -0 $!
	ours sv exit ./x
	ended $!
	[ "$(cat gone)" = "svwaitdown: $PWD/x: supervise not running." ]
}

@test "svwaitdown: at the time-out 111, and -k kills" {
	service_make x <<<'trap "" TERM; mkfifo never; while :; do read x <>never; done'
	service_start "$(PATH=$THEIRS command -v runsv)" x
	until_true ours sv check ./x
	ours sv down ./x
	run -111 ours svwaitdown -vk -t 2 "$PWD/x"
	[ "${lines[0]}" = "svwaitdown: timeout." ]
	[ "${lines[1]}" = "svwaitdown: $PWD/x: killed." ]
	ours sv stop ./x
}
