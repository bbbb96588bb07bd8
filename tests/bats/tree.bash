# A tree of services for one test, in a world of its own: own processes, own
# /run and /var/log, nothing left when the test ends, however it ends. What
# ends the machine ends this world only.
# shellcheck shell=bash
#
#	inside <<'END'          the text runs as process 1 of that world, in
#	service a               an empty directory, with `set -eu` and the
#	tree                    functions below
#	says 'a: up (pid *)' svc up a
#	END

inside() {
	local top
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	mkdir -p "$BATS_TEST_TMPDIR/world"
	cat >"$BATS_TEST_TMPDIR/script"
	timeout -k 5 "${INSIDE_SECONDS:-60}" \
		unshare --mount --pid --fork --kill-child --mount-proc \
		env -i TOP="$top" PATH="$top/build/bin:$PATH" HOME=/nowhere \
		ASAN_OPTIONS="${ASAN_OPTIONS-}" UBSAN_OPTIONS="${UBSAN_OPTIONS-}" \
		TZ=UTC LC_ALL=C.UTF-8 LIB="$top/tests/bats/tree.bash" \
		SCRIPT="$BATS_TEST_TMPDIR/script" \
		bash -eu -c '[ $$ = 1 ]; cd "$0"; . "$LIB"
			for dir in /run /var/log; do mount -t tmpfs none $dir; done
			trap "echo \"died at line \$LINENO\"" ERR; . "$SCRIPT"' \
		"$BATS_TEST_TMPDIR/world" 3>&-
}

# define NAME [TEXT]: one that is not enabled; its run script is the text.
define() {
	mkdir -p "sv/$1"
	printf '#!/bin/sh\n%s\n' "${2:-exec sleep 1000}" >"sv/$1/run"
	chmod 755 "sv/$1/run"
}

# service NAME [TEXT]: one that is.
service() {
	define "$@"
	mkdir -p scan
	ln -sfn "$PWD/sv/$1" "scan/$1"
}

# settings NAME LINE…: one defined by a file `service`.
settings() {
	local name=$1
	shift
	mkdir -p "sv/$name" scan
	printf '%s\n' "$@" >"sv/$name/service"
	ln -sfn "$PWD/sv/$name" "scan/$name"
}

# tree [PROGRAM…]: svcd over ./scan, in ./run, started by it; back when it can be talked to.
tree() {
	export TRIVET_RUN=$PWD/run SVDIR=$PWD/scan
	mkdir -p scan
	"$@" svcd "$PWD/scan" >svcd.log 2>&1 &
	KEEPER=$!
	until_true svc list
}

# The pid of the svcd that is at work, below the keeper.
svcd_pid() {
	local child
	for child in $(cat "/proc/$KEEPER/task/$KEEPER/children"); do
		[ "$(cat "/proc/$child/comm")" != svcd ] || echo "$child"
	done
}

# until_true COMMAND…: tries again until it is so; 20 seconds.
until_true() {
	local end=$((SECONDS + 20))
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || {
			echo "waited in vain for: $*"
			return 1
		}
		read -rt 0.02 <> <(:) || :
	done
}

# patient COMMAND…: by its clock it is 20 seconds earlier. What svc gives a new
# service to die in, 100 ms, is so long then that it does, on the slowest machine.
patient() { unshare --time --fork --monotonic=-20 "$@"; }

# answers CODE PATTERN COMMAND…: exit code and all output, a shell pattern.
answers() {
	local code=$1 pattern=$2 got=0 text
	shift 2
	text=$("$@" 2>&1) || got=$?
	# shellcheck disable=SC2254
	case $text in
	$pattern) [ "$got" -ne "$code" ] || return 0 ;;
	esac
	printf '%s\nanswered %s, not %s:\n%s\nnot as:\n%s\n' \
		"$*" "$got" "$code" "$text" "$pattern"
	return 1
}

says() {
	local pattern=$1
	shift
	answers 0 "$pattern" "$@"
}

# field NAME FIELD: a member of its JSON status.
field() {
	svc status -j "$1" | grep -o "\"$2\":[^,}]*" | head -n 1 |
		cut -d: -f2- | tr -d '"'
}

# record TYPE LINE ID USER: one record of utmp(5), in glibc's 384 bytes.
record() {
	printf '%b' "\\x0$1"
	head -c 7 /dev/zero
	field_of 32 "$2"
	field_of 4 "$3"
	field_of 32 "$4"
	field_of 308 ''
}

# field_of BYTES TEXT: the text, filled with zero bytes.
field_of() {
	printf '%s' "$2"
	head -c $(($1 - ${#2})) /dev/zero
}

# logged_in USER: a terminal with that user on it; what comes there is in
# USER.seen, its name in USER.tty.
logged_in() {
	mkfifo "$1.keys"
	# shellcheck disable=SC2094
	script -qfc "tty >$1.tty; exec cat" "$1.seen" <>"$1.keys" >/dev/null 2>&1 &
	until_true test -s "$1.tty"
	record 7 "$(sed 's,/dev/,,' "$1.tty")" 1 "$1" >>/run/utmp
}

# installed: copies of the binaries in ./bin, which are then what runs.
installed() {
	mkdir bin
	cp "$TOP"/build/bin/* bin/
	PATH=$PWD/bin:$PATH
}

# replaced NAME: another file in its place, as a package manager does it.
replaced() {
	cp "${2:-$TOP/build/bin/$1}" "bin/$1.new"
	mv "bin/$1.new" "bin/$1"
}
