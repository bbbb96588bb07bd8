# runsvdir, runsv, svscan and supervise under their own names: what the
# originals promise, line by line.
bats_require_minimum_version 1.5.0
load svcd

export AWAIT=30 BATS_TEST_TIMEOUT=180

setup() {
	tree_setup
	export TRIVET_RUN=$D/run
}
teardown() { tree_end; }

ended_with() {
	local code=0
	await is_gone "$KEEPER"
	wait "$KEEPER" || code=$?
	KEEPER=
	[ "$code" = "$1" ]
}

title_has() { tr '\0' ' ' <"/proc/$(svcd_pid)/cmdline" | grep -q -- "$1"; }

@test "runsvdir: its log argument shows in ps what services say" {
	make a <<<'echo "a complaint" >&2; exec sleep 1000'
	enable a
	tree_start "$D/bin/runsvdir" -P "$D/scan" \
		'log: ..................................................'
	await title_has '^[^ ]*runsvdir -P [^ ]* log: \.\.\.\.*a complaint'
	run ! grep -q complaint "$D/said"
	[[ $("$TOP/build/bin/svc" status -l 3 a) == *"a complaint"* ]]
}

@test "runsvdir: less than seven characters of log are told, and nothing else" {
	sleeper a
	enable a
	tree_start "$D/bin/runsvdir" "$D/scan" 'log: .'
	await is_up a
	grep -qx 'runsvdir: warning: log must have at least seven characters.' \
		"$D/said"
}

@test "runsvdir: -P first only, and no other option" {
	run -1 "$D/bin/runsvdir" -x "$D/scan"
	run -1 "$D/bin/runsvdir" a b c
	run -1 "$D/bin/runsvdir" "$D/scan" -P x y
}

@test "runsv: every service is its own session, argv is ./run, PWD its place" {
	make a <<<"ps -o sid= -p \$\$ | tr -d ' ' >$D/sid; tr '\\0' ' ' </proc/\$\$/cmdline >$D/argv; echo \"\$PWD \$#\" >$D/where; exec sleep 1000"
	tree_start "$D/bin/runsv" "$D/sv/a"
	await is_up a
	await test -s "$D/where"
	[ "$(cat "$D/sid")" = "$(pid_of a)" ]
	[ "$(cat "$D/argv")" = '/bin/sh ./run ' ]
	[ "$(cat "$D/where")" = "$D/sv/a 0" ]
}

@test "runsv: finish gets the code, or -1 and the signal; none after exec 111" {
	make a <<<"read -r how <$D/how; case \$how in kill) kill -KILL \$\$;; *) exit \$how;; esac"
	script a/finish <<<"echo \"\$1 \$2\" >>$D/out"
	mkfifo "$D/how"
	exec 8<>"$D/how"
	tree_start "$D/bin/runsv" "$D/sv/a"
	echo 3 >&8
	await has_line "$D/out" '^3 0$'
	echo kill >&8
	await has_line "$D/out" '^-1 9$'
	exec 8>&-
}

@test "runsv: log/run reads what run says, and is ended last" {
	make a <<<"trap 'echo bye; exit' TERM; echo hello; while :; do sleep 0.1; done"
	script a/log/run <<<"exec cat >>$D/out"
	tree_start "$D/bin/runsv" "$D/sv/a"
	await has_line "$D/out" hello
	send a x
	ended_with 0
	diff <(printf 'hello\nbye\n') "$D/out"
}

@test "runsv: TERM is x" {
	sleeper a
	tree_start "$D/bin/runsv" "$D/sv/a"
	await is_up a
	kill -TERM "$KEEPER"
	ended_with 0
	is_down a
}

@test "runsv: a directory that is none is told, 111" {
	run -111 timeout 30 "$D/bin/runsv" "$D/nowhere"
	[[ $output == "runsv"*"nowhere"* ]]
}

@test "svscan: services and their logs; TERM ends it" {
	make a <<<'echo hello; exec sleep 1000'
	script a/log/run <<<"exec cat >>$D/out"
	mkdir "$D/dirs"
	cp -a "$D/sv/a" "$D/dirs/a"
	mkdir "$D/dirs/.hidden"
	cp "$D/sv/a/run" "$D/dirs/.hidden/"
	tree_start "$D/bin/svscan" "$D/dirs"
	await has_line "$D/out" hello
	[ ! -e "$D/dirs/.hidden/supervise" ]
	"$TOP/build/bin/svc" svok "$D/dirs/a"
	"$TOP/build/bin/svc" svok "$D/dirs/a/log"
	[[ $("$TOP/build/bin/svc" svstat "$D/dirs/a") == *": up (pid "*") "*" seconds" ]]
}

@test "svscan: without an argument it is where it is started; 111 for none" {
	sleeper a
	enable a
	tree_start sh -c 'cd "$1" && exec "$2"' - "$D/scan" "$D/bin/svscan"
	await is_up a
	run -100 timeout 30 "$D/bin/svscan" a b
}

@test "supervise: svc -dx ends it, 0; a second one cannot lock" {
	sleeper a
	tree_start "$D/bin/supervise" "$D/sv/a"
	await is_up a
	[ "$(stat -c %s "$D/sv/a/supervise/status")" -ge 18 ]
	run timeout 30 env TRIVET_RUN="$D/other" "$D/bin/supervise" "$D/sv/a"
	[ "$status" = 111 ]
	"$TOP/build/bin/svc" -dx "$D/sv/a"
	ended_with 0
	is_down a
}
