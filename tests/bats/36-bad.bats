# Bad input: each has its error where a person will look, nothing else suffers.
bats_require_minimum_version 1.5.0
load svcd
export AWAIT=30

setup() { tree_setup; }
teardown() {
	tree_end
	[ -z "${MANY-}" ] || rm -rf "$MANY"
}

SVC() { "$TOP/build/bin/svc" -r "$D/run" "$@"; }
shows() { SVC status "$1" | grep -q -e "$2"; }
# A healthy one beside each: it runs, and obeys.
healthy() {
	await is_up good
	send good d
	await is_down good
}

@test "a run that is not executable, and one in no format" {
	sleeper good
	mkdir "$D/sv/plain" "$D/sv/odd"
	echo 'exec sleep 1' >"$D/sv/plain/run"
	printf '\177NOELF' >"$D/sv/odd/run"
	chmod 755 "$D/sv/odd/run"
	enable good
	enable plain
	enable odd
	tree_start
	await has_line "$D/said" 'plain: cannot execute.*: permission denied'
	await has_line "$D/said" 'odd: cannot execute.*: exec format error'
	await shows plain 'permission denied'
	await shows odd 'cannot execute: run: exec format error'
	healthy
}

@test "a directory without run, one that leads nowhere, a loop of links" {
	sleeper good
	mkdir "$D/sv/empty"
	ln -s loop "$D/scan/loop"
	ln -s "$D/nowhere" "$D/scan/dangling"
	enable good
	enable empty
	tree_start
	await has_line "$D/said" 'empty: cannot execute.*: no such file or directory'
	await shows empty 'no such file or directory'
	healthy
}

@test "a name of 255 bytes is a name, one with control characters is refused" {
	sleeper good
	long=$(printf '%0255d' 0)
	odd=$(printf 'a\tb\033[31mc\nd')
	ln -s "$D/sv/good" "$D/scan/good"
	sleeper other
	mv "$D/sv/other" "$D/sv/$long"
	ln -s "$D/sv/$long" "$D/scan/$long"
	sleeper third
	ln -s "$D/sv/third" "$D/scan/$odd"
	tree_start
	await is_up "$long"
	await has_line "$D/said" 'a name that cannot be used'
	[ ! -d "$D/sv/third/supervise" ]
	SVC status >"$D/out"
	run ! grep -q "$(printf '\033')\[31mc" "$D/out"
	healthy
}

@test "a service that dies at once is held back, and nobody waits for it" {
	sleeper good
	make quick <<<'exit 3'
	enable good
	enable quick
	tree_start
	await shows quick 'exit 3'
	await shows quick 'next try'
	healthy
}

@test "rubbish in supervise/control is ignored" {
	sleeper good
	enable good
	tree_start
	await is_up good
	pid=$(pid_of good)
	head -c 5000 /dev/urandom | tr -d 'udoxtkpcahiq12' >"$D/sv/good/supervise/control"
	send good 1
	printf 'zzzz' >"$D/sv/good/supervise/control"
	healthy
	is_gone "$pid"
}

@test "packets that are short, long, unknown or rubbish end only their client" {
	sleeper good
	enable good
	tree_start
	await is_up good
	python3 - "$D/run/control" <<-'END'
		import os, socket, struct, sys
		def to(*packets):
		    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
		    s.connect(sys.argv[1])
		    s.settimeout(30)
		    answers = []
		    try:
		        for p in packets:
		            s.send(p)
		            answers.append(s.recv(65536))
		    except OSError:
		        pass
		    s.close()
		    return answers
		def packet(tag, body=b"", length=None):
		    return struct.pack("<IHHI", 12 + len(body) if length is None else length, tag, 0, 7) + body
		hello = packet(1, struct.pack("<HH", 1, 1))
		def tag(answer):
		    return struct.unpack("<H", answer[4:6])[0] if len(answer) >= 6 else 0
		to(b"x")
		to(b"")
		to(os.urandom(16384))
		to(packet(2, b"", 5000))
		assert tag(to(packet(3))[0]) == 66                    # no hello first
		assert tag(to(hello, packet(999))[1]) == 66           # unknown
		assert tag(to(hello, packet(2, b"\xff" * 40))[1]) == 66
		assert [tag(a) for a in to(hello, packet(3))] == [64, 65]
	END
	SVC status -q good
	healthy
}

@test "a user who takes all the connections there are leaves others theirs" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	sleeper good
	enable good
	tree_start
	await is_up good
	python3 - "$D/run/control" "$TOP/build/bin/svc" "$D/run" <<-'END'
		import os, socket, subprocess, sys
		root = os.open(sys.argv[1], os.O_PATH)
		def taken(uid, count):
		    os.setresuid(uid, uid, 0)
		    have = []
		    for n in range(count):
		        s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
		        # Without a limit: with one it does not wait for its turn.
		        s.connect('/proc/self/fd/%d' % root)
		        s.settimeout(30)
		        have.append(s)
		    os.setresuid(0, 0, 0)
		    return have
		def answers(s):
		    try:
		        s.send(b'\x10\0\0\0\1\0\0\0\7\0\0\0\1\0\1\0')
		        return len(s.recv(65536)) > 0
		    except OSError:
		        return False
		one = taken(54321, 100)
		other = taken(54322, 1)
		assert answers(other[0])
		assert 1 <= sum(map(answers, one)) <= 16
		subprocess.run([sys.argv[2], '-r', sys.argv[3], 'restart', 'good'],
		               check=True)
	END
	healthy
}

@test "a secret in an environment is not in what all may read, and nobody writes that" {
	make a <<<'exec sleep 1000'
	printf '%s\n' 'env = PASSWORD=hush-hush' "env-file = $D/more" >"$D/sv/a/service"
	echo 'TOKEN=mum-mum' >"$D/more"
	enable a
	tree_start
	await is_up a
	grep -q hush-hush "/proc/$(pid_of a)/environ"
	grep -q mum-mum "/proc/$(pid_of a)/environ"
	SVC status -j a >"$D/seen"
	SVC status a >>"$D/seen"
	python3 - "$D/run/control" >>"$D/seen" <<-'END'
		import mmap, os, socket, sys
		s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
		s.connect(sys.argv[1])
		s.settimeout(30)
		s.send(b'\x10\0\0\0\1\0\0\0\7\0\0\0\1\0\1\0')
		_, fds, _, _ = socket.recv_fds(s, 65536, 4)
		board = mmap.mmap(fds[0], 0, prot=mmap.PROT_READ)
		assert board.find(b'a\0') > 0
		sys.stdout.buffer.write(board)
		if os.getuid() == 0:
		    os.setuid(54321)
		try:
		    os.open('/proc/self/fd/%d' % fds[0], os.O_RDWR)
		    raise SystemExit('it can be opened for writing')
		except PermissionError:
		    pass
	END
	[ "$(wc -c <"$D/seen")" -gt 4096 ]
	run ! grep -a 'hush-hush\|mum-mum' "$D/seen"
	find "$D/sv/a/supervise" "$D/run" -type f -exec grep -l 'hush-hush\|mum-mum' {} + >"$D/found" || :
	[ ! -s "$D/found" ]
}

@test "of all that a tree makes only its sockets are anybody's to write" {
	make a <<<'exec sleep 1000'
	mkdir "$D/sv/a/log"
	printf '#!/bin/sh\nexec cat >/dev/null\n' >"$D/sv/a/log/run"
	chmod 755 "$D/sv/a/log/run"
	make b <<<'exec sleep 1000'
	printf '%s\n' 'notify-access = all' 'log = yes' >"$D/sv/b/service"
	enable a
	enable b
	tree_start sh -c 'umask 0 && exec "$@"' sh "$SVCD" -r "$D/run" "$D/scan"
	await is_up a
	await is_up b
	[ "$(find "$D/sv" "$D/run" ! -type l -perm -002 |
		sed 's/notify.[0-9].*/notify/' | sort)" = \
		"$D/run/control
$D/run/notify" ] || {
		find "$D/sv" "$D/run" ! -type l -perm -002 -ls
		return 1
	}
	[ "$(stat -c %a "$D/run/notify")" = 711 ]
}

@test "of a stranger's wishes none is granted" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	sleeper good
	enable good
	for dir in "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR/.." "$D" "$D/run"; do
		chmod 755 "$dir"
	done
	tree_start
	await is_up good
	pid=$(pid_of good)
	run "$TOP/build/bin/svc" chpst -u nobody "$TOP/build/bin/svc" -r "$D/run" down good
	echo "$output"
	[ "$status" != 0 ]
	[[ $output == *"permission denied"* ]]
	[ "$(pid_of good)" = "$pid" ]
	"$TOP/build/bin/svc" chpst -u nobody "$TOP/build/bin/svc" -r "$D/run" status -q good
	healthy
}

@test "manual starts are no restarts, deaths are" {
	sleeper good
	enable good
	tree_start
	await is_up good
	restarts() { [ "$(SVC status -j good | grep -o '"restarts": *[0-9]*' | grep -o '[0-9]*$')" = "$1" ]; }
	SVC down good
	SVC up good
	restarts 0
	kill -KILL "$(SVC status -j good | grep -o '"pid": *[0-9]*' | head -1 | grep -o '[0-9]*$')"
	await restarts 1
}

@test "a directory that may not be read or entered, and a run that may not" {
	[ "$(id -u)" = 0 ] || skip "needs root to become somebody else"
	sleeper good
	sleeper closed
	sleeper secret
	enable good
	enable closed
	enable secret
	chown -R 65534:65534 "$D"
	chown -R 0:0 "$D/sv/closed" "$D/sv/secret"
	chmod 700 "$D/sv/closed" "$D/sv/secret/run"
	chmod 711 "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR" || :
	tree_start "$TOP/build/bin/svc" chpst -u nobody \
		"$SVCD" --user -r "$D/run" "$D/scan"
	await shows closed 'permission denied'
	await shows secret 'permission denied'
	await has_line "$D/said" 'closed: cannot .*: permission denied'
	await has_line "$D/said" 'secret: cannot execute.*: permission denied'
	healthy
}

@test "a name of 300 bytes, one with slashes, one of nothing: no such service" {
	sleeper good
	enable good
	tree_start
	await is_up good
	for name in "$(printf '%0300d' 0)" good/../good ../scan/x/y '' $'a\nb'; do
		run "$TOP/build/bin/svc" -r "$D/run" down -- "$name"
		[ "$status" = 100 ]
		[[ $output == *"no such service"* ]]
		[ "${#lines[@]}" = 1 ]
	done
	is_up good
	healthy
}

@test "of 100,000 services those for whom there is room run, and that it is full is said" {
	[ -w /dev/shm ] || skip "needs a place for 100,000 directories"
	MANY=$(mktemp -d /dev/shm/trivet-many.XXXXXX)
	rmdir "$D/scan"
	mkdir "$MANY/scan"
	sleeper good
	python3 - "$MANY" <<-'END'
		import os, sys
		top = sys.argv[1]
		for i in range(66000):
		    down = "%s/down%d" % (top, i // 30000)
		    if i % 30000 == 0:
		        open(down, "w").close()
		    os.mkdir("%s/scan/%d" % (top, i))
		    os.link(down, "%s/scan/%d/down" % (top, i))
		for i in range(66000, 100000):
		    os.symlink("nowhere", "%s/scan/%d" % (top, i))
	END
	mkdir "$D/scan"
	enable good
	tree_start prlimit --nofile=1024 "$SVCD" -r "$D/run" "$D/scan" "$MANY/scan"
	AWAIT=120 await has_line "$D/said" 'more not taken up: the table is full'
	await has_line "$D/said" 'not taken up: the table is full at 65536 records'
	[ "$(wc -l <"$D/said")" -lt 100 ]
	[ "$(SVC list | wc -l)" -gt 65000 ]
	healthy
}

# bombing NAME LINE...: it forks without end, within the limits of its user.
bombing() {
	local name=$1
	shift
	cat >"$D/bomb" <<-END
		#!/bin/sh
		: >>$D/bombs
		while :; do "\$0" & done 2>/dev/null
	END
	chmod 755 "$D/bomb"
	: >"$D/bombs"
	chmod 666 "$D/bombs"
	mkdir "$D/sv/$name"
	printf '%s\n' "run = $D/bomb" 'user = 54321:54321' 'limit-nproc = 40' \
		'kill = all' 'stop = TERM 1s KILL' "$@" >"$D/sv/$name/service"
	enable "$name"
}
bombs() { ps -o pid= -u 54321; }
has_bombs() { [ "$(bombs | wc -l)" -ge 30 ]; }
no_bombs() { [ -z "$(bombs)" ]; }

@test "one that forks without end: others are heard, and its stop ends all of it" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	chmod 711 "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR" || :
	sleeper good
	enable good
	bombing bomb
	tree_start
	await has_bombs
	SVC restart good
	SVC down bomb
	await no_bombs
	healthy
}

@test "one that dies every millisecond: others are heard, and it stops when told" {
	sleeper good
	enable good
	mkdir "$D/sv/quick"
	printf '%s\n' 'run = /bin/true' 'restart = always 1ms..1ms' >"$D/sv/quick/service"
	enable quick
	tree_start
	restarted() { SVC status -j quick | grep -qE '"restarts": ?[1-9][0-9]'; }
	await restarted
	SVC restart good
	for _ in $(seq 8); do
		SVC down quick
		[ "$(SVC list --state down)" = quick ]
		SVC up -n quick
	done
	SVC down quick
	healthy
}
