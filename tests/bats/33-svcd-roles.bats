# Who starts svcd, and under which name.
bats_require_minimum_version 1.5.0
load svcd

setup() { tree_setup; }
teardown() { tree_end; }

@test "svcd started by hand goes under a keeper, with its pid and its name" {
	sleeper a
	enable a
	tree_start
	await is_up a
	[ "$(cat "/proc/$KEEPER/comm")" = svcd ]
	[ "$(readlink "/proc/$KEEPER/exe")" = "$TOP/build/bin/init" ]
	[ "$(cut -d' ' -f4 "/proc/$(pid_of a)/stat")" = "$KEEPER" ]
	[ "$(tr '\0' ' ' <"/proc/$KEEPER/cmdline")" = \
		"$SVCD -r $D/run $D/scan " ]
}

@test "TERM stops everything and ends the tree" {
	sleeper a
	make b <<<"trap 'echo bye >>$D/out; exit' TERM; sleep 1000 & echo up; wait"
	script b/log/run <<<"exec cat >>$D/log"
	enable a
	enable b
	tree_start
	await is_up a
	await is_up b
	await has_line "$D/log" up
	pids="$(pid_of a) $(pid_of b) $(pid_of b/log)"
	session=$(pid_of b)
	kill -TERM "$KEEPER"
	await is_gone "$KEEPER"
	wait "$KEEPER"
	KEEPER=
	has_line "$D/out" bye
	for pid in $pids; do
		is_gone "$pid"
	done
	end_session "$session"
}

@test "runsvdir DIR supervises its services, and HUP ends them with 111" {
	sleeper a
	enable a
	tree_start env TRIVET_RUN="$D/run" "$D/bin/runsvdir" -P "$D/scan"
	await is_up a
	[ "$(cat "/proc/$KEEPER/comm")" = runsvdir ]
	pid=$(pid_of a)
	kill -HUP "$KEEPER"
	await is_gone "$KEEPER"
	code=0
	wait "$KEEPER" || code=$?
	KEEPER=
	[ "$code" = 111 ]
	is_gone "$pid"
}

@test "runsv DIR supervises one service, x ends it and runsv" {
	sleeper a
	sleeper b
	tree_start env TRIVET_RUN="$D/run" "$D/bin/runsv" "$D/sv/a"
	await is_up a
	[ ! -e "$D/sv/b/supervise" ]
	send a x
	await is_gone "$KEEPER"
	wait "$KEEPER"
	KEEPER=
	is_down a
}

@test "a wrong command line is answered with the usage of that name" {
	run -100 "$SVCD" -Z
	[[ $output == usage:\ svcd* ]]
	run -1 "$D/bin/runsvdir"
	[ "${lines[0]}" = "usage: runsvdir [-P] dir" ]
	run -1 "$D/bin/runsv"
	[ "${lines[0]}" = "usage: runsv dir" ]
	run -100 "$D/bin/supervise"
	[ "${lines[0]}" = "supervise: usage: supervise dir" ]
	run -0 "$SVCD" -h
	[[ $output == usage:\ svcd* ]]
}

@test "a plain user has a tree of his own" {
	[ "$(id -u)" = 0 ] || skip "needs root to become somebody else"
	sleeper a
	enable a
	chown -R 65534:65534 "$D"
	chmod 711 "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR" || :
	setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$SVCD" ||
		skip "the build directory is closed to others"
	tree_start setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$SVCD" --user -r "$D/run" "$D/scan"
	await is_up a
	[ "$(stat -c %u "/proc/$(pid_of a)")" = 65534 ]
	pid=$(pid_of a)
	kill -KILL "$(svcd_pid)"
	sleeper b
	chown -R 65534:65534 "$D/sv/b"
	enable b
	await is_up b
	[ "$(pid_of a)" = "$pid" ]
}

@test "a user begins with nothing but a home and a runtime directory" {
	[ "$(id -u)" = 0 ] || skip "needs root to become somebody else"
	mkdir -p "$D/home/.config/sv/a" "$D/xdg"
	printf '#!/bin/sh\nexec sleep 1000\n' >"$D/home/.config/sv/a/run"
	chmod +x "$D/home/.config/sv/a/run"
	cp -r "$D/home/.config/sv/a" "$D/home/.config/sv/b"
	chown -R 65534:65534 "$D"
	chmod 711 "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR" || :
	setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$SVCD" ||
		skip "the build directory is closed to others"
	svc=$TOP/build/bin/svc
	as=(env -u SVDIR -u TRIVET_RUN "HOME=$D/home" "XDG_RUNTIME_DIR=$D/xdg"
		setpriv --reuid 65534 --regid 65534 --clear-groups)
	# Before the first tree, and with one.
	[ "$("${as[@]}" "$svc" enable a)" = 'a: enabled' ]
	[ -x "$D/home/.config/service/a/run" ]
	rm -r "$D/home/.config/service"
	tree_start "${as[@]}" "$SVCD"
	await "${as[@]}" "$svc" wait -q -t 0 settled
	[ ! -s "$D/said" ]
	[ "$("${as[@]}" "$svc" enable b)" = 'b: enabled, up' ]
}

@test "an idle tree wakes nobody" {
	sleeper a
	enable a
	tree_start
	await is_up a
	switches() {
		local p
		for p in "$KEEPER" "$(svcd_pid)"; do
			grep ctxt_switches "/proc/$p/status"
		done
	}
	quiet() {
		local before
		before=$(switches)
		read -rt 1 <> <(:) || :
		[ "$(switches)" = "$before" ]
	}
	AWAIT=6 await quiet
}
