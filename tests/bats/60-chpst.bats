# chpst(8): every option beside Debian's, and what runit 2.3 has on top.

bats_require_minimum_version 1.5.0
load peers
ORIGINALS=runit

setup() {
	sides
}

USAGE23=' [-vVP012] [-u user[:group]] [-U user[:group]] [-b argv0] [-e dir]'
USAGE23+=' [-/ root] [-C pwd] [-n nice] [-l|-L lock] [-m n] [-d n] [-o n]'
USAGE23+=' [-p n] [-f n] [-c n] [-t n] prog'

# runit 2.3 has one option more in its usage than Debian's 2.1.2.
usage_is() {
	run -100 --separate-stderr ours chpst "$@"
	[ "${stderr%$'\n'}" = "${before-}usage: chpst$USAGE23" ] || {
		echo "$stderr"
		return 1
	}
}

@test "without a program it prints its usage and exits 100" {
	usage_is
	usage_is -v
	usage_is --
}

@test "a wrong option is told before the usage" {
	before=$'chpst: illegal option -- q\n' usage_is -q true
	before=$'chpst: option requires an argument -- u\n' usage_is -u
}

@test "a number that is none is wrong use" {
	for o in m d o p f c r t n; do
		usage_is "-$o" 1x true
	done
	usage_is -n +-1 true
}

@test "-V prints one line of version, then the usage" {
	run -100 --separate-stderr ours chpst -V
	[[ ${stderr_lines[0]} == '$Id: '*' $' ]]
	[ "${stderr_lines[1]}" = "usage: chpst$USAGE23" ]
}

@test "the program's exit code is chpst's" {
	same_code 7 chpst sh -c 'exit 7'
	same_code 0 chpst true -x
	same_code 0 chpst -- true
}

@test "a program that cannot be run is told, 111" {
	both 'mkdir d; : >d/f; touch script; chmod 644 script'
	same_code 111 chpst nosuchprogram
	same_code 111 chpst ./nosuch
	same_code 111 chpst ./d
	same_code 111 chpst ./d/f/x
	same_code 111 chpst ./script
}

@test "-u: a user alone brings its primary group and no other" {
	same_code 0 chpst -u nobody id
	same_code 0 chpst -u daemon sh -c 'id -u; id -g; id -G'
}

@test "-u: groups after the user replace the primary one, in order" {
	same_code 0 chpst -u nobody:daemon id -G
	same_code 0 chpst -u nobody:bin:daemon:sys sh -c 'id -g; id -G'
}

@test "-u: after a colon all are numbers, the gid is wanted" {
	same_code 0 chpst -u :11:22:33:44 sh -c 'id -u; id -g; id -G'
	same_code 111 chpst -u :11 true
	same_code 111 chpst -u :x:1 true
	same_code 111 chpst -u :1:2x true
}

@test "-u: who is not in passwd and group is unknown, 111" {
	same_code 111 chpst -u nosuchuser true
	same_code 111 chpst -u nobody:nosuchgroup true
	same_code 111 chpst -u 65534 true
	same_code 111 chpst -u '' true
}

@test "-u: without the right to, it fails" {
	same_code 111 chpst -u nobody chpst -u daemon true
}

@test "-U sets UID and GID and stays who it is" {
	same_code 0 chpst -U nobody sh -c 'echo $UID $GID; id -u'
	same_code 0 chpst -U nobody:bin sh -c 'echo $UID $GID'
	same_code 0 chpst -U :5:6:7 sh -c 'echo $UID $GID'
	same_code 111 chpst -U nosuchuser true
}

@test "-b gives the program another name" {
	same_code 0 chpst -b other sh -c 'tr "\0" "\n" </proc/$$/cmdline'
	same_code 111 chpst -b other nosuchprogram
}

@test "-e: first lines become values, blanks at their end do not" {
	both 'mkdir env; cd env; printf "v \t\nsecond\n" >A; printf "a\0b" >B
		printf "\n" >EMPTY; : >HOME; printf "no newline" >C'
	same_code 0 chpst -e env env -u _ sh -c \
		'echo "$A|$B|$C|${EMPTY-unset}|${HOME-unset}"'
}

@test "-e: hidden names and directories are passed over, dead links are empty" {
	both 'mkdir -p env/dir; echo x >env/.H; echo y >env/Y
		ln -s nowhere env/HOME'
	same_code 0 chpst -e env sh -c 'echo "${H-unset} $Y ${HOME-unset}"'
	same_code 0 chpst -v -e env sh -c 'echo $Y'
}

@test "-e: a value may be long" {
	both 'mkdir env; head -c 100000 /dev/zero | tr "\0" x >env/LONG'
	same_code 0 chpst -e env sh -c 'echo ${#LONG}'
}

@test "-e: a directory that cannot be read is told, 111" {
	both 'touch file; mkdir env; ln -s A env/A'
	same_code 111 chpst -e nosuch true
	same_code 111 chpst -e file true
	same_code 111 chpst -e env true
}

@test "the program is looked for along the PATH of before -e" {
	both 'mkdir env; echo /nowhere >env/PATH'
	same_code 0 chpst -e env echo found
}

@test "-/ changes the root, then everything is inside" {
	both 'mkdir -p root/bin root/proc; cp /bin/busybox root/bin/sh'
	same_code 0 chpst -/ root sh -c 'echo /*'
	same_code 111 chpst -/ nosuch true
	same_code 111 chpst -/ root -u nobody sh -c :
}

@test "-C changes the working directory, inside the new root" {
	mkdir -p b/root/in/bin b/d
	cp /bin/busybox b/root/in/bin/sh
	cd b
	run -0 ours chpst -C d pwd
	[ "$output" = "$PWD/d" ]
	cd root
	PATH=/in/bin run -0 "$OURS/chpst" -/ . -C in sh -c pwd
	[ "$output" = /in ]
	run -111 ours chpst -C nosuch true
	[ "$output" = "chpst: fatal: unable to change directory: nosuch: file does not exist" ]
}

@test "-n adds to the nice value, with either sign" {
	same_code 0 chpst -n 5 nice
	same_code 0 chpst -n +5 nice
	same_code 0 chpst -n 5 chpst -n -3 nice
	same_code 0 chpst -n 100 nice
	same_code 111 chpst -u nobody chpst -n -5 true
}

@test "-l takes a lock that the program keeps, in a file only for its user" {
	both 'chmod 777 .'
	same_code 0 chpst -u nobody -l lock sh -c 'stat -c "%a %U %s" lock'
	same_code 111 chpst -L lock chpst -L lock echo twice
}

@test "-l waits for a lock, -L does not" {
	mkfifo go
	ours chpst -l lock cat go 3>&- &
	until_true test -e lock
	until_true bash -c '! flock -n lock true'
	run -111 ours chpst -L lock true
	[ "$output" = "chpst: fatal: unable to lock: lock: temporary failure" ]
	ours chpst -l lock touch after 3>&- &
	local waiting=$!
	: >go
	ended $waiting
	[ -e after ]
}

@test "-l and -L together, or twice, are wrong use" {
	usage_is -l a -L b true
	usage_is -l a -l b true
}

@test "a lock that cannot be opened is told, 111" {
	same_code 111 chpst -l nosuch/lock true
	same_code 111 chpst -L . true
}

@test "-m limits data, stack, memlock and address space" {
	same_code 0 chpst -m 100000000 sh -c 'ulimit -d; ulimit -s; ulimit -l; ulimit -v'
}

@test "-d -o -p -f -c -r -t each limit one thing, softly" {
	same_code 0 chpst -d 10000000 sh -c 'ulimit -d'
	same_code 0 chpst -o 17 sh -c 'ulimit -n; ulimit -Hn'
	same_code 0 chpst -p 5000 sh -c 'ulimit -p'
	same_code 0 chpst -f 1048576 sh -c 'ulimit -f'
	same_code 0 chpst -c 0 sh -c 'ulimit -c; ulimit -Hc'
	same_code 0 chpst -r 10485760 sh -c 'ulimit -m'
	same_code 0 chpst -t 7 sh -c 'ulimit -t'
}

@test "a limit above the hard one is the hard one" {
	same_code 0 chpst -o 99999999 sh -c 'ulimit -Sn; ulimit -Hn'
	same_code 0 chpst -o 18446744073709551615 sh -c 'ulimit -Sn'
}

@test "-P makes a session of its own" {
	run -0 ours chpst -P sh -c 'test $(ps -o sid= $$) = $$'
	same_code 0 setsid chpst -P true
}

@test "-0 -1 -2 close descriptors" {
	same_code 0 chpst -0 sh -c 'test -e /proc/$$/fd/0 || echo closed'
	same_code 0 chpst -1 sh -c 'test -e /proc/$$/fd/1 || echo closed >&2'
	same_code 0 chpst -2 sh -c 'test -e /proc/$$/fd/2 || echo closed'
	same_code 0 chpst -012 true
	same_code 111 chpst -2 nosuchprogram
	same_code 111 chpst -0 chpst -0 true
}

@test "-N puts /dev/null on descriptors 0, 1 and 2" {
	run -0 ours chpst -N sh -c 'for i in 0 1 2; do
		test /proc/$$/fd/$i -ef /dev/null || exit 1; done'
	[ -z "$output" ]
}

@test "options bundle, and a value may be in the same word" {
	same_code 0 chpst -Po17 sh -c 'ulimit -n'
	same_code 0 chpst -vPunobody id -u
}
