# Scripts of /etc/init.d as services.

load tree

# An etc with scripts: what each is told is a line of ./told.
setup() {
	cat >"$BATS_TEST_TMPDIR/etc.sh" <<'END'
mkdir -p etc/init.d etc/rcS.d etc/rc2.d
script() {
	local name=$1
	shift
	{
		echo "#!/bin/sh"
		echo "### BEGIN INIT INFO"
		printf "# %s\n" "$@"
		echo "### END INIT INFO"
		echo "echo $name \$1 >>$PWD/told"
	} >etc/init.d/$name
	chmod 755 etc/init.d/$name
	ln -sf ../init.d/$name "etc/rc2.d/S01$name"
}
lsb() {
	svc lsb -e $PWD/etc "$@"
}
export TRIVET_RUN=$PWD/run SVDIR=$PWD/scan
END
}

@test "lsb: started in the order of their headers, stopped by the script" {
	inside <<'END'
. ../etc.sh
script b 'Provides: b' 'Required-Start: $remote_fs a' 'Short-Description: the second'
script c 'Provides: c' 'Required-Start: $all'
script a 'Provides: a role'
script d 'Provides: d' 'Should-Start: role' 'X-Start-Before: b'
lsb
tree
svc wait -t 20s settled
says 'a start
d start
b start
c start' cat told
says 'b: down*' svc down b
says 'b stop' tail -n 1 told
says '*the second*' grep description run/adhoc/b
END
}

@test "lsb: what an enabled service stands for is left alone, and what stages do" {
	inside <<'END'
. ../etc.sh
script ssh 'Provides: ssh sshd'
script web 'Provides: web $httpd'
script mountall.sh 'Provides: mountall'
script other 'Provides: other' 'Required-Start: web mail'
settings sshd 'run = sleep 1000'
settings nginx 'run = sleep 1000' 'provides = web'
lsb
says other ls run/adhoc
says 'wants = web' grep wants run/adhoc/other
END
}

@test "lsb: a pidfile in the header makes a forking service" {
	inside <<'END'
. ../etc.sh
script old 'Provides: old'
sed -i '2i# pidfile: /run/old.pid' etc/init.d/old
lsb
says 'type = forking' grep type run/adhoc/old
says 'pidfile = /run/old.pid' grep pidfile run/adhoc/old
answers 0 '*0 errors*' svc check run/adhoc/old
END
}

@test "lsb SCRIPT VERB: the service is asked; 77 where the script has to do it" {
	inside <<'END'
. ../etc.sh
script ssh 'Provides: ssh sshd'
script late 'Provides: late'
rm etc/rc2.d/S01late
settings sshd 'run = sleep 1000'
tree
svc wait -t 20s ready sshd
answers 0 'sshd: up (pid *)' lsb ssh status
answers 0 'sshd: down*' lsb ssh stop
answers 3 'sshd: down*' lsb ssh status
answers 0 '' lsb ssh try-restart
answers 77 '' lsb late status
answers 77 '' lsb late stop
answers 77 '' lsb late frobnicate
answers 0 'late: done*' lsb late start
says 'late start' cat told
answers 0 'late: down*' lsb late stop
says 'late stop' tail -n 1 told
rm etc/init.d/late
lsb
until_true sh -c '! svc list | grep -q late'
END
}

@test "lsb: without a tree the script does it; half a command is refused" {
	inside <<'END'
. ../etc.sh
script a 'Provides: a'
answers 77 '' lsb a start
answers 100 '*usage:*' lsb a
END
}
