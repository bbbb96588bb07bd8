# When something runs out: what runs goes on, what cannot be done now is said
# and done later, and control of the others stays. Descriptors, floods and
# services that die at once are in 15-recover.
bats_require_minimum_version 1.5.0
load tree

setup() { [ "$(id -u)" = 0 ] || skip "needs root"; }

@test "a full file system: all is controlled, and told when there is room" {
	inside <<'END'
mkdir small
mount -t tmpfs -o size=256k,nr_inodes=200 none small
service a
service b
settings c 'run = sleep 1000' 'autostart = no'
mv sv small/ && ln -s small/sv sv
mkdir small/run && ln -s small/run run
tree
svc wait up a
svc wait up b
a=$(field a pid) b=$(field b pid)
n=0
while : 2>/dev/null >"small/fill$((n += 1))"; do :; done
cat /dev/zero >small/fill1 2>/dev/null || :
answers 1 '*' mkdir small/sub
says '*' svc restart b
says 'c: up*' svc up c
svcd=$(svcd_pid)
kill -9 "$svcd"
until_true svc list
[ "$(svcd_pid)" != "$svcd" ]
[ "$(field a pid)" = "$a" ]
[ "$(field b pid)" != "$b" ]
says 'c: down*' svc down c
says 'c: up*' svc up c
grep -q 'cannot write.*no space left' svcd.log
rm small/fill*
view_is() { [ "$(field "$1" pid)" = "$(cat "sv/$1/supervise/pid")" ]; }
for n in a b c; do
	until_true view_is $n
done
END
}

@test "no more processes: one that takes them all is ended, the rest comes" {
	inside <<'END'
mkdir /run/t && cd /run/t
cat >bomb.py <<'PY'
import os, time
while True:
    try:
        if os.fork() == 0:
            time.sleep(1000)
    except OSError:
        open('full', 'w').close()
        time.sleep(0.01)
PY
settings a 'run = sleep 1000'
settings b 'run = sleep 1000' 'autostart = no'
settings bomb "run = python3 $PWD/bomb.py" "dir = $PWD" 'autostart = no'
chown -R 61234 .
tree setpriv --reuid 61234 --regid 61234 --clear-groups prlimit --nproc=40
svc wait up a
a=$(field a pid)
svc up bomb
until_true test -e full
answers 1 'b: backoff: cannot clone: *; next try in *' svc up b
grep -q 'b: cannot start a process: resource' svcd.log
says 'bomb: down*' svc down bomb
says 'b: up*' svc up b
[ "$(field a pid)" = "$a" ]
[ "$(pgrep -c -f bomb.py)" = 0 ]
END
}
