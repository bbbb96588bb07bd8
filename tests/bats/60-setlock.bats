# setlock(8) beside daemontools'.

bats_require_minimum_version 1.5.0
load peers
ORIGINALS=daemontools

setup() {
	sides
}

@test "wrong use is told, 100" {
	same_code 100 setlock
	same_code 100 setlock lock
	same_code 100 setlock -n lock
	same_code 100 setlock -q lock true
}

@test "the lock file is made, for its owner only, and never written" {
	same_code 0 setlock lock stat -c '%a %s' lock
}

@test "the program has the lock, and the lock goes with it" {
	same_code 111 setlock lock setlock -n lock echo twice
	same_code 0 setlock -n lock echo once
}

@test "-n gives up at once, -N and no option wait" {
	cd b
	mkfifo go
	ours setlock lock cat go 3>&- &
	until_true bash -c 'test -e lock && ! flock -n lock true'
	run -111 ours setlock -n lock true
	[ "$output" = "setlock: fatal: unable to lock lock: temporary failure" ]
	ours setlock lock touch plain 3>&- &
	local one=$! other
	ours setlock -n -N lock touch last 3>&- &
	other=$!
	[ ! -e plain ]
	[ ! -e last ]
	: >go
	ended $one
	ended $other
	[ -e plain ]
	[ -e last ]
}

@test "-x is silent and 0 where the lock is not to be had, -X tells, 111" {
	same_code 0 setlock -x nosuch/lock true
	same_code 111 setlock -xX nosuch/lock true
	same_code 0 setlock -nx lock setlock -nx lock echo twice
	same_code 111 setlock -x lock nosuch
}

@test "the program's exit code is setlock's" {
	same_code 5 setlock lock sh -c 'exit 5'
	same_code 111 setlock lock nosuch
}
