# Foreign hands on our tree: Debian's sv, svc, svstat and svok drive services of
# our runsvdir, and see what they would see of the original.
bats_require_minimum_version 1.5.0
load peers
load service
load room
ORIGINALS='runit daemontools'

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir sv
}

teardown() {
	room_leave
}

# A tree with the services that the test has made in ./sv, one called web.
tree() {
	export SVWAIT=30
	PATH=$OURS:$PATH room_enter "
		rm -rf etc/sv etc/service
		cp -a ../sv etc/sv
		mkdir etc/service
		for s in etc/sv/*; do ln -s /\$s etc/service/; done
	" runsvdir -P /etc/service
	WEB=room/etc/sv/web
	until_true their sv -w 5 check web
}

web() {
	service_make sv/web <<<"${1:-
		for s in HUP INT QUIT ALRM USR1 USR2; do
			trap \"echo \$s >>signals\" \$s
		done
		echo ready >>signals
		while :; do read x <>never; done}"
	mkfifo sv/web/never
}

# Their program inside.
their() {
	PATH=$THEIRS$PATH room "$@" 3>&-
}

# What theirs says of services whose pid and age may be any.
says() {
	local code=$1 text=$2
	shift 2
	run their "$@"
	output=$(sed 's/pid [0-9]*/pid N/g; s/\b[0-9]*s\b/Ns/g
		s/\b[0-9]* seconds/N seconds/' <<<"$output")
	[ "$output" = "$text" ] && [ "$status" = "$code" ] || {
		echo "$* says, with $status: $output"
		return 1
	}
}

told() {
	says "$@" >/dev/null
}

pid() {
	cat $WEB/supervise/pid
}

@test "sv in a run script finds its own service, however many start at once" {
	mkdir sv/web
	# shellcheck disable=SC2016 # for the script
	printf '#!/bin/sh\nsv d . >/dev/null 2>said\nexec sleep 1000000\n' >sv/web/run
	chmod 755 sv/web/run
	for n in $(seq 150); do cp -r sv/web "sv/$n"; done
	PATH=$THEIRS$OURS:$PATH room_enter "
		rm -rf etc/sv etc/service
		cp -a ../sv etc/sv
		mkdir etc/service
		for s in etc/sv/*; do ln -s /\$s etc/service/; done
	" "$OURS/runsvdir" -P /etc/service
	for n in web $(seq 150); do
		until_true grep -qxs down "room/etc/sv/$n/supervise/stat"
	done
	[ -z "$(cat room/etc/sv/*/said)" ]
}

@test "sv: start, stop, restart tell ok, and it is so" {
	local old
	web
	tree
	says 0 'ok: run: web: (pid N) Ns' sv start web
	old=$(pid)
	says 0 'ok: run: web: (pid N) Ns' sv restart web
	[ "$(pid)" != "$old" ]
	says 0 'ok: down: web: Ns, normally up' sv stop web
	[ -z "$(pid)" ]
	says 0 'down: web: Ns, normally up' sv status web
	says 0 'ok: run: web: (pid N) Ns' sv start web
	says 0 'ok: run: web: (pid N) Ns' sv -v up web
	says 0 'ok: down: web: Ns, normally up' sv -v down web
	# Its own rule is content with a service that is not up yet.
	their sv -v once web
	until_true told 0 'run: web: (pid N) Ns, want down' sv status web
}

@test "sv: try-restart, force-reload and reload leave what is down alone" {
	local old
	web
	tree
	old=$(pid)
	says 0 'ok: run: web: (pid N) Ns' sv reload web
	until_true grep -qx HUP $WEB/signals
	[ "$(pid)" = "$old" ]
	says 0 'ok: run: web: (pid N) Ns' sv try-restart web
	says 0 'ok: run: web: (pid N) Ns' sv force-reload web
	[ "$(pid)" != "$old" ]
	their sv stop web
	says 0 'ok: down: web: Ns, normally up' sv try-restart web
	[ -z "$(pid)" ]
}

@test "sv: each letter is its signal, to the same process" {
	local old letter
	web
	tree
	until_true grep -q ready $WEB/signals
	old=$(pid)
	for letter in HUP:hup INT:interrupt QUIT:quit ALRM:alarm USR1:1 USR2:2; do
		their sv "${letter#*:}" web
		until_true grep -qx "${letter%:*}" $WEB/signals
	done
	[ "$(pid)" = "$old" ]
	says 0 'ok: run: web: (pid N) Ns, paused' sv -v pause web
	until_true room grep -q '^State:.*stopped' "/proc/$old/status"
	says 0 'ok: run: web: (pid N) Ns' sv -v cont web
	until_true room bash -c "! grep -q '^State:.*stopped' /proc/$old/status"
	their sv kill web
	until_true bash -c "p=\$(cat $WEB/supervise/pid) && [ -n \"\$p\" ] && [ \"\$p\" != $old ]"
}

@test "sv: what ignores TERM is told, and killed by force-stop" {
	web 'trap "" TERM; >deaf; while :; do read x <>never; done'
	tree
	until_true test -e $WEB/deaf
	says 1 'timeout: run: web: (pid N) Ns, want down, got TERM' sv -w 1 stop web
	says 1 'kill: run: web: (pid N) Ns, want down, got TERM' sv -w 1 force-stop web
	until_true told 0 'ok: down: web: Ns, normally up' sv -w 1 stop web
}

@test "sv: ./check decides when it is up" {
	web
	printf '#!/bin/sh\ntest -e ok\n' >sv/web/check
	chmod 755 sv/web/check
	touch sv/web/ok
	tree
	says 0 'ok: run: web: (pid N) Ns' sv start web
	rm $WEB/ok
	says 1 'timeout: run: web: (pid N) Ns' sv -w 1 start web
}

@test "sv: down files are told, and only matter at the pick-up" {
	web
	web_down() { touch $WEB/down; }
	tree
	web_down
	says 0 'run: web: (pid N) Ns, normally down' sv status web
	their sv -v term web
	says 0 'ok: run: web: (pid N) Ns, normally down' sv check web
	rm $WEB/down
	says 0 'run: web: (pid N) Ns' sv status web
}

@test "sv: a service with a down file waits to be told" {
	web
	touch sv/web/down
	service_make sv/other </dev/null
	tree
	says 0 'down: web: Ns' sv status web
	says 0 'ok: run: web: (pid N) Ns, normally down' sv start web
}

@test "sv: the logger is part of the status and a service of its own" {
	local old
	web 'echo word; while :; do read x <>never; done'
	service_make sv/web/log <<<'while read line; do echo "$line" >>seen; done'
	tree
	until_true grep -qx word $WEB/log/seen
	says 0 'run: web: (pid N) Ns; run: log: (pid N) Ns' sv status web
	says 0 'run: web/log: (pid N) Ns' sv status web/log
	says 0 'run: /etc/sv/web/log: (pid N) Ns' sv status /etc/sv/web/log
	old=$(cat $WEB/log/supervise/pid)
	their sv restart web
	[ "$(cat $WEB/log/supervise/pid)" = "$old" ]
	says 0 'ok: run: web/log: (pid N) Ns' sv restart web/log
	[ "$(cat $WEB/log/supervise/pid)" != "$old" ]
	says 0 'ok: down: web: Ns, normally up' sv stop web
	says 0 'down: web: Ns, normally up; run: log: (pid N) Ns' sv status web
}

@test "sv: finish is told while it runs, with its pid, and bounds stop" {
	web
	printf '#!/bin/sh\necho "$1 $2" >finished\nread x <go\n' >sv/web/finish
	chmod 755 sv/web/finish
	mkfifo sv/web/go
	tree
	says 1 'timeout: finish: web: (pid N) Ns, want down' sv -w 1 stop web
	[ "$(cat $WEB/finished)" = "-1 15" ]
	room kill -0 "$(pid)"
	: >$WEB/go
	until_true told 0 'ok: down: web: Ns, normally up' sv -w 1 stop web
}

@test "sv: exit ends the supervision of it, all others stay" {
	web
	service_make sv/other </dev/null
	tree
	says 0 'ok: web: runsv not running' sv shutdown web
	says 1 'fail: web: runsv not running' sv status web
	says 0 'run: other: (pid N) Ns' sv status other
}

@test "sv: both paths lead to the same service" {
	web
	tree
	their sv stop /etc/sv/web
	says 0 'down: web: Ns, normally up' sv status web
	says 0 'ok: run: /etc/sv/web: (pid N) Ns' sv start /etc/sv/web
	says 0 'run: web: (pid N) Ns' sv status web
}

@test "sv called by run, finish and control of the same service" {
	web 'sv once . && echo told >>signals; while :; do read x <>never; done'
	mkdir sv/web/control
	printf '#!/bin/sh\nsv status . >seen\nexit 0\n' >sv/web/control/h
	chmod 755 sv/web/control/h
	PATH=$THEIRS$PATH
	tree
	until_true grep -q told $WEB/signals
	until_true told 0 'run: web: (pid N) Ns, want down' sv status web
	their sv hup web
	until_true grep -q '^run: \.: (pid' $WEB/seen
}

@test "control/t that exits 0 has handled it, for theirs too" {
	local old
	web
	mkdir sv/web/control
	printf '#!/bin/sh\necho asked >>signals\nexit 0\n' >sv/web/control/t
	chmod 755 sv/web/control/t
	tree
	old=$(pid)
	their sv term web
	until_true grep -qx asked $WEB/signals
	[ "$(pid)" = "$old" ]
}

@test "svc, svstat, svok of daemontools" {
	local old
	web
	tree
	their svok /etc/service/web
	says 0 '/etc/service/web: up (pid N) N seconds' svstat /etc/service/web
	their svc -d /etc/service/web
	until_true told 0 '/etc/service/web: down N seconds, normally up' \
		svstat /etc/service/web
	their svc -o /etc/service/web
	until_true told 0 '/etc/service/web: up (pid N) N seconds, want down' \
		svstat /etc/service/web
	their svc -u /etc/service/web
	until_true told 0 '/etc/service/web: up (pid N) N seconds' \
		svstat /etc/service/web
	old=$(pid)
	their svc -t /etc/service/web
	until_true bash -c "p=\$(cat $WEB/supervise/pid) && [ -n \"\$p\" ] && [ \"\$p\" != $old ]"
	their svc -p /etc/service/web
	until_true told 0 '/etc/service/web: up (pid N) N seconds, paused' \
		svstat /etc/service/web
	their svc -c /etc/service/web
	their svc -dx /etc/service/web
	until_true told 0 '/etc/service/web: supervise not running' \
		svstat /etc/service/web
	run -100 their svok /etc/service/web
}

@test "supervise/ holds what libraries look for" {
	local name
	web
	tree
	for name in ok control; do
		[ -p $WEB/supervise/$name ]
		[ "$(stat -c %a $WEB/supervise/$name)" = 600 ]
	done
	[ "$(stat -c %a $WEB/supervise)" = 700 ]
	[ "$(wc -c <$WEB/supervise/status)" = 20 ]
	[ "$(cat $WEB/supervise/stat)" = run ]
	room kill -0 "$(pid)"
	[ "$(od -An -tu4 -j 12 -N 4 $WEB/supervise/status | tr -d ' ')" = "$(pid)" ]
	their sv stop web
	[ "$(cat $WEB/supervise/stat)" = down ]
	[ ! -s $WEB/supervise/pid ]
}
