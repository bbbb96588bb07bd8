# envdir(8), envuidgid(8), setuidgid(8), pgrphack(8) beside daemontools'.

bats_require_minimum_version 1.5.0
load peers
ORIGINALS='daemontools runit'

setup() {
	sides
}

@test "envdir: a wrong use is told, 111" {
	same_code 111 envdir
	same_code 111 envdir dir
}

@test "envdir: first lines become values, an empty file unsets" {
	both 'mkdir env; cd env; printf "v \t\nsecond\n" >A; printf "a\0b" >B
		printf "\n" >EMPTY; : >HOME; printf "no newline" >C'
	same_code 0 envdir env sh -c \
		'echo "$A|$B|$C|${EMPTY-unset}|${HOME-unset}"'
}

@test "envdir: hidden names are passed over, a directory ends it" {
	both 'mkdir env; echo x >env/.H'
	same_code 0 envdir env sh -c 'echo "${H-unset}"'
	both 'mkdir env/dir'
	same_code 111 envdir env true
}

@test "envdir: a directory that cannot be read is told, 111" {
	both 'touch file'
	same_code 111 envdir nosuch true
	same_code 111 envdir file true
}

@test "envdir, setuidgid, envuidgid, pgrphack: the program's exit code" {
	both 'mkdir env'
	same_code 9 envdir env sh -c 'exit 9'
	same_code 9 setuidgid nobody sh -c 'exit 9'
	same_code 9 envuidgid nobody sh -c 'exit 9'
	same_code 9 pgrphack sh -c 'exit 9'
}

@test "envdir, setuidgid, envuidgid, pgrphack: no program, 111" {
	both 'mkdir env; touch file'
	same_code 111 envdir env nosuch
	same_code 111 setuidgid nobody nosuch
	same_code 111 envuidgid nobody ./file
	same_code 111 pgrphack ./nosuch
}

@test "setuidgid: user and primary group, no other" {
	same_code 0 setuidgid nobody sh -c 'id -u; id -g; id -G'
}

@test "setuidgid: wrong use 100, unknown account 111" {
	same_code 100 setuidgid
	same_code 100 setuidgid nobody
	same_code 111 setuidgid nosuch true
	same_code 111 setuidgid :1:2 true
}

@test "setuidgid: without the right to, 111" {
	same_code 111 setuidgid nobody setuidgid daemon true
}

@test "envuidgid: sets UID and GID and stays who it is" {
	same_code 0 envuidgid nobody sh -c 'echo $UID $GID; id -u'
	same_code 100 envuidgid nobody
	same_code 111 envuidgid nosuch true
}

@test "pgrphack: a session of its own" {
	same_code 100 pgrphack
	same_code 0 pgrphack sh -c 'test $(ps -o sid= $$) = $$'
}

# What runit's chpst says under these names is what ours say with a d before.
runits() {
	side a "$BATS_TEST_TMPDIR/links:" "$@"
	side b "$OURS:" "$@"
	local what
	for what in status out err; do
		diff -u "a.$what" "b.$what" || return
	done
}

@test "with a d before the name, runit's texts and codes" {
	local name chpst
	chpst=$(PATH=$THEIRS command -v chpst)
	mkdir links env a/env b/env a/env/dir b/env/dir
	for name in denvdir denvuidgid dsetuidgid dpgrphack dsoftlimit; do
		ln -s "$chpst" "links/$name"
	done
	runits denvdir
	runits denvdir nosuch true
	runits denvdir env true
	runits denvuidgid nobody
	runits denvuidgid nosuch true
	runits dsetuidgid nosuch true
	runits dsetuidgid nobody nosuch
	runits dsetuidgid nobody id -G
	runits dpgrphack
	runits dsoftlimit
	runits dsoftlimit -o 9 sh -c 'ulimit -n'
}
