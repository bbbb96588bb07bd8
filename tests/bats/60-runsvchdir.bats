# runsvchdir(8) beside Debian's runit.

bats_require_minimum_version 1.5.0
load peers
load service
ORIGINALS=runit

# Each side is /etc/runit/runsvdir in a mount namespace of its own, for Debian's
# knows no other place. Ours does: $RUNSVDIR, as runit 2.3.
setup() {
	local side
	cd "$BATS_TEST_TMPDIR"
	for side in a b; do
		mkdir -p $side/etc/runit/runsvdir/one $side/etc/runit/runsvdir/two
		touch $side/etc/runit/runsvdir/file
		ln -s one $side/etc/runit/runsvdir/current
	done
	A=a/etc/runit/runsvdir B=b/etc/runit/runsvdir
}

both() {
	(cd $A && eval "$1") && (cd $B && eval "$1")
}

same_code() {
	local code=$1 side path status
	shift
	for side in a b; do
		path=$THEIRS
		[ $side = a ] || path=$OURS:
		status=0
		unshare -m sh -c 'mount --bind "$0/etc" /etc && exec "$@"' $side \
			"$(PATH=$path command -v runsvchdir)" "$@" \
			>$side.out 2>&1 || status=$?
		sed -i "s#[^ ]*/runsvchdir\b#runsvchdir#" $side.out
		echo $status >>$side.out
	done
	diff a.out b.out
	[ "$status" = "$code" ] || {
		cat b.out
		return 1
	}
}

links() {
	(cd "$1" && for l in current previous current.new; do
		echo "$l $(readlink "$l")"
	done)
}

same_links() {
	diff <(links $A) <(links $B)
}

@test "wrong use 1, trouble 111" {
	same_code 1
	same_code 111 .one
	same_code 111 nosuch
	same_code 111 file
	both 'rm current'
	same_code 111 one
	same_links
}

@test "what is current stays" {
	same_code 0 one
	grep -qx 'runsvchdir: one: current.' b.out
	same_links
}

@test "current becomes the new one, previous the old one" {
	same_code 0 two
	grep -qx 'runsvchdir: two: now current.' b.out
	[ "$(readlink $B/current)" = two ]
	[ "$(readlink $B/previous)" = one ]
	same_links
	same_code 0 one
	same_links
}

@test "what a broken run left behind is put right" {
	both 'ln -s nowhere current.new; ln -s nowhere previous'
	same_code 0 two
	same_links
}

@test "a full path may be given" {
	mkdir c
	same_code 0 "$PWD/c"
	[ "$(readlink $B/current)" = "$PWD/c" ]
	same_links
}

@test "RUNSVDIR is another place" {
	export RUNSVDIR=$PWD/$B
	run -0 ours runsvchdir two
	[ "$output" = "runsvchdir: two: now current." ]
	[ "$(readlink $B/current)" = two ]
	RUNSVDIR=nosuch run -111 ours runsvchdir two
	[[ $output == *"runsvchdir: fatal: unable to chdir: nosuch: file does not exist" ]]
}
