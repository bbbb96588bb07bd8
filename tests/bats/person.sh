# Who looks after the services of 12-svcd-faults, in the world of one run: does
# things, again where svcd could not, and sees what came of them. Whatever
# happens, it ends the machine.
until_true() {
	until "$@" 2>/dev/null; do
		svc rescan
		sleep 0.05
	done
}
runs() { [ "$(wc -l <"scan/$1/runs")" = "$2" ]; }

until_true [ -s scan/witness/runs ]
until_true runs dies 3
until_true [ -s scan/logged/runs ]
until_true runs second 1
ln -s ../later/later scan/later
until_true [ -s scan/later/runs ]
until_true svc restart talks
until_true runs talks 2
until_true svc status
runs witness 1 && runs later 1 && runs dies 3 && : >"$GOOD"
svc poweroff || kill -38 1
