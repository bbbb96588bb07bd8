# enable and disable: at once and for good.

load tree

@test "enable links, starts and says so; twice is once" {
	inside <<'END'
define a
tree
says 'a: enabled, up' svc enable -d sv a
says "$PWD/sv/a" readlink scan/a
says 'a: enabled, up' svc enable -d sv a
says up field a state
END
}

@test "disable stops, removes the link and keeps the definition" {
	inside <<'END'
define a
tree
svc enable -q -d sv a
pid=$(field a pid)
says 'a: disabled, stopped' svc disable -t 20s a
[ ! -d "/proc/$pid" ] && [ ! -L scan/a ] && [ -x sv/a/run ]
says '' svc list
says 'a: disabled, stopped' svc disable -d sv a
END
}

@test "what dies at once is enabled, and that it dies is said" {
	inside <<'END'
define bad
printf '#!/bin/sh\nexit 3\n' >sv/bad/run
tree
answers 1 'bad: enabled, backoff: exit 3; next try in *' \
	patient svc enable -d sv bad
END
}

@test "without a tree the link is made all the same" {
	inside <<'END'
define a
mkdir scan
says 'a: enabled' svc enable -s scan -d sv a
[ -x scan/a/run ]
says 'a: disabled' svc disable -s scan a
[ ! -L scan/a ]
END
}

@test "-j: what came of each, and null where nobody was asked" {
	inside <<'END'
define a
define b 'exit 3'
echo never >sv/b/restart
mkdir scan
export SVDIR=$PWD/scan
says '*{"name":"a","ok":true,"pending":false,"state":null,"pid":0,"why":null}*' \
	svc enable -j -d sv a
tree
svc wait -q ready a
says '*{"name":"a","ok":true,"pending":false,"state":"up","pid":*,"why":null}*' \
	svc enable -j -d sv a
answers 1 '*{"name":"b","ok":false,"pending":false,"state":"failed",*exit 3*' \
	patient svc enable -j -d sv b
says '*{"name":"a","ok":true,"pending":false,"state":"gone","pid":0,"why":null}*' \
	svc disable -j a
answers 1 '*{"name":"b","ok":false,"pending":true,"state":"failed",*exit 3*' \
	svc wait -j -t 0 ready b
END
}

@test "instances: NAME@ARG is made of NAME@" {
	inside <<'END'
define getty@
mkdir scan
svc enable -s scan -d sv getty@tty1
says "$PWD/sv/getty@" readlink scan/getty@tty1
END
}

@test "a directory anywhere, patterns, several" {
	inside <<'END'
define web-1
define web-2
mkdir -p else/where scan
cp -r sv/web-1 else/where/other
says 'web-1: enabled
web-2: enabled
other: enabled' svc enable -s scan -d sv 'web-*' else/where/other
says "$PWD/else/where/other" readlink scan/other
END
}

@test "mistakes: no such definition, something in the way, no link" {
	inside <<'END'
define nginx
mkdir -p scan/real scan/other
answers 100 "svc: cannot find sv/ngnix: no such file or directory
svc: did you mean nginx?" svc enable -s scan -d sv ngnix
ln -s /else scan/nginx
answers 1 'svc: scan/nginx exists and is a link to /else' svc enable -s scan -d sv nginx
answers 1 'svc: scan/real is no link*' svc disable -s scan real
[ -d scan/real ]
answers 100 '*cannot find scan/raal: *did you mean real?' svc disable -s scan -d sv raal
END
}

@test "rescan picks up what the kernel did not tell of" {
	inside <<'END'
define a
tree
ln -s "$PWD/sv/a" scan/a
svc rescan
svc wait -t 20s ready a
END
}
