# What a process is born with: every setting of it, by what the process itself
# finds, on a real kernel; and what cannot be had, by step and number.
bats_require_minimum_version 1.5.0
load svcd

setup() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	tree_setup
	mkdir -m 777 "$D/open"
	ROWS=()
}
teardown() { [ -z "${D-}" ] || tree_end; }

svc() { TRIVET_RUN=$D/run timeout 60 "$TOP/build/bin/svc" "$@"; }

# row NAME EXPECTED COMMAND [SETTING…]: a oneshot that says what it finds.
row() {
	local name=$1 want=$2 command=$3
	shift 3
	ROWS+=("$name")
	printf '%s\n' "$want" >"$D/want.$name"
	{
		echo 'type = oneshot'
		echo "stdout = file $D/open/$name"
		printf 'up = sh -c '"'%s'"'\n' "$command; echo end"
		[ $# = 0 ] || printf '%s\n' "$@"
	} >"$D/scan/$name"
}

# The tree in mounts of its own, so that /run and /var are nobody else's.
apart() {
	cat >"$D/apart" <<-END
		for dir in /run /var/lib /var/cache /var/log; do
			mount -t tmpfs none \$dir
		done
		touch /run/file /var/lib/file /var/cache/file /var/log/file
		exec "\$@"
	END
	tree_start unshare --mount --propagation private \
		sh "$D/apart" "$SVCD" -r "$D/run" "$D/scan"
}

# All rows as they should be; says which are not.
rows_hold() {
	local name bad=0
	apart
	for name in "${ROWS[@]}"; do
		AWAIT=30 await has_line "$D/open/$name" '^end$' || bad=1
		sed '$d' "$D/open/$name" >"$D/got.$name"
		diff -u "$D/want.$name" "$D/got.$name" || {
			echo "$name: not as wanted"
			bad=1
		}
	done
	[ $bad = 0 ] || {
		cat "$D/said"
		return 1
	}
}

status='sed -n "s/^%s:[[:space:]]*//p" /proc/self/status'
of_status() { printf "$status" "$1"; }

@test "user and groups, by name and by number, and who it is told to be" {
	row name 'nobody nogroup nogroup' 'echo $(id -un) $(id -gn) $(id -Gn)' 'user = nobody'
	row group 'nobody daemon daemon' 'echo $(id -un) $(id -gn) $(id -Gn)' 'user = nobody:daemon'
	row number '4711 4712 4712' 'echo $(id -u) $(id -g) $(id -G)' 'user = 4711:4712'
	row further '65534 65534 1 4713' 'echo $(id -u) $(id -G)' 'user = nobody' 'groups = daemon 4713'
	row alone '0 0 1 2' 'echo $(id -u) $(id -G)' 'groups = daemon 2'
	row self 'nobody nobody /nonexistent /usr/sbin/nologin' \
		'echo $USER $LOGNAME $HOME $SHELL' 'user = nobody'
	row stranger '4711 4711 / /bin/sh' 'echo $USER $LOGNAME $HOME $SHELL' 'user = 4711'
	row said 'me /there' 'echo $USER $HOME' 'user = nobody' 'env = USER=me HOME=/there'
	rows_hold
}

@test "dir, root, umask and variables" {
	mkdir -p "$D/vars" "$D/root/bin"
	printf 'first \nsecond\n' >"$D/vars/ONE"
	printf 'a\0b' >"$D/vars/TWO"
	: >"$D/vars/GONE"
	cat >"$D/file" <<'END'
# a comment
A=one two 
export B='it is
two lines'
C="a \"b\"	\$c"
D = "x"'y'z
END
	cp "$(command -v busybox)" "$D/root/bin/sh"
	row dir "/usr /usr" 'echo $(pwd -P) $PWD' 'dir = /usr'
	row root 'bin / /' 'echo $(echo *) $(pwd) $PWD' "root = $D/root"
	row umask '0027' 'umask' 'umask = 027'
	row usual '0022' 'umask'
	row env 'a b c' 'echo $X $Y' 'env = "X=a b"' 'env = Y=c'
	row file 'one two|it is
two lines|a "b"	$c|xyz' 'echo "$A|$B|$C|$D"' "env-file = $D/file" "env-file = -$D/missing"
	row vars 'first|a
b|unset' 'echo "$ONE|$TWO|${GONE-unset}"' "env-dir = $D/vars" 'env = GONE=here'
	row late 'file' 'echo $A' 'env = A=env' "env-file = $D/late"
	echo A=file >"$D/late"
	rows_hold
}

@test "priority, scheduling, processors, memory" {
	row nice 7 'nice' 'nice = 7'
	row idle idle 'ionice' 'ionice = idle'
	row best 'best-effort: prio 6' 'ionice' 'ionice = best-effort 6'
	row batch SCHED_BATCH 'chrt -p $$ | sed -n "s/.*policy: //p"' 'scheduler = batch'
	row cpus 0 "$(of_status Cpus_allowed_list)" 'cpus = 0'
	row oom 500 'cat /proc/self/oom_score_adj' 'oom-score-adj = 500'
	rows_hold
}

@test "every limit, soft and hard" {
	local name=() what=() value=() n
	limit() {
		name+=("$1")
		value+=("$2")
		what+=("$3")
	}
	limit as 1G:2G 'Max address space'
	limit core 0:1M 'Max core file size'
	limit cpu 100:200 'Max cpu time'
	limit data 100M:200M 'Max data size'
	limit fsize 10M:20M 'Max file size'
	limit locks 11:12 'Max file locks'
	limit memlock 16K:32K 'Max locked memory'
	limit msgqueue 1K:2K 'Max msgqueue size'
	limit nice 20:30 'Max nice priority'
	limit nofile 77:88 'Max open files'
	limit nproc 1000:2000 'Max processes'
	limit rss 1M:2M 'Max resident set'
	limit rtprio 1:2 'Max realtime priority'
	limit rttime 1000:2000 'Max realtime timeout'
	limit sigpending 50:60 'Max pending signals'
	limit stack 4M:8M 'Max stack size'
	bytes() { numfmt --from=iec "$1"; }
	may() { prlimit --help | grep -q -- "--$1" && [ "$(prlimit -rn "--$1" -o HARD)" = unlimited ] || [ "$(prlimit -rn "--$1" -o HARD)" -ge "$2" ]; }
	for n in "${!name[@]}"; do
		local soft hard
		soft=$(bytes "${value[n]%:*}")
		hard=$(bytes "${value[n]#*:}")
		# Raising one takes a right that this machine may not give.
		may "${name[n]}" "$hard" || continue
		row "${name[n]}" "$soft $hard" \
			"sed -n \"s/^${what[n]} *\\([0-9]*\\) *\\([0-9]*\\).*/\\1 \\2/p\" /proc/self/limits" \
			"limit-${name[n]} = ${value[n]}"
	done
	row one '66 66' 'sed -n "s/^Max open files *\([0-9]*\) *\([0-9]*\).*/\1 \2/p" /proc/self/limits' 'limit-nofile = 66'
	rows_hold
}

@test "oom-score-adj is that of one service, not of svcd and those after it" {
	cat >"$D/scan/a" <<-END
		run = sh -c 'echo \$\$ \$WATCHDOG_PID \$(cat /proc/self/oom_score_adj) >$D/a.told; exec sleep 1000'
		oom-score-adj = 700
		notify-access = main
		watchdog = 1h
	END
	echo 'run = sleep 1000' >"$D/scan/b"
	tree_start
	await has_line "$D/a.told" 700
	svc wait -t 30s up a b
	svc restart b
	read -r pid told _ <"$D/a.told"
	[ "$pid" = "$told" ]
	[ "$(cat "/proc/$(svcd_pid)/oom_score_adj")" = "$(cat /proc/$$/oom_score_adj)" ]
	[ "$(cat "/proc/$(svc status -j b | grep -o '"pid":[0-9]*' | head -n 1 | cut -d: -f2)/oom_score_adj")" = "$(cat /proc/$$/oom_score_adj)" ]
}

@test "standard input, output and error" {
	echo content >"$D/in"
	echo before >"$D/open/more"
	row null /dev/null 'readlink /proc/self/fd/0'
	row in content 'cat' "stdin = file $D/in"
	row both 'to err' 'echo to err >&2' 'stderr = stdout'
	row quiet /dev/null 'readlink /proc/self/fd/2' 'stderr = null'
	cat >"$D/scan/more" <<END
type = oneshot
up = echo after
stdout = append $D/open/more
END
	rows_hold
	await has_line "$D/open/more" after
	[ "$(tr '\n' ' ' <"$D/open/more")" = 'before after ' ]
}

@test "a terminal of its own controls its session" {
	python3 - "$D/tty" 3>&- <<'END' &
import os, sys
master, slave = os.openpty()
with open(sys.argv[1] + ".new", "w") as f:
    print(os.ttyname(slave), file=f)
os.rename(sys.argv[1] + ".new", sys.argv[1])
try:
    while True:
        if not os.read(master, 4096):
            break
except OSError:
    pass
END
	holder=$!
	await test -e "$D/tty"
	tty=$(cat "$D/tty")
	row tty "$tty $tty $tty
controls" 'echo $(for fd in 0 2; do readlink /proc/$$/fd/$fd; done) $(tty); : </dev/tty && echo controls' "tty = $tty"
	rows_hold
	kill "$holder"
	wait "$holder" 2>/dev/null || :
}

@test "directories are made, owned, named, and those of /run go with it" {
	row all "65534:65534 /run/a
65534:65534 /run/b/c
65534:65534 /var/lib/a
65534:65534 /var/cache/a
65534:65534 /var/log/a" \
		'IFS=:; stat -c "%u:%g %n" $RUNTIME_DIRECTORY $STATE_DIRECTORY $CACHE_DIRECTORY $LOGS_DIRECTORY' \
		'user = nobody' 'runtime-dir = a b/c' 'state-dir = a' 'cache-dir = a' 'log-dir = a'
	rows_hold
	within() { nsenter -t "$KEEPER" --mount "$@"; }
	within test -d /run/a
	within touch /run/a/file /var/lib/a/file
	svc down all
	within test ! -e /run/a
	within test ! -e /run/b/c
	within test -e /var/lib/a/file
}

@test "a link in a directory of the service's own user is not followed" {
	cat >"$D/scan/a" <<END
run = sleep 1000
user = nobody
state-dir = a a/b
restart = never
END
	apart
	AWAIT=30 await svc up a
	within() { nsenter -t "$KEEPER" --mount "$@"; }
	within rmdir /var/lib/a/b
	within ln -s /var/cache /var/lib/a/b
	run svc restart a
	[ "$status" = 1 ]
	[ "$(within stat -c %u /var/cache)" = 0 ]
	grep -q 'cannot make state-dir' "$D/said"
}

@test "rights: capabilities, no-new-privs" {
	row nnp 1 "$(of_status NoNewPrivs)" 'no-new-privs = yes'
	row bound 0000000000000401 "$(of_status CapBnd)" 'caps = chown net_bind_service'
	row within 0000000000000401 "$(of_status CapEff)" 'caps = chown net_bind_service'
	row none 0000000000000000 "$(of_status CapEff)" 'caps = none'
	row ambient '0000000000000400 65534' "echo \$($(of_status CapEff)) \$(id -u)" \
		'user = nobody' 'caps-ambient = net_bind_service'
	rows_hold
}

@test "namespaces: what it sees and where it can write" {
	mkdir "$D/read" "$D/hidden" "$D/write"
	echo content | tee "$D/read/file" "$D/hidden/file" >"$D/secret"
	row tmp '0 drwxrwxrwt 0' 'echo $(ls /tmp | wc -l) $(stat -c %A /tmp) $(ls /var/tmp | wc -l)' 'private-tmp = yes'
	row net lo 'sed -n "s/^ *\(.*\):.*/\1/p" /proc/self/net/dev' 'private-net = yes'
	row up 'pong' 'busybox nc -l -p 7 -e echo pong & for n in 1 2 3 4 5 6 7 8 9; do busybox nc 127.0.0.1 7 2>/dev/null && break; sleep 0.1; done' 'private-net = yes'
	row read "content
cannot" "cat $D/read/file; touch $D/read/new 2>/dev/null || echo cannot" "read-only = $D/read"
	row all cannot "touch $D/write/all 2>/dev/null || echo cannot" "read-only = /"
	row hide "0
cannot" "ls -A $D/hidden | wc -l; cat $D/secret; touch $D/hidden/new 2>/dev/null || echo cannot" "hide = $D/hidden $D/secret"
	rows_hold
	# Nobody else sees any of it.
	[ -e "$D/hidden/file" ]
	[ "$(cat "$D/secret")" = content ]
}

# fails NAME CODE TEXT SETTING…: how it does, and with which number.
fails() {
	local name=$1
	ROWS+=("$name|$2|$3")
	shift 3
	{
		echo 'restart = never'
		case " $*" in *' run ='*) ;; *) echo "run = touch $D/open/$name" ;; esac
		printf '%s\n' "$@"
	} >"$D/scan/$name"
}

# Each row failed at its step: said, shown by status, explained, and not run.
all_told() {
	local row name code text bad=0
	for row in "${ROWS[@]}"; do
		IFS='|' read -r name code text <<<"$row"
		AWAIT=30 await has_line "$D/said" "svcd: warning: $name: $text" || bad=1
		has_code() { svc status -j "$name" | grep -q "\"code\":$code,"; }
		await has_code || {
			svc status -j "$name"
			bad=1
		}
		svc why "$name" | grep -q 'cannot' || {
			svc why "$name"
			bad=1
		}
	done
	[ $bad = 0 ]
	[ -z "$(ls "$D/open")" ]
}

@test "what cannot be done is told by step, reason and number" {
	fails user 217 'cannot set user: nobody-such: no such user' 'user = nobody-such'
	fails group 216 'cannot set group: nobody:group-such: no such group' 'user = nobody:group-such'
	fails groups 216 'cannot set groups: no such group' 'groups = group-such'
	fails root 210 'cannot change root to: /missing: no such file' 'root = /missing'
	fails dir 200 'cannot change directory to: /missing: no such file' 'dir = /missing'
	fails run 203 'cannot execute: /missing: no such file' 'run = /missing -a'
	fails words 203 'cannot split the command: invalid' 'run = echo ${MISSING_VARIABLE}'
	fails vars 255 'cannot read variables: no such file' 'env-file = /missing'
	fails limit 205 'cannot set limit: limit-nofile: operation not permitted' 'limit-nofile = 2000000000'
	fails stdin 208 'cannot open: /missing: no such file' 'stdin = file /missing'
	fails stdout 209 'cannot open: /missing/out: no such file' 'stdout = file /missing/out'
	fails stderr 222 'cannot open: /missing/out: no such file' 'stderr = file /missing/out'
	fails tty 208 'cannot take the terminal: /dev/null: not a terminal' 'tty = /dev/null'
	fails cpus 215 'cannot set cpus: invalid' 'cpus = 1000'
	fails runtime 233 'cannot make runtime-dir: ' 'runtime-dir = file'
	fails state 238 'cannot make state-dir: ' 'state-dir = file'
	fails cache 239 'cannot make cache-dir: ' 'cache-dir = file'
	fails logs 240 'cannot make log-dir: ' 'log-dir = file'
	fails readonly 226 'cannot make read-only: no such file' 'read-only = /missing'
	apart
	all_told
	svc why run | grep -q 'to mend it: mend its command, then svc up run'
	svc why state | grep -q 'to mend it: mend its settings, then svc up state'
}

@test "without the rights a setting is refused, not left out" {
	fails protect 226 'cannot make a namespace: operation not permitted' 'private-tmp = yes'
	fails nice 201 'cannot set nice: permission denied' 'nice = -5'
	fails ionice 211 'cannot set ionice: operation not permitted' 'ionice = realtime 3'
	fails fifo 214 'cannot set scheduler: operation not permitted' 'scheduler = fifo 10'
	fails oom 206 'cannot set oom-score-adj: permission denied' 'oom-score-adj = -500'
	fails user 217 'cannot set user: nobody: operation not permitted' 'user = nobody'
	fails number 217 'cannot set user: 4711:4711: operation not permitted' 'user = 4711:4711'
	fails caps 218 'cannot drop capabilities: operation not permitted' 'caps = CAP_KILL'
	fails root 210 'cannot change root to: /tmp: operation not permitted' 'root = /tmp'
	fails above 205 'cannot set limit: limit-nofile: operation not permitted' 'limit-nofile = 1000000000'
	local none=-sys_admin,-sys_nice,-sys_resource,-setuid,-setpcap,-sys_chroot
	tree_start setpriv --bounding-set "$none" --inh-caps "$none" \
		"$SVCD" -r "$D/run" "$D/scan"
	all_told
}

@test "a loopback that may not be raised, a socket that cannot be made" {
	fails net 225 'cannot raise the loopback: operation not permitted' 'private-net = yes'
	fails socket 202 'cannot listen: ' 'listen = unix /missing/socket'
	tree_start setpriv --bounding-set -net_admin --inh-caps -net_admin \
		"$SVCD" -r "$D/run" "$D/scan"
	all_told
}

@test "a session and no-new-privs that the kernel refuses" {
	fails session 220 'cannot make a session: operation not permitted'
	tree_start python3 "$BATS_TEST_DIRNAME/refuse.py" setsid \
		"$SVCD" -r "$D/run" "$D/scan"
	all_told
	tree_end
	ROWS=()
	rm "$D/scan/session"
	fails nnp 227 'cannot set no-new-privs: operation not permitted' 'no-new-privs = yes'
	tree_start python3 "$BATS_TEST_DIRNAME/refuse.py" no-new-privs \
		"$SVCD" -r "$D/run" "$D/scan"
	all_told
}

@test "each run has a name of its own, which its finish knows" {
	cat >"$D/scan/a" <<EOF
run = sh -c 'echo "run \$INVOCATION_ID" >>$D/open/ids; exit 1'
finish = sh -c 'echo "finish \$INVOCATION_ID" >>$D/open/ids'
restart = on-failure 1ms, 1 in 1m
EOF
	sed s/ids/others/ "$D/scan/a" >"$D/scan/b"
	tree_start
	await count_is "$D/open/ids" '^finish [0-9a-f]\{32\}$' 2
	await count_is "$D/open/others" '^finish' 2
	[ "$(sed 's/.* //' "$D/open/ids" | uniq -c | awk '{print $1}' | xargs)" = '2 2' ]
	[ "$(sed 's/.* //' "$D/open/ids" "$D/open/others" | sort -u | wc -l)" = 4 ]
}
