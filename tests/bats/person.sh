# Who looks after the services of 12-svcd-faults, in the world of one run: does
# things, again where svcd could not, and sees what came of them. Whatever
# happens, it ends the machine.
#
# $LOOK is what helps after an error that does not pass by itself; where it is
# for want of something (memory, descriptors, room) svcd tries again untold.
until_true() {
	until "$@" >/dev/null 2>&1; do
		$LOOK >/dev/null 2>&1
		sleep 0.05
	done
}
runs() { [ "$(wc -l <"scan/$1/runs")" = "$2" ]; }
# After an error that lasts it may have been made elsewhere.
place() { [ -p "scan/$1/supervise/ok" ] && echo "scan/$1" || echo "/run/trivet/files/$1"; }
# What other tools find: the lock, a reader of `ok`, and what `stat` says.
shows() {
	dir=$(place "$1")
	chpst -L "$dir/supervise/lock" true && return 1
	svok "$dir" && [ "$(cat "$dir/supervise/stat")" = "$2" ]
}
# That there is no log/ was the kernel's word, when it began.
writes() {
	grep -q 'a line' scan/logged/log/said && return
	[ -z "$LOOK" ] || svc restart logged
	return 1
}

until_true [ -s scan/witness/runs ]
until_true runs dies 3
until_true [ -s scan/logged/runs ]
until_true writes
until_true runs second 1
ln -s ../later/later scan/later
until_true [ -s scan/later/runs ]
until_true svc restart talks
# A svcd that dies meanwhile is asked again, and may have done it before.
restarted() { [ "$(wc -l <scan/talks/runs)" -ge 2 ]; }
until_true restarted
until_true svc status
for s in witness dies logged logged/log talks later; do
	until_true shows "$s" run
done
found() { svok "$(place second)"; }
until_true found
[ -n "$LOOK" ] || runs logged 1 || GOOD=/dev/null
runs witness 1 && runs later 1 && runs dies 3 && : >"$GOOD"
svc poweroff || kill -38 1
