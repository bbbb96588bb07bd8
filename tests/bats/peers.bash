# For suites that compare our programs with the originals, side by side.
# shellcheck shell=bash
#
#	load peers
#	ORIGINALS='runit daemontools'	fetched before the first test
#
#	peers_have runit daemontools	the same, in a suite's own setup_file
#	peers_leave			and in its teardown_file
#	same chpst -u nobody id		both, in two copies of ./, must agree
#	ours sv status x		ours alone, by its name

# A net below the bounds of the waits: nothing is ever waited for in vain.
export BATS_TEST_TIMEOUT=180

setup_file() {
	# shellcheck disable=SC2086
	peers_have $ORIGINALS
}

teardown_file() {
	peers_leave
}

# Fetches the originals and makes a directory of links for ours.
peers_have() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	tests/peers "$@" >&3 2>&1 || skip "cannot fetch Debian's $*"
	mkfifo "$BATS_FILE_TMPDIR/never"
	mkdir -p build/tests
	# Not among bats' own files, which no other user may reach.
	OURS=$(mktemp -d "$PWD/build/tests/ours.XXXXXX")
	chmod 755 "$OURS"
	local name bin=${TRIVET_BIN:-$PWD/build/bin}
	for name in chpst envdir envuidgid fghack pgrphack readproctitle runsv \
		runsvchdir runsvctrl runsvstat runsvdir setlock setuidgid \
		softlimit supervise sv svc svok svscan svscanboot svstat \
		svwaitdown svwaitup tai64n tai64nlocal utmpset denvdir dsetlock \
		denvuidgid dsetuidgid dpgrphack dsoftlimit; do
		ln -s "$bin/svc" "$OURS/$name"
	done
	for name in runsv runsvdir supervise svscan; do
		ln -sf "$bin/svcd" "$OURS/$name"
	done
	ln -s "$bin/svlogd" "$OURS/svlogd"
	ln -s "$bin/svlogd" "$OURS/multilog"
	THEIRS=
	for name; do
		THEIRS=$THEIRS$PWD/build/peers/$name/usr/bin:
		THEIRS=$THEIRS$PWD/build/peers/$name/usr/sbin:
	done
	export OURS THEIRS
	unset SVDIR SVWAIT RUNSVDIR
}

# In teardown_file.
peers_leave() {
	rm -rf "$OURS"
}

# In setup: a directory for each side, alike until a program changes it.
sides() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir a b
}

# Shell text that prepares both directories.
both() {
	(cd a && eval "$1") && (cd b && eval "$1")
}

ours() {
	PATH=$OURS:$PATH "$@"
}

theirs() {
	PATH=$THEIRS$PATH "$@"
}

# Runs one side: output, errors and exit code into files. Where a program was
# found must not matter, so its directory is taken out of what it says.
side() {
	local dir=$1 path=$2 status=0
	shift 2
	(cd "$dir" && PATH=$path$PATH exec "$@" </dev/null) \
		>"$dir.out" 2>"$dir.err" || status=$?
	sed -i "s#${path%%:*}/##g" "$dir.out" "$dir.err"
	echo "$status" >"$dir.status"
}

# The same command on both sides must print the same on the same descriptors,
# and exit with the same code. Their output stays in a.out, a.err, a.status.
same() {
	side a "$THEIRS" "$@"
	side b "$OURS:" "$@"
	local what
	for what in status out err; do
		cmp -s "a.$what" "b.$what" && continue
		echo "not the same $what of: $*"
		diff -u "a.$what" "b.$what" || :
		return 1
	done
}

# `same`, and what theirs exited with: a comparison of two mistakes is none.
same_code() {
	local code=$1
	shift
	same "$@" && [ "$(cat a.status)" = "$code" ] || {
		echo "exit $(cat a.status), not $code: $*"
		return 1
	}
}

# Until the command is true, looked at again and again for at most 30 s.
until_true() {
	local end=$((SECONDS + 30))
	until "$@" 2>/dev/null; do
		[ $SECONDS -lt $end ] || {
			echo "never came true: $*"
			return 1
		}
		read -rt 0.02 _ <>"$BATS_FILE_TMPDIR/never" || :
	done
}

is_over() { ! kill -0 "$1" 2>/dev/null; }

# ended PID: until that child of ours has ended; its exit code.
ended() {
	until_true is_over "$1" && wait "$1"
}
