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
*scan/web: needs: no such service: cashe (did you mean cache?)
4 checked, 4 errors, 0 warnings' svc check -s scan
answers 100 'svc check: sv/cashe: no such file or directory
0 checked, 0 errors, 0 warnings' svc check sv/cashe
# What an error hides from the tree is no further error.
settings shop 'run = sleep 100' 'needs = store' 'user ='
settings cache 'run = sleep 100' 'provides = store' 'nice'
answers 1 '*shop/service:3: user: has no value, and none to take back
1 checked, 1 error, 0 warnings' svc check -s scan shop
END
}

@test "check: what a program needs to be executed, and its loggers" {
	inside <<'END'
for name in good crlf nothing plain loader odd; do
	service $name
done
printf '#! /bin/sh -e\r\nexec sleep 1\r\n' >sv/crlf/run
sed -i '1s/ -e//' sv/crlf/run
printf '#!/no/such -x\n' >sv/nothing/run
echo 'exec sleep 1' >sv/plain/run
printf '\177NOELF' >sv/odd/run
python3 - <<'PYTHON'
import re
with open("/bin/true", "rb") as f:
    true = f.read()
loader = re.search(rb"/lib[^\0]*/ld-[^\0]*", true).group()
with open("sv/loader/run", "wb") as f:
    f.write(true.replace(loader, b"/no" + loader[3:]))
PYTHON
mkdir sv/good/log sv/plain/log
echo 'rnu = x' >sv/good/log/service
answers 1 'scan/crlf: run: its interpreter /bin/sh?x0d: no such file or directory; its lines end in CR LF
scan/good/log/service:1: rnu: unknown setting; did you mean run[?]
scan/good/log:1: run: nothing to execute: *
scan/loader: run: its loader /no*/ld-*: no such file or directory
scan/nothing: run: its interpreter /no/such: no such file or directory
scan/plain: run: no #! line: exec format error
scan/plain/log:1: run: nothing to execute: *
8 checked, 7 errors, 0 warnings' svc check -s scan
answers 1 '*"name":"good/log"*"ok":false*' svc check -s scan -j good
tree
tells() { svc status "$1" | grep -qF "$2"; }
until_true tells crlf 'cannot execute: run: its interpreter /bin/sh\x0d (its lines end in CR LF): no such file or directory'
until_true tells nothing 'cannot execute: run: its interpreter /no/such: no such file or directory'
until_true tells loader 'cannot execute: run: its loader /no'
until_true tells plain 'cannot execute: run, which has no #! line: exec format error'
# By its path in a line it is the same.
cp sv/loader/run given
settings line "run = $PWD/given x"
until_true tells line "cannot execute: $PWD/given: its loader /no"
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

@test "check: what could only fail at each start is an error" {
	inside <<'END'
settings a 'run = date +%T'
settings b 'run = sleep 1' 'ready = notify' 'notify-access = none'
settings c 'run = sleep 1' 'watchdog = 10s' 'notify-access = none'
settings d "run = date '+%T' +%%T %i"
answers 1 '*/a/service:1: run: unknown name at byte 7: %i is its instance, %% is a %
*/b:1: ready: notify needs a notify-access
*/c:1: watchdog: needs a notify-access
4 checked, 3 errors, 0 warnings' svc check -s scan
END
}

@test "check: a list and a line that are too long are errors, nothing is cut" {
	inside <<'END'
names=$(printf 'service-%05d ' {1..1000})
settings web 'run = sleep 100' "needs = $names"
settings db 'run = sleep 100' "needs = $names$names"
svc check -s scan >said || true
grep -q 'scan/db/service:2: line is too long' said
grep -q 'scan/web/service:2: needs: too many words' said
END
}

@test "check: an end of a pipe that the other does not know of" {
	inside <<'END'
settings reader 'run = sleep 100' 'consumer-for = writer other none'
settings writer 'run = sleep 100' 'producer-for = reader'
settings other 'run = sleep 100'
answers 0 '*/reader: warning: consumer-for: other does not say producer-for = reader
*/reader: warning: consumer-for: none does not say producer-for = reader
3 checked, 0 errors, 2 warnings' svc check -s scan
# And the tree says the same, once, and starts them all the same.
tree
until_true grep -q 'consumer-for: none' svcd.log
svc rescan
[ "$(grep -c 'reader: consumer-for: other does not say producer-for = reader' svcd.log)" = 1 ]
[ "$(grep -c 'reader: consumer-for: none does not say' svcd.log)" = 1 ]
settings other 'run = sleep 100' 'log = reader'
svc rescan
svc check -s scan other >said || true
[ "$(grep -c 'consumer-for: other' svcd.log)" = 1 ]
answers 0 '*consumer-for: none *3 checked, 0 errors, 1 warning' svc check -s scan
END
}

@test "check: what is named and would only be missed later" {
	inside <<'END'
settings a 'run = sleep 1' 'log = reeder'
settings b 'run = sleep 1' 'producer-for = reader' 'on-failed = start helper'
settings reader 'run = sleep 1'
answers 0 '*/a: warning: log: no such service: reeder (did you mean reader?)
*/b: warning: on-failed: no such service: helper
3 checked, 0 errors, 2 warnings' svc check -s scan
END
}

@test "check: another root, what is not enabled, a path, JSON" {
	inside <<'END'
mkdir -p root/etc/service root/etc/sv/a root/bin
cp "$(command -v sleep)" root/bin
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
svc graph -j -s scan cache | perl -MJSON::PP -e 'die unless @{decode_json(join "", <>)} == 1'
svc graph -jr -s scan cache | perl -MJSON::PP -e 'die unless @{decode_json(join "", <>)} == 1'
[ "$(svc graph -d -s scan cache | grep -c web)" = 0 ]
svc graph -dr -s scan cache | grep -qx '.*"web" -> "cache".*'
answers 100 '*no such service: webb*' svc graph -j -s scan webb
answers 100 '*no such service: webb*' svc graph -d -s scan webb
settings a 'run = sleep 100' 'needs = b'
settings b 'run = sleep 100' 'needs = a'
says 'a
  needs b
    needs a, see above' svc graph -s scan a
answers 100 '*no such service: webb (did you mean web?)*' svc graph -s scan webb
END
}

@test "graph: what is shared is shown once, a ring beside it too" {
	inside <<'END'
settings a 'run = sleep 100' 'needs = b0 c0'
for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19; do
	for x in b c; do
		settings $x$i 'run = sleep 100' "needs = b$((i + 1)) c$((i + 1))"
	done
done
settings b20 'run = sleep 100'
settings c20 'run = sleep 100'
settings x 'run = sleep 100' 'needs = y'
settings y 'run = sleep 100' 'needs = x'
timeout 20 svc graph -s scan >out
grep -qx ' *needs b20' out
[ "$(grep -cx ' *needs b9' out)" = 1 ]
[ "$(grep -cx ' *needs b9, see above' out)" = 1 ]
says 'x
  needs y
    needs x, see above' tail -n 3 out
END
}

@test "a name with a bracket or a backslash in it is a name" {
	inside <<'END'
settings 'a[1]' 'run = sleep 100' 'needs = a1'
settings a1 'run = sleep 100'
settings 'b\x' 'run = sleep 100'
says '1 checked, 0 errors, 0 warnings' svc check -s scan 'a[1]'
says '1 checked, 0 errors, 0 warnings' svc check -s scan 'b\x'
says '1 checked, 0 errors, 0 warnings' svc check -s scan 'a[0-9]'
says 'a?1]
  needs a1' svc graph -s scan 'a[1]'
rm scan/*
svc enable -qn -d "$PWD/sv" -s scan 'a[1]' 'b\x'
[ -L 'scan/a[1]' ] && [ ! -e scan/a1 ] && [ -L 'scan/b\x' ]
svc disable -qn -d "$PWD/sv" -s scan 'a[1]' 'b\x'
[ "$(ls scan)" = '' ]
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

@test "completion in bash: verbs, options, services, settings" {
	inside <<'END'
service web
service worker
tree
. <(svc completion bash)
offered() {
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
	_svc
	echo "${COMPREPLY[*]}" | tr '\n' ' '
}
[ "$(offered svc soft-)" = 'soft-reboot ' ]
[ "$(offered svc restart we)" = 'web ' ]
[ "$(offered svc restart web wor)" = 'worker ' ]
[ "$(offered svc help memory- | tr ' ' '\n' | sort | tr '\n' ' ' | xargs)" = 'memory-high memory-max' ]
[ "$(offered svc down --wi)" = '--with-dependents ' ]
# Every setting is offered, from the one list.
diff <(svc help settings | sed -n 's/^  \([a-z-]*\) .*/\1/p' | sort) \
	<(svc help settings | sed -n 's/^  \([a-z-]*\) .*/\1/p' | while read -r key; do
		offered svc help "$key" | tr ' ' '\n' | grep -x -- "$key"
	done | sort)
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

@test "check: users, programs and files of that root, and what nothing starts" {
	inside <<'END'
mkdir -p root/etc/service root/bin root/srv
cp "$(command -v sleep)" root/bin
echo 'www:x:33:33::/srv:/bin/sh' >root/etc/passwd
echo 'www:x:33:' >root/etc/group
printf '%s\n' 'run = sleep 1' 'user = www:www' 'groups = 7 www' 'dir = /srv' >root/etc/service/good
printf '%s\n' 'run = /bin/sleep 1' 'autostart = no' >root/etc/service/lone
printf '%s\n' 'run = sleep 1' 'autostart = no' >root/etc/service/led
printf '%s\n' 'run = sleep 1' 'wants = led' >root/etc/service/leads
printf '%s\n' 'run = slepe 1' 'listen = unix /run/x owner web' 'user = wwww' 'groups = wheel' 'dir = /nowhere' \
	'env-file = /etc/missing' 'env-file = -/etc/missing' 'finish = /srv' \
	'control-by = www @admins' >root/etc/service/bad
echo 'run = slepe 1' >root/etc/service/typo
answers 1 '*/bad: user: wwww: no such user
*/bad: groups: wheel: no such group
*/bad: control-by: @admins: no such group
*/bad: listen: web: no such user
*/bad: dir: /nowhere: no such file or directory
*/bad: env-file: /etc/missing: no such file or directory
*/bad: finish: /srv: permission denied
*/lone: warning: nothing starts it: autostart = no, and nobody needs it
*/lone: run: its loader /lib*: no such file or directory
*/typo: run: slepe: no such program
6 checked, 9 errors, 1 warning' svc check -R root -s /etc/service
END
}

@test "check: rings of members too, whole, for each that stands in one" {
	inside <<'END'
settings g 'type = group' 'members = a'
settings a 'run = sleep 100' 'needs = b'
settings b 'run = sleep 100' 'after = g'
settings c 'run = sleep 100' 'needs = a'
answers 1 '*scan/a: needs itself: a -> b -> g -> a
*scan/b: needs itself: b -> g -> a -> b
*scan/g: needs itself: g -> a -> b -> g
4 checked, 3 errors, 0 warnings' svc check -s scan
END
}

# What check refuses does not come up, and why says so; what it takes does.
@test "check and the tree refuse the same" {
	inside <<'END'
mkdir -p scan
n=0
bad() {
	n=$((n + 1))
	printf '%s\n' "$@" >"scan/bad$n"
}
bad 'run = sleep 100' 'timeout-up = 5'
bad 'runn = sleep 100'
bad 'run = sleep "100'
bad 'run = sleep 100 | cat'
bad 'type = process'
bad 'run = sleep 100' 'needs = nobody-has-this'
bad 'run = sleep 100' 'binds = nobody-has-this'
bad 'run = sleep 100' 'needs = bad9'
bad 'run = sleep 100' 'binds = bad8'
bad 'type = group' 'members = nobody-has-this'
bad 'type = group'
bad 'type = group' 'members = bad13'
bad 'run = sleep 100' 'needs = bad12'
bad 'run = sleep 100' 'user = nobody-has-this'
bad 'run = sleep 100' 'user = nobody:nobody-has-this'
bad 'run = sleep 100' 'groups = nobody-has-this'
bad 'run = /nowhere/sleep 100'
bad 'run = no-such-program'
bad 'run = sleep 100' 'dir = /nowhere'
bad 'run = sleep 100' 'root = /nowhere'
bad 'run = sleep 100' 'env-file = /nowhere'
bad 'run = sleep 100' 'stdin = file /nowhere'
bad 'run = sleep 100' 'stdin = tty'
bad 'run = sleep 100' 'tty = /nowhere'
bad 'run = sleep 100' 'read-only = /nowhere'
bad 'run = sleep 100' 'caps = chown' 'caps-ambient = kill'
bad 'run = sleep 100' 'on-failed = start'
bad 'run = sleep 100' 'restart = sometimes'
bad 'run = sleep 100' 'type = forking'
bad 'run = sleep 100' 'members = bad1'
good() {
	printf '%s\n' "${@:2}" >"scan/$1"
}
good good1 'run = sleep 100' 'needs = good2 role' 'wants = nobody-has-this'
good good2 'run = sleep 100' 'after = nobody-has-this' 'before = good3'
good good3 'run = sleep 100' 'provides = role' 'user = nobody' 'dir = /usr'
good good4 'type = group' 'members = good5'
good good5 'run = sleep 100' 'env-file = -/nowhere'
svc check -s scan >checked || [ $? = 1 ]
for i in $(seq $n); do
	grep -q "\(^\|/\)bad$i:" checked || { echo "check takes bad$i:"; cat "scan/bad$i"; false; }
done
answers 1 '' grep good checked
tree
svc wait -t 20s ready good1 good2 good3 good4 good5
for i in $(seq $n); do
	until_true sh -c "svc why bad$i | grep -q 'is [a-z]*: .'"
	answers 1 '*' svc wait -t 0 ready "bad$i" || { svc why "bad$i"; false; }
done
END
}

@test "check of 1,000 services with 3,000 relations" {
	inside <<'END'
mkdir scan
for i in $(seq 1000); do
	printf '%s\n' 'run = sleep 100' "needs = s$((i + 1)) s$((i + 7))" "wants = s$((i * 7 % 1000))" >scan/s$i
done
printf '%s\n' 'run = sleep 100' >scan/s0
for i in 1 2 3 4 5 6 7; do
	printf '%s\n' 'run = sleep 100' >scan/s$((1000 + i))
done
# They stand in rings, all of them: each is told its own.
svc check -s scan >out || [ $? = 1 ]
tail -n 1 out | grep -q '^1008 checked, '
grep -q '/s1: needs itself: s1 -> ' out
END
}

# Lines of the table: each as a line of a file g-KEY (good) and b-KEY (bad), and
# as a file of a directory G-KEY and B-KEY. The words below are no such files:
# programs, or names that people have given to things of their own.
@test "every setting, as a line and as a file: check and the tree agree on it" {
	inside <<'END'
table() { grep -v '^#' "$TOP/tests/bats/settings.table"; }
diff <(table | cut -d'|' -f1 | sort) \
	<(svc help settings | sed -n 's/^  \([a-z-]*\) .*/\1/p' | sort)
mkdir scan
printf 'run = sleep 1\nautostart = no\n' | tee scan/a scan/b >/dev/null
for i in g G; do
	sed "1i producer-for = $i-consumer-for" scan/a >"scan/to-$i-consumer-for"
done
# one NAME KEY VALUE OTHER
one() {
	rest "$2" "$4" >"scan/$1"
	printf '%s = %b\n' "$2" "${3//NAME/$1}" >>"scan/$1"
}
rest() {
	case $1$2 in run | up* | *group) ;; *) echo 'run = sleep 1' ;; esac
	[ "$1" = autostart ] || echo 'autostart = no'
	[ -z "$2" ] || echo "$2"
}
directory() {
	case $2 in run | finish | check | log | env) return ;; esac
	mkdir "scan/$1"
	rest "$2" "$4" >"scan/$1/service"
	printf '%b\n' "${3//NAME/$1}" >"scan/$1/$2"
}
while IFS='|' read -r key good bad other; do
	one "g-$key" "$key" "$good" "$other"
	one "b-$key" "$key" "$bad" "$other"
	directory "G-$key" "$key" "$good" "$other"
	directory "B-$key" "$key" "$bad" "$other"
done < <(table)
svc check -q -s scan >checked || [ $? = 1 ]
first() { awk -F: '!seen[$1]++' | sort; }
sed -n 's|^.*scan/\([^/:]*\)[^:]*:|\1: |p' checked | first >check.says
tree
for i in scan/[bB]-*; do
	until_true grep -q "^svcd: warning: ${i#scan/}: " svcd.log
done
svc status >all || [ $? = 1 ]
sed -n 's|^svcd: warning: \([gGbB]-[a-z-]*\): [^:]*:|\1: |p' svcd.log | first >tree.says
diff <(ls scan | grep '^[bB]-' | sort) <(cut -d: -f1 check.says | sort)
diff check.says tree.says
# What is good is no more than down, and nothing is said of it.
for i in scan/[gG]-*; do
	grep -q "^${i#scan/} .*down" all || [ "${i#*-}" = every ]
done
END
}
