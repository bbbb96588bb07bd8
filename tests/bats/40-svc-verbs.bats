# What svc does to services, and what it says came of it.

load tree

@test "up waits until ready and names the process" {
	inside <<'END'
service a
tree
svc down -q a
says 'a: up (pid *)' svc up a
[ -d "/proc/$(field a pid)" ]
says 'a: up (pid *)' svc start a
END
}

@test "up of what dies says how, and answers no" {
	inside <<'END'
service bad 'exit 3'
tree
answers 1 'bad: backoff: exit 3; next try in *' patient svc up bad
END
}

@test "down waits until nothing runs" {
	inside <<'END'
service a
tree
svc wait ready a
pid=$(field a pid)
says 'a: down' svc down a
[ ! -d "/proc/$pid" ]
says 'a: down' svc stop a
END
}

@test "down --force is KILL alone" {
	inside <<'END'
service a
service bad 'exit 3'
tree
svc wait -t 20s up a
svc down -qf a bad
[ "$(field a last_exit)" = 'killed by SIGKILL' ]
[ "$(field a wanted) $(field bad wanted)" = 'false false' ]
END
}

@test "restart is a new process, also within the first second" {
	inside <<'END'
service a
tree
svc wait ready a
old=$(field a pid)
says 'a: up (pid *)' svc restart a
mid=$(field a pid)
says 'a: up (pid *)' svc restart a
[ "$old" != "$mid" ] && [ "$mid" != "$(field a pid)" ]
END
}

@test "restart starts what is down, --if-up does not" {
	inside <<'END'
service a
tree
svc down -q a
svc restart --if-up a || :
says down field a state
says 'a: up (pid *)' svc restart a
END
}

@test "once is not restarted" {
	inside <<'END'
service a 'read -r x <go; exit 0'
mkfifo sv/a/go
tree
svc down -q a
says 'a: up (pid *)' svc once a
echo >sv/a/go
svc wait -t 10s down a
says 'a:*exit 0*' sh -c 'svc status a | tr "\n" " "'
END
}

@test "once answers well for a run that has ended well, and 1 for another" {
	inside <<'END'
service good 'exit 0'
service bad 'exit 3'
service listed 'exit 3'
printf 'success-codes = 3\n' >sv/listed/service
for name in good bad listed; do
	echo >sv/$name/down
	printf '#!/bin/sh\nexit 5\n' >sv/$name/finish
	chmod +x sv/$name/finish
done
tree
says 'good: down: exit 0' svc once good
answers 1 'bad: down: exit 3' svc once bad
says 'listed: down: exit 3' svc once listed
END
}

@test "a start that was asked for is none of its own restarts" {
	inside <<'END'
service a 'test -e go || exit 3; exec sleep 1000'
printf 'restart = always 10m\n' >sv/a/service
tree
until_true sh -c 'test "$(svc list -s backoff)" = a'
touch sv/a/go
says 'a: up (pid *)' svc up a
says 0 field a restarts
kill -KILL "$(field a pid)"
until_true sh -c 'test "$(svc list -s backoff)" = a'
says 'a: up (pid *)' svc restart a
says 0 field a restarts
END
}

@test "kill sends a signal to the main process" {
	inside <<'END'
service a 'trap "echo >got" USR1; while :; do sleep 0.1; done'
tree
svc wait ready a
until_true grep -q . "/proc/$(field a pid)/status"
until_true sh -c '! grep -q "^SigCgt:.*00$" "/proc/$1/status"' - "$(field a pid)"
says 'a: sent' svc kill USR1 a
until_true test -e sv/a/got
answers 100 '*not a signal: FOO*' svc kill FOO a
END
}

@test "reload of what does not take the signal says that it ended" {
	inside <<'END'
service a
service deaf 'trap "" HUP; exec sleep 1000'
settings one 'type = oneshot' 'up = true' 'reload = true'
tree
svc wait -q ready
ends() { svc wait -q ready a && answers 1 "$1" svc reload "${@:2}" a; }
until_true ends 'a: backoff: killed by SIGHUP instead of reloading; set reload or reload-signal'
until_true ends '*"ok":false*"why":"killed by SIGHUP instead of*' -j
printf '#!/bin/sh\nexit 5\n' >sv/a/finish
chmod +x sv/a/finish
until_true ends 'a: backoff: killed by SIGHUP instead of reloading; set reload or reload-signal'
says 'deaf: up (pid *)' svc reload deaf
says 'one: done' svc reload one
END
}

@test "pause freezes, cont lets go on" {
	inside <<'END'
service a
tree
svc wait ready a
says 'a: paused (pid *)' svc pause a
says 'T*' sed -n 's/^State:\t//p' "/proc/$(field a pid)/status"
says 'a: up (pid *)' svc cont a
says 'S*' sed -n 's/^State:\t//p' "/proc/$(field a pid)/status"
answers 1 'b: not running' sh -c 'mkdir sv/b; echo >sv/b/down; \
	printf "#!/bin/sh\n" >sv/b/run; chmod +x sv/b/run; \
	svc enable -q -d sv b; svc pause b'
END
}

@test "several names and patterns are aligned, one line each" {
	inside <<'END'
service web-1
service web-two
service db
tree
says 'web-1:   up (pid *)
web-two: up (pid *)' svc up 'web-*'
says 'db:    down
web-1: down' svc down web-1 db
END
}

@test "a pattern means no loggers unless it has a slash" {
	inside <<'END'
service a
mkdir -p sv/a/log
printf '#!/bin/sh\nexec cat >/dev/null\n' >sv/a/log/run
chmod +x sv/a/log/run
tree
says 'a: up (pid *)' svc up '*'
says 'a/log: up (pid *)' svc up '*/log'
END
}

@test "a service may be named by its directory" {
	inside <<'END'
service a
tree
says 'a: up (pid *)' svc up "$PWD/sv/a"
says 'a: up (pid *)' svc up ./scan/a
END
}

@test "-n does not wait, -q is silent, -j is JSON" {
	inside <<'END'
service a 'trap "" TERM; while :; do sleep 1; done'
tree
svc wait ready a
says 'a: asked' svc restart -n a
svc kill KILL a
svc wait -t 10s ready a
says '' svc up -q a
says '\[?{"name":"a","ok":true,"pending":false,"state":"up","pid":*}?\]' \
	svc up -j a
END
}

@test "a wish that takes too long says what it is still doing" {
	inside <<'END'
service a 'trap "" TERM; echo >begun; exec sleep 1000'
tree
until_true test -e sv/a/begun
answers 1 'a: after 200 ms still stopping (pid *)*' svc down -t 200ms a
svc kill KILL a
END
}

@test "a start that somebody else has put down since is answered with no" {
	inside <<'END'
service a 'trap "while ! [ -e go ]; do sleep 0.05; done; exit" TERM
while :; do sleep 0.05; done'
tree
svc wait -t 20s ready a
svc down -n a
{ timeout 15 svc up a >up.out || echo $? >up.code; } &
is_wanted() { [ "$(field a wanted)" = true ]; }
until_true is_wanted
svc down -n a
touch sv/a/go
until_true test -s up.code
says 1 cat up.code
says 'a: down' cat up.out
END
}

@test "what waits says so once, whoever asks" {
	inside <<'END'
settings slow 'run = sleep 1000' 'ready = notify'
settings w 'run = sleep 1000' 'needs = slow'
tree
until_true sh -c 'svc status -t w | grep "waiting for slow"'
answers 1 'w: after 1 s still waiting for slow' svc up -t 1s w
answers 1 'w: not ready but waiting for slow' svc wait -t 0 ready w
answers 1 'w: waiting for slow' svc health w
answers 1 'w: enabled, waiting for slow' svc enable -d sv -t 50ms w
says 'w is waiting for slow
  because slow is starting: not ready yet
*' svc why w
END
}

@test "an unknown service names the nearest" {
	inside <<'END'
service nginx
tree
for verb in up down restart reload once 'kill HUP' pause cont status why list log \
	'wait up' health 'top -n 1' plot; do
	answers 100 'svc: no such service: ngnix (did you mean nginx?)' \
		svc $verb ngnix
done
for verb in graph check; do
	answers 100 "svc $verb: no such service: ngnix (did you mean nginx?)*" \
		svc $verb ngnix
done
for verb in enable disable; do
	answers 100 '*ngnix*did you mean nginx?' svc $verb -d sv ngnix
done
answers 1 'svc: no service matches x\*' svc up 'x*'
answers 100 '*which service?*' svc up
END
}

@test "a name that cannot be shown raw comes out harmless" {
	inside <<'END'
service a
tree
answers 100 'svc: no such service: \\x1bc\\xff' svc up "$(printf '\033c\377')"
END
}

@test "nothing is said into the socket of svcd, and what is lost is no answer" {
	inside <<'END'
service a
tree
svc wait -q ready a
svc events >&- &
until_true sh -c "ls -l /proc/$!/fd | grep socket"
[ "$(readlink /proc/$!/fd/1)" = /dev/null ]
kill $!
answers 111 'svc: cannot write to standard output' sh -c 'svc list >/dev/full'
answers 0 '' sh -c 'svc up -q a >/dev/full'
END
}

@test "svcd killed in the middle: the wish is answered all the same" {
	inside <<'END'
service a 'trap "" TERM; echo >begun; exec sleep 1000'
tree
until_true test -e sv/a/begun
svc down a >out 2>&1 &
asker=$!
until_true sh -c 'svc status -t a | grep stopping'
kill -KILL "$(svcd_pid)"
until_true sh -c 'svc status -t a | grep stopping'
svc kill KILL a
wait $asker
says 'a: down' cat out
END
}

@test "svcd killed again and again: each wish gets its own answer" {
	inside <<'END'
service a
tree
svc wait ready a
for i in 1 2 3 4 5 6; do
	old=$(field a pid)
	svc restart a >out 2>&1 &
	asker=$!
	kill -KILL "$(svcd_pid)" || :
	wait $asker || cat out
	# One that was at the gate when svcd died may still be leaving.
	says 'a: up (pid *)*' cat out
	[ "$old" != "$(field a pid)" ]
done
END
}

@test "wait with a limit waits for svcd, too" {
	inside <<'END'
service a
TRIVET_RUN=$PWD/run svc wait -t 20s ready a >out 2>&1 &
asker=$!
tree
wait $asker
answers 0 '' cat out
END
}

@test "without a tree it is said what to do" {
	inside <<'END'
answers 111 'svc: cannot talk to svcd at /run/trivet/control: *
svc: no svcd runs there; *' svc up a
answers 111 'svc: cannot talk to svcd at /nowhere/control: *' svc -r /nowhere list
answers 111 'svc: cannot talk to svcd at /else/control: *' env TRIVET_RUN=/else svc list
answers 111 'svc: cannot talk to svcd at /run/trivet/control: *
svc: no svcd runs there; *' svc log
answers 100 'usage: svc *' svc -r
answers 100 'usage: svc *' svc -r /nowhere
answers 100 'usage: svc *' svc -r/nowhere
END
}

@test "the main command waits for all of so many that their names are no list" {
	inside <<'END'
long=$(printf '%0230d' 0)
mkdir scan
for n in $(seq 300); do
	mkdir "scan/$long$n"
	mkfifo "scan/$long$n/go"
	printf 'type = oneshot\nup = cat go\n' >"scan/$long$n/service"
done
run_main() { "$@" -- sh -c "exec sleep 1000"; }
tree run_main
all_begun() { [ "$(svc status -j '0*' | grep -o '"pid":[1-9]' | wc -l)" = 300 ]; }
others_done() { [ "$(svc list -s done | wc -l)" = 299 ]; }
until_true all_begun
# The last to be born is the last in every list of them.
last=$(svc status -j '0*' |
	sed -n 's/.*"name":"\([0-9]*\)".*"pid":\([0-9]*\),.*/\2 \1/p' |
	sort -n | tail -n 1)
last=${last#* }
for n in $(seq 300); do
	[ "$long$n" = "$last" ] || : >"scan/$long$n/go"
done
until_true others_done
says waiting field main state
says "*waiting for $last*" svc why main
: >"scan/$last/go"
svc wait -t 30s up main
END
}

@test "the five minutes of the README go as they say" {
	inside <<'END'
export HOME=$PWD
sed -n '/^## Five minutes/,/^In a container/p' "$TOP/README.md" |
	sed -n '/^```sh/,/^```/{/^```/!p}' | sed '
1i . "$LIB"; seen() { until_true sh -c "svc $1 >told; grep -z \"$2\" told"; cat told; }
/^make$/d
/^PATH=/d
/^svcd /a until_true svc list
s/^svc status$/until_true svc wait -t 0 up clock; &/
s/^svc status clock/seen "status clock" "last lines"/
s/^svc why clock/seen "why clock" "next try.*no config"/' >typed
[ "$(grep -c svc typed)" -ge 10 ]
bash -m typed >said 2>&1
grep -A1 '^NAME   STATE' said | grep -q '^clock  up '
says '*
clock: up (pid *) for *
  output       the last lines:
*
clock: up (pid *
run: clock: (pid *
NAME   STATE *
clock  up *
clock is backoff: exit 78; next try in *
    no config
*  to mend it: mend what made it end, then svc up clock' cat said
until_true sh -c '! pgrep svcd'
END
}
