# What the suites of the loggers share: the originals beside ours, and waiting
# for what is to happen, with a time limit.

# A net below the bounds of the waits: nothing is ever waited for in vain.
export BATS_TEST_TIMEOUT=180

log_setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	top=$PWD
	tests/peers runit daemontools
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	ln -s "$top/build/bin/svlogd" "$BATS_TEST_TMPDIR/bin/svlogd"
	ln -s "$top/build/bin/svlogd" "$BATS_TEST_TMPDIR/bin/multilog"
	svlogd=$BATS_TEST_TMPDIR/bin/svlogd
	multilog=$BATS_TEST_TMPDIR/bin/multilog
	old_svlogd=$top/build/peers/runit/usr/bin/svlogd
	old_multilog=$top/build/peers/daemontools/usr/bin/multilog
	cd "$BATS_TEST_TMPDIR" || return
}

# await COMMAND…: until the command says yes, for half a minute at most.
await() {
	local end=$((SECONDS + ${AWAIT:-30}))
	until "$@"; do
		[ $SECONDS -lt $end ] || {
			echo "waited in vain for: $*"
			return 1
		}
		read -rt 0.01 <> <(:) || :
	done
}

holds() { grep -q -- "$2" "$1" 2>/dev/null; }
counts() { [ "$(find "$1" -name "$2" | wc -l)" -eq "$3" ]; }
lines() { [ "$(cat "$1" | wc -l)" -ge "$2" ]; }
gone() { ! kill -0 "$1" 2>/dev/null; }
# ended PID: until that child of ours has ended; its exit code.
ended() { await gone "$1" && wait "$1"; }

# A directory as text without the stamps in its names: modes, sizes, bytes.
picture() {
	(cd "$1" && for f in @* current; do
		[ -e "$f" ] || continue
		printf '%s %s\n' "${f/@????????????????????????/@}" \
			"$(stat -c '%a %s' "$f")"
		cat "$f"
	done)
}

# both CONFIG ARGUMENTS…: the same input through the original and ours; what
# they leave in the directory and on stderr must be the same.
both() {
	local config=$1 who
	shift
	cat >input
	for who in old new; do
		rm -rf $who && mkdir $who
		printf -- "$config" >$who/config
	done
	"$old_svlogd" "$@" old <input 2>old.err
	"$svlogd" "$@" new <input 2>new.err
	diff <(picture old) <(picture new)
	diff old.err new.err
	# From a pipe the bytes go another way.
	rm -rf new && mkdir new
	printf -- "$config" >new/config
	cat input | "$svlogd" "$@" new 2>new.err
	diff <(picture old) <(picture new)
	diff old.err new.err
}
