# What a console shows of the services.

load tree

@test "progress: what comes up, what fails and why, and what stops" {
	inside <<'END'
settings good 'run = sleep 1000'
settings once 'type = oneshot' 'up = true'
settings bad 'type = oneshot' 'up = sh -c "echo no such disk >&2; exit 3"'
settings progress "run = svc -r $PWD/run progress -o $PWD/console" 'stop = TERM 1m KILL'
: >console
tree
until_true grep -q '^\[ ok \] good  *0\.[0-9][0-9] s$' console
until_true grep -q '^\[ ok \] once ' console
until_true grep -q '^\[fail\] bad ' console
until_true grep -q '^       .*exit 3' console
until_true grep -q '^       no such disk$' console
answers 0 'progress: down*' svc down progress
svc up -q progress
until_true sh -c 'test "$(grep -c "ok . good " console)" = 2'
kill -TERM $KEEPER
wait $KEEPER || :
grep -q '^\[ ok \] good stopped ' console
END
}

@test "progress: what is waited for is named, and for how much longer" {
	inside <<'END'
settings slow 'type = oneshot' 'up = sleep 1000' 'timeout-up = 5m'
settings after 'run = sleep 1000' 'needs = slow'
: >console
tree
svc progress -q -o $PWD/console &
until_true grep -q '^       waiting for slow (starting for [0-9]* s, at most 2[0-9][0-9] s more)$' console
until_true grep -q '^       waiting for after (waiting for ' console
END
}
