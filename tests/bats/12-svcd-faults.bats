# Every system call that svcd makes, from its first to the stop of everything,
# fails in turn, in a life that has all kinds of services in it. Each time the
# same must come out: what ran goes on running and runs once, what died comes
# back, what was added is found, people are answered, and the machine goes down.
# Only `make faults` does this, with every error there is; a `# silent` line is
# a failure that nobody was told of, which may be right. It finds things: where
# svcd gives up what it should try again.

setup() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	[ "$(uname -m)" = x86_64 ] || skip "tests/faults knows x86-64 only"
	ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	T=$BATS_TEST_TMPDIR
	mkfifo "$T/console"
	# Held open for reading and writing: no open of it ever waits.
	exec 7<>"$T/console"
	cat <&7 >"$T/said" 3>&- &
	READER=$!
	world
}

teardown() {
	[ -z "${READER-}" ] || kill "$READER"
}

# $T/new is what a run begins with, $T/now the run's own copy.
world() {
	mkdir -p "$T/new/scan" "$T/new/later" "$T/now"
	service witness <<'END'
echo run >>runs; exec sleep 1000
END
	service dies <<'END'
echo run >>runs; [ "$(wc -l <runs)" -gt 2 ] || exit 3; exec sleep 1000
END
	echo 'restart = always 1ms' >"$T/new/scan/dies/service"
	service logged <<'END'
echo run >>runs; echo a line; exec sleep 1000
END
	service logged/log <<'END'
exec cat >>said
END
	mkdir "$T/new/scan/talks" "$T/new/scan/second"
	cat >"$T/new/scan/talks/service" <<'END'
run = sh -c 'echo run >>runs; echo said; echo >&4; exec sleep 1000'
ready = fd 4
check = true
check-every = 1h
END
	cat >"$T/new/scan/second/service" <<'END'
type = oneshot
needs = talks
run = sh -c 'echo run >>runs'
END
	service later <<'END'
echo run >>runs; exec sleep 1000
END
	mv "$T/new/scan/later" "$T/new/later/"
	service person <<END
PATH=$ROOT/build/bin:\$PATH GOOD=$T/good
cd $T/now || exit
$(cat "$BATS_TEST_DIRNAME/person.sh")
END
	cat >"$T/begin" <<END
#!/bin/sh
mount -t tmpfs run /run && mount -t tmpfs now $T/now && cp -a $T/new/. $T/now || exit 99
mount --bind $T/console /dev/console || exit 99
exec "\$@" >/dev/console 2>&1
END
	cat >"$T/svcd" <<END
#!/bin/sh
exec $ROOT/build/tests/faults wait $T $ROOT/build/bin/svcd $T/now/scan
END
	chmod 755 "$T/begin" "$T/svcd"
}

service() {
	mkdir -p "$T/new/scan/$1"
	{
		echo '#!/bin/sh'
		cat
	} >"$T/new/scan/$1/run"
	chmod 755 "$T/new/scan/$1/run"
}

# faults WHAT FROM STEP
faults() {
	run "$ROOT/build/tests/faults" kept "$T" "$@" -- "$T/begin" \
		"$ROOT/build/bin/init" --machine --svcd="$T/svcd" \
		--timeout-stop=2s --timeout-term=500ms --timeout-kill=500ms
	echo "$output"
	[ "$status" = 0 ]
	# A sweep that swept nothing proves nothing.
	[[ $output =~ ok\ -\ ([0-9]+)\ runs ]]
	[ "${BASH_REMATCH[1]}" -gt $((700 / $3)) ]
}

@test "each call fails with every error asked for by make faults" {
	[ -n "${FAULTS:-}" ] || skip "make faults"
	local what
	for what in $FAULTS; do
		faults "$what" "${FROM:-1}" "${STEP:-1}"
	done
}
