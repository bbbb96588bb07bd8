# What a console shows of the services.

load tree

@test "progress: what comes up, what fails and why, and what stops" {
	inside <<'END'
settings good 'run = sleep 1000'
settings once 'type = oneshot' 'up = sleep 1.2' "down = sh -c 'echo undone >>$PWD/console; sleep 1.2'"
settings plain 'type = oneshot' 'up = true'
settings bad 'type = oneshot' 'up = sh -c "echo no such disk >&2; exit 3"'
settings progress "run = svc -r $PWD/run progress -o $PWD/console" 'stop = TERM 1m KILL'
: >console
tree
until_true grep -q '^\[ ok \] good  *0\.[0-9][0-9] s$' console
until_true grep -q '^\[ ok \] once  *[1-9][0-9]*\.[0-9][0-9] s$' console
until_true grep -q '^\[fail\] bad ' console
until_true grep -q '^       .*exit 3' console
until_true grep -q '^       no such disk$' console
answers 0 'progress: down*' svc down progress
svc up -q progress
until_true sh -c 'test "$(grep -c "ok . good " console)" = 2'
kill -TERM $KEEPER
wait $KEEPER || :
grep -q '^\[ ok \] good stopped ' console
grep -q '^\[ ok \] plain stopped ' console
answers 0 '*ok ] once stopped  *[1-9].?? s*' sed '1,/^undone$/d' console
END
}

@test "progress: what is waited for is named, and for how much longer" {
	inside <<'END'
settings slow 'autostart = no' 'type = oneshot' 'up = sleep 1000' 'timeout-up = 5m'
settings behind 'autostart = no' 'run = sleep 1000' 'needs = slow'
settings last 'autostart = no' 'run = sleep 1000' 'needs = behind'
: >console
tree
svc progress -q -o $PWD/console &
# Longer at rest than it takes to be reminded of something.
svc wait -q -t 6s up slow || :
svc up -q -n last
until_true grep -q '^       waiting for slow (starting for [0-9]* s, at most 2[0-9][0-9] s more)$' console
answers 1 '' grep 'for 0 s' console
# Not those who wait for it.
answers 1 '' grep -E 'waiting for (behind|last)' console
END
}

@test "progress: what waits for a moment only is not skipped" {
	inside <<'END'
settings bad 'type = oneshot' "up = sh -c 'until test -e $PWD/go; do sleep 0.05; done; exit 3'"
settings good 'run = sleep 1000'
settings held 'run = sleep 1000' 'needs = bad'
for i in $(seq 200); do
	settings next$i 'type = oneshot' 'up = true' 'after = held'
done
: >console
tree
svc progress -o $PWD/console &
until_true grep -q '^.*ok . good ' console
touch go
for i in $(seq 200); do echo next$i; done | xargs svc wait -q -t 1m up
until_true grep -q '^.skip. held: bad, which it needs, failed ' console
says 1 grep -c '^.skip. ' console
END
}

@test "progress: a login on the same console comes after it, and is not written over" {
	inside <<'END'
settings slow 'type = oneshot' "up = sh -c 'until test -e $PWD/go; do sleep 0.05; done'"
settings held 'run = sleep 1000' 'needs = slow'
settings good 'run = sleep 1000'
settings bad 'autostart = no' 'type = oneshot' 'up = false'
settings stuck 'run = sleep 1000' 'needs = nobody'
settings login "run = sh -c 'echo login >>$PWD/console; exec sleep 1000'" 'after = progress'
settings progress 'ready = notify' "run = svc -r $PWD/run progress -t 1h -o $PWD/console" 'stop = TERM 1m KILL'
: >console
tree
until_true grep -q '^.skip. stuck: ' console
answers 1 '*' grep login console
touch go
until_true grep -q '^login$' console
# All of it came before; what is done by hand later is nobody's else to read.
answers 0 '*ok ] slow *' sed '/^login$/,$d' console
answers 0 '*ok ] held *' sed '/^login$/,$d' console
svc restart -q good
svc up -q bad || :
until_true grep -q '^.fail. bad ' console
says 1 grep -c 'ok . good ' console
kill -TERM $KEEPER
wait $KEEPER || :
grep -q '^\[ ok \] good stopped ' console
END
}

@test "progress: Ctrl-C skips the step of a boot, and it is told so" {
	inside <<'END'
cat >step <<'STEP'
trap 'exit 0' INT
sleep 1000 &
wait
STEP
settings step 'type = oneshot' "up = sh $PWD/step"
settings good 'run = sleep 1000' 'needs = step'
settings progress 'ready = notify' "run = sh -c 'exec svc -r $PWD/run progress -o \$(cat $PWD/tty)'" 'stop = TERM 1m KILL'
# A terminal that is nobody's yet; what is written to keys is typed there.
mkfifo keys
cat >terminal <<'PYTHON'
import os, tty
master, slave = os.openpty()
with open("tty", "w") as f:
    f.write(os.ttyname(slave))
if os.fork() == 0:
    while True:
        with open("console", "ab") as f:
            f.write(os.read(master, 4096))
while True:
    with open("keys", "rb") as f:
        os.write(master, f.read())
PYTHON
python3 terminal &
until_true test -s tty
tree
until_true grep -q 'waiting for step .*Ctrl-C skips it' console
printf '\003' >keys
until_true grep -q '^.skip. step: interrupted ' console
until_true grep -q '^. ok . good ' console
answers 1 '*' grep 'ok . step ' console
kill -TERM $KEEPER
wait $KEEPER || :
END
}

@test "progress: who watches over a step's command ends with it" {
	inside <<'END'
cat >step <<'STEP'
stage=boot what=it
. "$TOP/stages/steps"
sleep() { exec /bin/sleep 1000; }
bounded 900 echo done
STEP
says done sh step
until_true sh -c '! pgrep -x sleep'
END
}
