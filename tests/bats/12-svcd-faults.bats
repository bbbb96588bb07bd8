# Every system call that svcd makes, from its first to the stop of everything,
# fails in turn, in a life that has all kinds of services in it. Each time the
# same must come out: what ran goes on running and runs once, what died comes
# back, what was added is found, lines reach their logger, other tools see all
# of it, people are answered, and the machine goes down. After an error that is
# for want of something nobody helps: svcd tries again by itself. `make faults`
# takes every call with every error there is, `make test` some of them.

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
	mkdir -p "$T/new/scan" "$T/new/later" "$T/now" "$T/names"
	ln -s "$ROOT/build/bin/svc" "$T/names/svok"
	ln -s "$ROOT/build/bin/svc" "$T/names/chpst"
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
PATH=$T/names:$ROOT/build/bin:\$PATH GOOD=$T/good
read -r LOOK <$T/look
cd $T/now || exit
: >here
$(cat "$BATS_TEST_DIRNAME/person.sh")
END
	cat >"$T/begin" <<END
#!/bin/sh
mount -t tmpfs run /run && mount -t tmpfs now $T/now && cp -a $T/new/. $T/now || exit 99
mount --bind $T/console /dev/console || exit 99
# The person may be who was not found.
[ ! -s $T/look ] || while sleep 0.5 && [ ! -e $T/now/here ]; do
	\$(cat $T/look)
done >/dev/null 2>&1 &
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

# Whether svcd is to come over it without being told: error_may_pass().
passes() {
	case $1 in
	-* | 11 | 12 | 23 | 24 | 28 | 105 | 122) ;;
	*) return 1 ;;
	esac
}

# faults WHAT FROM STEP [TO], or WHAT sites [CALL]
faults() {
	local least
	if passes "$1"; then
		: >"$T/look"
	else
		echo "$ROOT/build/bin/svc rescan" >"$T/look"
	fi
	run "$ROOT/build/tests/faults" kept "$T" "$@" -- "$T/begin" \
		"$ROOT/build/bin/init" --machine --svcd="$T/svcd" \
		--timeout-stop=2s --timeout-term=500ms --timeout-kill=500ms
	echo "$output"
	[ "$status" = 0 ] || return 1
	# A sweep that swept nothing proves nothing.
	[[ $output =~ ok\ -\ ([0-9]+)\ runs ]]
	case $2${3-} in
	sites) least=200 ;;
	sites*) least=5 ;;
	*) least=$((700 / $3)) ;;
	esac
	[ "${BASH_REMATCH[1]}" -gt $least ]
}

# Some hundred calls apart, not the same for each.
@test "calls fail for want of descriptors, memory, room; or after them a fault" {
	faults 24 7 149
	faults 12 11 151
	faults 28 13 307
	faults -11 17 311
}

# 264: renameat, by which views change.
@test "a view that could not be written is written by a rescan" {
	faults 5 sites 264
}

# 5: fstat.
@test "a logger that could not be looked at is not left out" {
	faults 12 sites 5
}

@test "svcd dies after a read: what it has read is not lost" {
	faults -11 sites 0
}

@test "each call fails with every error asked for by make faults" {
	[ -n "${FAULTS:-}" ] || skip "make faults"
	local what failed=
	for what in $FAULTS; do
		# shellcheck disable=SC2086 # words
		faults "$what" ${CALLS:-sites} || failed="$failed $what"
	done
	[ -z "$failed" ]
}
