# softlimit(8) beside daemontools'.

bats_require_minimum_version 1.5.0
load peers
ORIGINALS=daemontools

setup() {
	sides
}

@test "wrong use is told, 100" {
	same_code 100 softlimit
	same_code 100 softlimit -q
	same_code 100 softlimit -m
	same_code 100 softlimit -o 5x true
	same_code 100 softlimit -o x true
}

@test "each letter limits one thing, softly" {
	same_code 0 softlimit -a 100000000 sh -c 'ulimit -v'
	same_code 0 softlimit -c 0 sh -c 'ulimit -c; ulimit -Hc'
	same_code 0 softlimit -d 10000000 sh -c 'ulimit -d'
	same_code 0 softlimit -f 1048576 sh -c 'ulimit -f'
	same_code 0 softlimit -l 65536 sh -c 'ulimit -l'
	same_code 0 softlimit -o 17 sh -c 'ulimit -n; ulimit -Hn'
	same_code 0 softlimit -p 5000 sh -c 'ulimit -p'
	same_code 0 softlimit -r 10485760 sh -c 'ulimit -m'
	same_code 0 softlimit -s 4194304 sh -c 'ulimit -s'
	same_code 0 softlimit -t 7 sh -c 'ulimit -t'
}

@test "-m limits data, stack, locked and all memory" {
	same_code 0 softlimit -m 100000000 sh -c \
		'ulimit -d; ulimit -s; ulimit -l; ulimit -v'
}

@test "= is the hard limit, and so is whatever is above it" {
	same_code 0 softlimit -o 20 softlimit -o = sh -c 'ulimit -Sn; ulimit -Hn'
	same_code 0 softlimit -o 99999999 sh -c 'ulimit -Sn; ulimit -Hn'
}

@test "the program's exit code is softlimit's" {
	same_code 5 softlimit -c 0 sh -c 'exit 5'
	same_code 111 softlimit -c 0 nosuch
}
