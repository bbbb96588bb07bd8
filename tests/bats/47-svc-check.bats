# What svc reads without asking anybody: check, graph; and plot and top.

load tree

@test "check: what is wrong, where, and what was meant" {
	inside <<'END'
settings web 'run = sleep 100' 'restrat = never' 'needs = db cashe'
settings db 'run = sleep 100' 'timeout-up = 5'
settings cache 'run = sleep 100'
service script
chmod -x sv/script/run
answers 1 '*scan/db/service:2: timeout-up: *
*scan/script/run: is not executable
*scan/web/service:2: restrat: unknown setting; did you mean restart?
4 checked, 3 errors, 0 warnings' svc check -s scan
END
}

@test "check: names that nothing has, and a ring" {
	inside <<'END'
settings web 'run = sleep 100' 'needs = cashe'
settings cache 'run = sleep 100' 'provides = store'
settings shop 'run = sleep 100' 'needs = store'
answers 1 '*scan/web: needs: no such service: cashe (did you mean cache?)
3 checked, 1 error, 0 warnings' svc check -s scan
settings a 'run = sleep 100' 'needs = b'
settings b 'run = sleep 100' 'after = c'
settings c 'run = sleep 100' 'binds = a'
answers 1 '*scan/b: needs itself: b -> c -> a -> b
*' svc check -s scan b
answers 0 '1 checked, 0 errors, 0 warnings' svc check -s scan shop
END
}

@test "check: another root, what is not enabled, a path, JSON" {
	inside <<'END'
mkdir -p root/etc/service root/etc/sv/a
echo 'run = sleep 100' >root/etc/sv/a/service
echo 'nonsense' >root/etc/service/b
answers 1 'root/etc/service/b:1: *' svc check -q -R root -s /etc/service
answers 0 '1 checked, 0 errors, 0 warnings' svc check -R root -s /etc/service a
answers 0 '1 checked, 0 errors, 0 warnings' svc check root/etc/sv/a/
svc check -j root/etc/service/b >out || :
perl -MJSON::PP -e 'my $a = decode_json(join "", <>);
	die unless $a->[0]{name} eq "b" and !$a->[0]{ok} and @{$a->[0]{complaints}} >= 1' out
answers 100 'svc check: no such service: nope*' svc check -s root/etc/service nope
answers 111 '*cannot read /nowhere: *' svc check -s /nowhere
END
}

@test "graph: trees, reversed, dot and JSON" {
	inside <<'END'
settings web 'run = sleep 100' 'needs = db' 'wants = cache'
settings db 'run = sleep 100'
settings cache 'run = sleep 100' 'after = db'
says 'web
  needs db
  wants cache
    after db' svc graph -s scan
says 'db
  after of cache
    wants of web
  needs of web' svc graph -r -s scan db
svc graph -d -s scan | grep -qx '.*"web" -> "db" \[style=solid, label="needs"\];'
svc graph -j -s scan | perl -MJSON::PP -e 'die unless @{decode_json(join "", <>)} == 3'
settings a 'run = sleep 100' 'needs = b'
settings b 'run = sleep 100' 'needs = a'
says 'a
  needs b
    needs a' svc graph -s scan a
answers 100 '*no such service*' svc graph -s scan nope
END
}

@test "plot and top show every service" {
	inside <<'END'
service web
service db
tree
svc wait -t 20s ready
says '*web*|*|*db*' sh -c 'svc plot | sort -r'
svc plot --svg | grep -q '<text .*>web</text>'
svc top -n 1 | grep -q '^NAME .*CPU%'
[ "$(svc top -n 2 -d 50ms | grep -c '^web .*up')" = 2 ]
END
}

@test "top on a terminal ends with q and puts the terminal back" {
	inside <<'END'
service web
tree
svc wait -t 20s ready
mkfifo keys
script -qec 'stty -a >before; svc top -d 50ms; stty -a >after' seen <>keys >/dev/null &
until_true sh -c '[ $(grep -c web seen) -ge 3 ]'
printf q >keys
wait $!
until_true diff before after
END
}

@test "status NAME tells what its definition says" {
	inside <<'END'
settings web 'run = sleep 100' 'needs = db' 'description = the shop'
service db
tree
svc status web >out || :
grep -q '^  description  *the shop$' out
grep -q '^  needs  *db$' out
grep -q "^  enabled  *by the link $SVDIR/web$" out
svc status db >out || :
grep -q '^  needed by  *web$' out
END
}
