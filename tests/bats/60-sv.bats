# sv(8) beside Debian's runit: words and codes on sham services, deeds on real
# ones under the original runsv.
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

# Both programs in this directory: same words, same code, same letters to the
# sham service that the test may hold.
sv_same() {
	local code=$1 what
	shift
	PATH=$THEIRS$PATH "$@" >a.out 2>a.err && echo 0 >a.code || echo $? >a.code
	sham_letters >a.letters
	PATH=$OURS:$PATH "$@" >b.out 2>b.err && echo 0 >b.code || echo $? >b.code
	sham_letters >b.letters
	for what in code out err letters; do
		cmp -s a.$what b.$what && continue
		echo "not the same $what: $*"
		diff a.$what b.$what
		return 1
	done
	[ "$(cat a.code)" = "$code" ] || {
		echo "exit $(cat a.code), not $code: $*"
		return 1
	}
}

# What ours says of services whose pid and age may be any.
says() {
	local code=$1 text=$2
	shift 2
	run --separate-stderr ours "$@"
	output=$(sed 's/pid [0-9]*/pid N/g; s/\b[0-9]*s\b/Ns/g' <<<"$output")
	[ "$output" = "$text" ] && [ "$status" = "$code" ] || {
		echo "$* says, with $status: $output"
		echo "$stderr"
		return 1
	}
}

told() {
	says "$@" >/dev/null
}

@test "wrong use: its usage and 100" {
	sv_same 100 sv
	sv_same 100 sv up
	sv_same 100 sv -v
	sv_same 100 sv nonsense x
	sv_same 100 sv force-nonsense x
	sv_same 100 sv rest x
	sv_same 100 sv -q up x
	sv_same 100 sv -w
	sv_same 100 sv '' x
}

@test "-V prints one line of version, then the usage" {
	run -100 --separate-stderr ours sv -V
	[[ ${stderr_lines[0]} == '$Id: '*' $' ]]
	[ "${stderr_lines[1]}" = "usage: sv [-v] [-w sec] command service ..." ]
}

@test "what is no service is told, and counted" {
	mkdir plain
	touch file
	sv_same 1 sv status ./nosuch
	sv_same 1 sv up ./file
	sv_same 1 sv status ./plain
	sv_same 3 sv status ./nosuch ./plain ./file
	sv_same 1 sv start ./plain
	sv_same 1 sv check ./plain
	sv_same 1 sv exit ./plain
}

@test "the exit code counts to 99" {
	sv_same 99 sv up $(seq -f ./none%g 150)
}

@test "SVDIR is where names are, and paths are not" {
	mkdir -p here/x
	SVDIR=$PWD/here sv_same 1 sv status x
	SVDIR=$PWD/here sv_same 1 sv status here/x/
	SVDIR=$PWD/here sv_same 1 sv status "$PWD/here/x"
	SVDIR=$PWD/here sv_same 1 sv status x/log
	SVDIR=$PWD/nosuch sv_same 1 sv status x
}

@test "without SVDIR it is the first of the usual places that there is" {
	local place
	mkdir root
	cp "$(readlink "$OURS/sv")" root/sv
	for place in run/runit/service var/service service etc/service; do
		mkdir -p "root/$place/in-${place%%/*}"
		run -1 chroot root /sv status "in-${place%%/*}"
		[[ $output == "warning: in-${place%%/*}: unable to open supervise/ok: "* ]]
	done
}

@test "no supervisor: fail, but for exit it is what was wanted" {
	sham x 0 0 d
	sv_same 1 sv status ./x
	sv_same 1 sv up ./x
	sv_same 1 sv start ./x
	sv_same 0 sv exit ./x
	sv_same 0 sv -v exit ./x
	sv_same 0 sv shutdown ./x
	sv_same 0 sv force-shutdown ./x
}

@test "a status file that is none is told" {
	sham x 0 0 d
	sham_hold x
	echo short >x/supervise/status
	sv_same 1 sv status ./x
	rm x/supervise/status
	sv_same 1 sv status ./x
	sv_same 1 sv start ./x
}

@test "status tells every state in runit's words" {
	local state want paused term
	sham x 0 0 d
	sham_hold x
	for state in 0 1 2; do
		for want in u d ''; do
			for paused in 0 1; do
				for term in 0 1; do
					sham x $state $((state * 77)) "$want" $paused $term
					rm -f x/down
					sv_same 0 sv status ./x
					touch x/down
					sv_same 0 sv s ./x
				done
			done
		done
	done
	grep -q '^finish: ./x: (pid 154) 0s, normally down, paused, got TERM$' b.out
}

@test "status tells whole seconds" {
	sham x 1 5 u 0 0 100000
	sham_hold x
	says 0 'run: ./x: (pid N) Ns' sv status ./x
	ours sv status ./x | grep -q '^run: ./x: (pid 5) 10000[0-9]s$'
}

@test "status tells the log, which is a service of its own too" {
	sham x 1 5 u
	sham x/log 1 6 u
	exec 6<>x/log/supervise/ok
	sham_hold x
	sv_same 0 sv status ./x
	sv_same 0 sv status ./x/log
	SVDIR=$PWD sv_same 0 sv status x/log
	sham x/log 0 0 d
	sv_same 0 sv status ./x
	exec 6<&-
	sv_same 1 sv status ./x
	rm -r x/log
	touch x/log
	sv_same 1 sv status ./x
}

# The original shows the service's state once more as the logger's.
@test "a log that nobody supervises is not told to run" {
	sham x 1 5 u
	sham_hold x
	mkdir x/log
	run -1 ours sv status ./x
	[ "${lines[0]}" = "run: ./x: (pid 5) 0s; warning: ./x/log: unable to open supervise/ok: file does not exist" ]
	[ ${#lines[@]} = 1 ]
}

@test "every command sends the letters that runit's sends" {
	local word
	sham x 1 5 ''
	sham_hold x
	for word in up down once pause cont hup alarm interrupt quit 1 2 term \
		kill exit u d o p c h a i q t k x e tango cx; do
		sv_same 0 sv $word ./x
		[ -s a.letters ]
	done
}

@test "a word that waits sends what runit's sends, and tells the time-out" {
	local word
	export SVWAIT=0
	sham x 1 5 ''
	sham_hold x
	printf '#!/bin/sh\nexit 1\n' >x/check
	chmod 755 x/check
	for word in start stop restart try-restart shutdown force-stop \
		force-reload force-restart force-shutdown D T E X; do
		sv_same 1 sv $word ./x
		[ -s a.letters ]
	done
}

@test "what the service wants already is not sent, but for an unheard down" {
	local want word term
	sham x 1 5 ''
	sham_hold x
	for want in u d; do
		for term in 0 1; do
			for word in up down once; do
				sham x 1 5 $want 0 $term
				sv_same 0 sv $word ./x
			done
		done
	done
}

@test "reload and letters that need no waiting are ok at once, with -v" {
	local word
	sham x 1 5 u
	sham_hold x
	sv_same 0 sv reload ./x
	for word in hup alarm interrupt quit 1 2; do
		sv_same 0 sv -v $word ./x
	done
	sv_same 0 sv -w 1 cont ./x
	sv_same 1 sv -w 0 pause ./x
	sham x 1 5 u 1
	sv_same 0 sv -v pause ./x
	sham x 1 5 d
	sv_same 0 sv -v once ./x
	sham x 0 0 d
	sv_same 0 sv -v down ./x
}

@test "check waits for what is wanted, and sends nothing" {
	sham x 1 5 u
	sham_hold x
	sv_same 0 sv check ./x
	sham x 0 0 d
	sv_same 0 sv check ./x
	# 2.1.2 does not look at the state here; 2.3 does.
	sham x 0 0 u
	says 1 'timeout: down: ./x: Ns, normally up, want up' sv -w 0 check ./x
	sham x 1 5 d
	says 1 'timeout: run: ./x: (pid N) Ns, want down' sv -w 0 check ./x
	[ -z "$(sham_letters)" ]
}

@test "./check decides whether it is up; without output of its own" {
	sham x 1 5 u
	sham_hold x
	printf '#!/bin/sh\ntest "${PWD##*/}" = x || exit\n' >x/check
	echo 'test ! -e /proc/$$/fd/1 || exit' >>x/check
	chmod 755 x/check
	sv_same 0 sv start ./x
	echo 'exit 1' >>x/check
	sv_same 1 sv -w 0 start ./x
	chmod 644 x/check
	sv_same 0 sv start ./x
	grep -q '^warning: unable to run ./x/check: access denied$' b.err
}

@test "a check that hangs does not outlast the time to wait" {
	sham x 1 5 u
	sham_hold x
	printf '#!/bin/sh\nread x <>supervise/ok\n' >x/check
	chmod 755 x/check
	run -1 ours sv -w 1 start ./x
	[ "$output" = "timeout: run: ./x: (pid 5) 0s" ]
}

@test "real: start, stop, restart, once, exit" {
	service_make x </dev/null
	touch x/down
	export SVWAIT=30
	service_start "$(PATH=$THEIRS command -v runsv)" x
	says 0 'ok: run: ./x: (pid N) Ns, normally down' sv start ./x
	says 0 'ok: run: ./x: (pid N) Ns, normally down' sv restart ./x
	says 0 'ok: run: ./x: (pid N) Ns, normally down' sv try-restart ./x
	says 0 'ok: run: ./x: (pid N) Ns, normally down' sv reload ./x
	says 0 'ok: down: ./x: Ns' sv stop ./x
	says 0 'ok: down: ./x: Ns' sv try-restart ./x
	# The rule of `once` is content with a service that is not up yet.
	ours sv -v once ./x
	until_true told 0 \
		'run: ./x: (pid N) Ns, normally down, want down' sv status ./x
	says 0 'ok: down: ./x: Ns' sv -v down ./x
	says 0 'ok: run: ./x: (pid N) Ns, normally down' sv -v up ./x
	says 0 'ok: run: ./x: (pid N) Ns, normally down, paused' sv -v pause ./x
	says 0 'ok: run: ./x: (pid N) Ns, normally down' sv -v cont ./x
	says 0 'ok: run: ./x: (pid N) Ns, normally down' sv -v kill ./x
	says 0 'ok: ./x: runsv not running' sv shutdown ./x
	ended "${SUPERVISORS[0]}"
}

# The original takes the old process for the new one within the second in
# which it was started.
@test "real: restart really restarts, however young the service is" {
	local old new i
	service_make x </dev/null
	service_start "$(PATH=$THEIRS command -v runsv)" x
	export SVWAIT=30
	until_true test -s x/supervise/pid
	for i in 1 2 3; do
		old=$(cat x/supervise/pid)
		ours sv restart ./x
		new=$(cat x/supervise/pid)
		[ "$old" != "$new" ]
		[ ! -d "/proc/$old" ]
	done
	old=$(cat x/supervise/pid)
	ours sv -v term ./x
	[ "$old" != "$(cat x/supervise/pid)" ]
}

@test "real: force-stop kills what does not obey, and says so" {
	service_make x <<<'trap "" TERM; mkfifo never; while :; do read x <>never; done'
	service_start "$(PATH=$THEIRS command -v runsv)" x
	until_true ours sv check ./x
	says 1 'kill: run: ./x: (pid N) Ns, want down, got TERM' \
		sv -w 1 force-stop ./x
	says 0 'ok: down: ./x: Ns, normally up' sv stop ./x
}

@test "real: stop waits for finish, and several services at once" {
	service_make x </dev/null
	service_make y </dev/null
	printf '#!/bin/sh\ncat go\n' >x/finish
	chmod 755 x/finish
	mkfifo x/go
	service_start "$(PATH=$THEIRS command -v runsv)" x
	service_start "$(PATH=$THEIRS command -v runsv)" y
	ours sv start ./x ./y
	says 1 'ok: down: ./y: Ns, normally up
timeout: finish: ./x: (pid N) Ns, want down' sv -w 1 stop ./x ./y
	(: >x/go) &
	# Who is down first is told first.
	says 0 'ok: down: ./x: Ns, normally up
ok: down: ./y: Ns, normally up' \
		sh -c 'sv stop ./x ./y >told; code=$?; sort told; exit $code'
}

@test "LSB: under the name of a service it is that service's script" {
	mkdir -p init.d services
	export SVDIR=$PWD/services
	ln -s "$OURS/sv" init.d/web
	sham services/web 1 5 u
	sham_hold services/web
	run -0 init.d/web status
	[ "$output" = "run: web: (pid 5) 0s" ]
	run -0 init.d/web -w 1 start
	run -0 init.d/web reload extra words
	[ "$output" = "ok: run: web: (pid 5) 0s" ]
	sham services/web 0 0 d
	run -3 init.d/web status
	run -0 init.d/web stop
	run -1 init.d/web -w 0 start
	[ "$output" = "timeout: down: web: 0s, normally up" ]
	echo bad >services/web/supervise/status
	run -4 init.d/web status
	sham_leave
	run -1 init.d/web status
	[ "$output" = "fail: web: runsv not running" ]
	rm -r services/web
	run -1 init.d/web status
}

@test "LSB: wrong use is 2, and status is not to be shortened" {
	mkdir -p init.d
	ln -s "$OURS/sv" init.d/web
	run -2 init.d/web
	[ "${lines[0]}" = "usage: web [-w sec] command" ]
	run -2 init.d/web stat
	run -2 init.d/web nonsense
	run -2 init.d/web -q start
	[ "${lines[0]}" = "web: illegal option -- q" ]
}

@test "letters reach the supervisor while run, finish and control call sv" {
	service_make x <<<'sv d . >&2; exec tail -f /dev/null'
	PATH=$OURS:$PATH service_start "$(PATH=$THEIRS command -v runsv)" x
	until_true bash -c "'$OURS/sv' status ./x | grep -q '^down: .*normally up'"
}
