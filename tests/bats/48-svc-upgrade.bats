# The installed programs take over from the running ones; no service notices.

load tree

@test "svc upgrade: new programs, the same services" {
	inside <<'END'
installed
service a
service b 'trap "" TERM; while :; do sleep 1; done'
tree
svc wait -t 20s ready
a=$(field a pid) b=$(field b pid) old=$(svcd_pid)
replaced init
replaced svcd
says 'svcd (pid *) is now svcd *' svc upgrade
until_true svc list
[ "$old" != "$(svcd_pid)" ]
[ "$(stat -Lc %i "/proc/$KEEPER/exe")" = "$(stat -c %i bin/init)" ]
[ "$(stat -Lc %i "/proc/$(svcd_pid)/exe")" = "$(stat -c %i bin/svcd)" ]
[ "$a" = "$(field a pid)" ] && [ "$b" = "$(field b pid)" ]
says 'a: up (pid *)' svc restart a
svc kill KILL b
svc wait -t 20s ready b
END
}

@test "an init that does not fit is refused, and all stays as it was" {
	inside <<'END'
installed
service a
tree
svc wait -t 20s ready
a=$(field a pid) old=$(svcd_pid)
replaced init /bin/false
answers 1 'svc: the system failed: the installed init does not know*' svc upgrade
[ "$old" = "$(svcd_pid)" ] && [ "$a" = "$(field a pid)" ]
rm bin/init
answers 1 'svc: the system failed: svcd or init is not where*' svc upgrade
[ "$old" = "$(svcd_pid)" ]
END
}

@test "a svcd that does not come up is put back" {
	INSIDE_SECONDS=60 inside <<'END'
installed
service a
tree
svc wait -t 20s ready
a=$(field a pid)
replaced svcd /bin/false
svc upgrade || :
until_true svc list
[ "$a" = "$(field a pid)" ]
says 'a: up (pid *)' svc restart a
END
}
