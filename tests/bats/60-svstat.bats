# svstat(8), svok(8) and svc(8) with letters, beside daemontools'.

bats_require_minimum_version 1.5.0
load peers
load service
ORIGINALS=daemontools

setup() {
	cd "$BATS_TEST_TMPDIR"
	ln -s . a
	ln -s . b
	SUPERVISORS=()
}

teardown() {
	services_end
}

@test "svstat: every state in daemontools' words" {
	local pid want paused
	sham x 0 0 d
	sham_hold x
	for pid in 0 5; do
		for want in u d ''; do
			for paused in 0 1; do
				sham x 0 $pid "$want" $paused
				rm -f x/down
				same_code 0 svstat x
				touch x/down
				same_code 0 svstat x
			done
		done
	done
	grep -q '^x: up (pid 5) 0 seconds, normally down, paused$' b.out
}

@test "svstat: several services, and those that are none, always 0" {
	sham x 0 5 u
	sham_hold x
	mkdir plain
	touch file
	same_code 0 svstat
	same_code 0 svstat nosuch x plain file ./x
	sham_leave
	same_code 0 svstat x
	sham_hold x
	echo short >x/supervise/status
	same_code 0 svstat x
	rm x/supervise/status
	same_code 0 svstat x
}

@test "svok: 0 if supervised, 100 if not, 111 in trouble" {
	sham x 0 0 d
	same_code 100 svok x
	sham_hold x
	same_code 0 svok x
	mkdir plain
	touch file
	same_code 100 svok plain
	same_code 100 svok
	same_code 111 svok nosuch
	same_code 111 svok file
	rm x/supervise/ok
	mkdir x/supervise/ok
	same_code 111 svok x
}

# What a program writes to supervise/control.
sends() {
	"$1" svc "${@:2}"
	sham_letters
}

@test "svc: each letter once, in the order of the options" {
	local options
	sham x 0 5 ''
	sham_hold x
	for options in -u -d -o -p -c -h -a -i -t -k -x -dx -xd -uudd \
		'-t -u' '-u -t -u' -udopchaitkx; do
		sends theirs $options x >a.letters
		sends ours $options x >b.letters
		[ -s a.letters ]
		diff a.letters b.letters
	done
}

@test "svc: several services, and those that are none, always 0" {
	sham x 0 5 ''
	mkdir plain
	same_code 0 svc -u nosuch x plain
	sham_hold x
	same_code 0 svc -u nosuch x plain
	[ "$(sham_letters)" = uu ]
	same_code 0 svc -d -- x
	[ "$(sham_letters)" = dd ]
}

@test "svc: 1, 2 and q are daemontools-encore's; others are wrong, 100" {
	sham x 0 5 ''
	sham_hold x
	[ "$(sends ours -12q x)" = 12q ]
	same_code 100 svc -y x
	same_code 100 svc -uy x
}

@test "real: svc and svstat drive the original supervise" {
	service_make x </dev/null
	service_start "$(PATH=$THEIRS command -v supervise)" x
	until_true bash -c "'$OURS/svstat' x | grep -q 'x: up (pid'"
	ours svok x
	ours svc -d x
	until_true bash -c "'$OURS/svstat' x | grep -q 'x: down [0-9]* seconds, normally up'"
	ours svc -o x
	until_true bash -c "'$OURS/svstat' x | grep -q 'x: up (pid'"
	ours svc -p x
	until_true bash -c "'$OURS/svstat' x | grep -q ', paused'"
	ours svc -dx x
	ended "${SUPERVISORS[0]}"
	run -100 ours svok x
}

@test "svscanboot: svscan runs with nothing but PATH, readproctitle shows its words" {
	mkdir scan
	touch scan/ready
	cat >reporter <<-'END'
		#!/bin/sh
		env | sed 's/=.*//' | sort | tr '\n' ' ' >scan/environment
		echo "$0 $*" >scan/arguments
		echo complaint >&2
		echo word
		read x <scan/go
	END
	chmod 755 reporter
	mkfifo scan/go
	# In a room of its own, where svscan is the reporter.
	mkdir -p room/command room/bin
	cp reporter room/command/svscan
	cp "$(readlink "$OURS/svc")" room/svscanboot
	cp /bin/busybox room/bin/busybox
	for name in sh env sed sort tr cat; do
		ln -s busybox "room/bin/$name"
	done
	mv scan room/scan
	mkdir room/proc room/dev
	touch room/dev/null
	unshare -m sh -c 'mount --rbind /proc room/proc &&
		mount --bind /dev/null room/dev/null &&
		SVDIR=/scan exec chroot room /svscanboot' 3>&- &
	until_true grep -qa '^word' "/proc/$!/cmdline"
	tr '\0\n' ' !' <"/proc/$!/cmdline" |
		grep -q '^readproctitle service errors: \.\.\..*\.complaint!word! $'
	: >room/scan/go
	ended $!
	[ "$(cat room/scan/environment)" = "PATH PWD SHLVL " ] ||
		[ "$(cat room/scan/environment)" = "PATH PWD " ]
	[ "$(cat room/scan/arguments)" = "/command/svscan /scan" ]
}

@test "svscanboot: what an earlier svscan left is told to go" {
	mkdir -p room/command room/scan room/proc room/dev
	sham room/scan/x 0 5 u
	sham_hold room/scan/x
	mkdir -p room/scan/y
	cp "$(readlink "$OURS/svc")" room/svscanboot
	cp /bin/busybox room/command/true
	ln -s true room/command/svscan
	touch room/dev/null
	unshare -m sh -c 'mount --rbind /proc room/proc &&
		mount --bind /dev/null room/dev/null &&
		SVDIR=/scan exec chroot room /svscanboot' 3>&-
	[ "$(sham_letters)" = dx ]
}
