# Commands as services of the moment.

load tree

@test "run: named, supervised, in the caller's place and environment" {
	inside <<'END'
tree
mkdir "it's here" && cd "it's here"
says 'job: up (pid *)' env COLOUR="a 'b' \$c" svc run -n job sleep 1000
says "*it's here" readlink "/proc/$(field job pid)/cwd"
tr '\0' '\n' <"/proc/$(field job pid)/environ" | grep -qxF "COLOUR=a 'b' \$c"
says 'job: down' svc down job
END
}

@test "run: a made-up name, words kept apart" {
	inside <<'END'
tree
says 'sleep-1: up (pid *)' svc run sleep 1000
says 'sleep-2: up (pid *)' svc run sleep 1000
svc run -q -n w sh -c 'printf "<%s>" "$@" >out; sleep 1000' sh 'a  b' '' '*' '$x'
until_true test -s out
says '<a  b><><\*><$x>' cat out
END
}

@test "run -w: its exit code is ours, and it is forgotten" {
	inside <<'END'
tree
answers 7 '*, exit 7*' svc run -w -n job sh -c 'exit 7'
answers 143 '*' svc run -w -n job sh -c 'kill -TERM $$'
svc run -wq true
says '' svc list
END
}

@test "run -r: started again; it outlives the session and svcd" {
	inside <<'END'
tree
setsid -w svc run -r -n job sleep 1000
pid=$(field job pid)
kill -KILL "$(svcd_pid)"
until_true svc list
[ "$pid" = "$(field job pid)" ]
svc kill KILL job
is_new() { now=$(field job pid); [ "${now:-0}" != 0 ] && [ "$now" != "$pid" ]; }
until_true is_new
svc run -f job
[ ! -d "/proc/$pid" ]
says '' svc list
END
}

@test "run: settings, a name in use, mistakes" {
	inside <<'END'
service a
tree
svc wait -t 20s ready
svc run -q -n job -s 'nice = 7' sleep 1000
says '*7' ps -o ni= -p "$(field job pid)"
answers 1 '*there is a service called job' svc run -n job sleep 1
answers 1 '*there is a service called a' svc run -n a sleep 1
answers 100 '*a is none of ours*' svc run -f a
answers 100 '*which command?*' svc run
answers 100 '*which service?*' svc run -f
answers 100 'svc run: not a name: b/c*usage:*' svc run -f job b/c
answers 100 'svc run: not a name: b/c*usage:*' svc run -n b/c true
svc down -q job
svc run -q -n job sleep 1000
says up field job state
END
}

@test "run: what no setting can hold, or is wrong in one, is refused" {
	inside <<'END'
tree
answers 100 '*bad: unknown setting*' svc run -n job -s 'bad = 1' sleep 1000
answers 100 '*bad: unknown setting*' svc run -wn job -s 'bad = 1' true
answers 1 '*two lines*' svc run -n job sh -c $'sleep 1\nsleep 2'
mkdir 'a #b' 'c\' && cd 'a #b'
answers 1 '*a name that no setting can hold' svc run -n job true
cd '../c\'
answers 1 '*a name that no setting can hold' svc run -n job true
says '*/tmp*' svc run -wn job -s 'dir = /tmp' pwd
says '' svc list
END
}

@test "run: a % in the environment or the directory's name is a %" {
	inside <<'END'
tree
mkdir %i%%
cd %i%%
export DATE=%i%%
svc run -wqn job sh -c 'echo "$DATE" >out'
says %i%% cat out
END
}

@test "run: -s restart goes before its own" {
	inside <<'END'
tree
svc run -qn job -s 'restart = always 1s' sleep 1000
pid=$(field job pid)
svc kill KILL job
is_new() { now=$(field job pid); [ "${now:-0}" != 0 ] && [ "$now" != "$pid" ]; }
until_true is_new
END
}
