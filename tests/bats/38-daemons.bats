# Daemons as Debian ships them, unchanged: told to be ready, reloaded, stopped
# and socket-activated as they were written for.
bats_require_minimum_version 1.5.0
load svcd
load talk

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	tests/peers postgresql-15 libpq5 nginx redis-server redis-tools \
		libjemalloc2 liblzf1 dropbear-bin libtomcrypt1 libtommath1 \
		rsyslog libestr0 libfastjson4 systemd >&3 2>&1 ||
		skip "cannot fetch Debian's daemons"
}

# Another user must reach it, which is not so below bats' own directory.
setup() {
	ROOM=$(mktemp -d /tmp/trivet-daemons.XXXXXX)
	chmod 755 "$ROOM"
	BATS_TEST_TMPDIR=$ROOM talk_setup
	PEERS=$TOP/build/peers
	LIBS=$(printf "%s:" "$PEERS"/lib*/usr/lib/*-linux-gnu)
	export LD_LIBRARY_PATH=${LIBS%:}
}
teardown() {
	tree_end
	rm -rf "$ROOM"
}

# What a library of this machine lacks is no fault of ours.
needs() {
	! ldd "$1" | grep 'not found' || skip "$1 lacks a library"
}

# get PORT: a page, its first line.
get() {
	python3 - "$1" <<-'END'
		import socket, sys
		s = socket.create_connection(('127.0.0.1', int(sys.argv[1])), timeout=30)
		s.sendall(b'GET / HTTP/1.0\r\n\r\n')
		print(s.recv(300).decode().splitlines()[0])
	END
}

@test "PostgreSQL: ready when it says so, reloaded, stopped by INT" {
	needs "$PEERS/postgresql-15/usr/lib/postgresql/15/bin/postgres"
	mkdir -p "$ROOM/pg/lib/postgresql" "$ROOM/pg/share/postgresql" "$ROOM/run"
	cp -r "$PEERS/postgresql-15/usr/lib/postgresql/15" "$ROOM/pg/lib/postgresql/"
	cp -r "$PEERS/postgresql-15/usr/share/postgresql/15" "$ROOM/pg/share/postgresql/"
	chown nobody "$ROOM/run"
	bin=$ROOM/pg/lib/postgresql/15/bin
	lines initdb <<-END
		type = oneshot
		up = $bin/initdb -D $ROOM/run/data --no-sync -A trust -U postgres
		user = nobody
		dir = /tmp
	END
	lines postgres <<-END
		run = $bin/postgres -D $ROOM/run/data -k $ROOM/run -h '' -c shared_buffers=1MB -c fsync=off -c max_connections=5
		user = nobody
		dir = /tmp
		needs = initdb
		ready = notify
		timeout-up = 2m
		stop = INT 60s KILL
		kill = main
	END
	AWAIT=120
	tree_start
	await state_is postgres up
	[ -S "$ROOM/run/.s.PGSQL.5432" ]
	pid=$(main_of postgres)
	[ "$(head -n 1 "$ROOM/run/data/postmaster.pid")" = "$pid" ]
	kill_svcd
	main_is postgres "$pid"
	echo 'log_line_prefix = reloaded:' >>"$ROOM/run/data/postgresql.conf"
	"$SVC" reload postgres
	await reload_seen
	"$SVC" down -t 2m postgres
	status_has postgres 'exit 0'
	[ ! -e "$ROOM/run/data/postmaster.pid" ]
}
reload_seen() { "$SVC" status -l 30 postgres | grep -q 'parameter "log_line_prefix" changed'; }

# nginx_at PORT: a configuration that answers there.
nginx_at() {
	mkdir "$ROOM/www"
	cat >"$ROOM/nginx.conf" <<-END
		daemon off;
		user root;
		worker_processes 1;
		pid $ROOM/nginx.pid;
		error_log stderr notice;
		events { worker_connections 16; }
		http {
			access_log off;
			client_body_temp_path $ROOM/www;
			proxy_temp_path $ROOM/www;
			fastcgi_temp_path $ROOM/www;
			uwsgi_temp_path $ROOM/www;
			scgi_temp_path $ROOM/www;
			server {
				listen 127.0.0.1:$1;
				return 200 first;
			}
		}
	END
}

@test "nginx: ready when its port answers; HUP reloads, QUIT ends it" {
	needs "$PEERS/nginx/usr/sbin/nginx"
	port=$(port)
	nginx_at "$port"
	lines nginx <<-END
		run = $PEERS/nginx/usr/sbin/nginx -c $ROOM/nginx.conf -p $ROOM
		ready = tcp 127.0.0.1:$port
		stop = QUIT 10s TERM 10s KILL
	END
	tree_start
	await state_is nginx up
	[[ $(get "$port") == *'200 OK'* ]]
	pid=$(main_of nginx)
	sed -i 's/200 first/404 second/' "$ROOM/nginx.conf"
	"$SVC" reload nginx
	await answers_404 "$port"
	main_is nginx "$pid"
	"$SVC" down nginx
	status_has nginx 'exit 0'
}
answers_404() { [[ $(get "$1") == *404* ]]; }

@test "daemons that fork into the background are found by their pidfiles" {
	needs "$PEERS/nginx/usr/sbin/nginx"
	nginx_at "$(BATS_TEST_NUMBER=90 port)"
	sed -i 's/^daemon off;//' "$ROOM/nginx.conf"
	lines nginx <<-END
		type = forking
		run = $PEERS/nginx/usr/sbin/nginx -c $ROOM/nginx.conf -p $ROOM
		pidfile = $ROOM/nginx.pid
		stop = QUIT 10s TERM 10s KILL
		restart = always 1ms
	END
	port=$(port)
	"$PEERS/dropbear-bin/usr/bin/dropbearkey" -t ed25519 -f "$ROOM/key" >/dev/null
	lines ssh <<-END
		type = forking
		run = $PEERS/dropbear-bin/usr/sbin/dropbear -E -r $ROOM/key -p 127.0.0.1:$port -P $ROOM/ssh.pid
		pidfile = $ROOM/ssh.pid
	END
	tree_start
	await state_is nginx up
	await state_is ssh up
	pid=$(main_of nginx)
	[ "$pid" = "$(cat "$ROOM/nginx.pid")" ]
	main_is ssh "$(cat "$ROOM/ssh.pid")"
	kill_svcd
	main_is nginx "$pid"
	kill -KILL "$pid"
	await up_not nginx "$pid"
	main_is nginx "$(cat "$ROOM/nginx.pid")"
	"$SVC" down nginx ssh
	run ! get "$port"
}

@test "redis: says by itself that it is ready, and that it ends" {
	needs "$PEERS/redis-tools/usr/bin/redis-check-rdb"
	port=$(port)
	ln -s "$PEERS/redis-tools/usr/bin/redis-check-rdb" "$ROOM/redis-server"
	lines redis <<-END
		run = $ROOM/redis-server --port $port --bind 127.0.0.1 --supervised systemd --save '' --daemonize no
		dir = $ROOM
		ready = notify
	END
	tree_start
	await state_is redis up
	status_has redis 'Ready to accept connections'
	"$SVC" down redis
	status_has redis 'exit 0'
}

@test "dropbear: a session outlives the restart of its daemon" {
	needs "$PEERS/dropbear-bin/usr/sbin/dropbear"
	port=$(port)
	"$PEERS/dropbear-bin/usr/bin/dropbearkey" -t ed25519 -f "$ROOM/key" >/dev/null
	lines ssh <<-END
		run = $PEERS/dropbear-bin/usr/sbin/dropbear -F -E -r $ROOM/key -p 127.0.0.1:$port -P $ROOM/pid
		ready = tcp 127.0.0.1:$port
		kill = main
	END
	tree_start
	await state_is ssh up
	pid=$(main_of ssh)
	exec 8<>"/dev/tcp/127.0.0.1/$port"
	read -rt 30 -u 8 hello
	[[ $hello == SSH-2.0-dropbear* ]]
	await has_child "$pid"
	session=$(children "$pid")
	"$SVC" restart ssh
	run ! main_is ssh "$pid"
	kill -0 "${session% }"
	exec 8>&-
	await is_gone "${session% }"
}
has_child() { [ -n "$(children "$1")" ]; }

@test "rsyslog: notifies, logs what comes over its socket" {
	needs "$PEERS/rsyslog/usr/sbin/rsyslogd"
	cat >"$ROOM/rsyslog.conf" <<-END
		global(workDirectory="$ROOM")
		module(load="$PEERS/rsyslog/usr/lib/x86_64-linux-gnu/rsyslog/imuxsock.so" SysSock.Use="off")
		input(type="imuxsock" Socket="$ROOM/log" CreatePath="off")
		action(type="omfile" file="$ROOM/messages")
	END
	lines rsyslog <<-END
		run = $PEERS/rsyslog/usr/sbin/rsyslogd -n -f $ROOM/rsyslog.conf -i $ROOM/rsyslogd.pid -M $PEERS/rsyslog/usr/lib/x86_64-linux-gnu/rsyslog
		ready = notify
	END
	tree_start
	await state_is rsyslog up
	python3 -c "import socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.sendto(b'<13>test: over the socket', '$ROOM/log')"
	await has_line "$ROOM/messages" 'over the socket'
	"$SVC" down rsyslog
	status_has rsyslog 'exit 0'
}

# A server by the conventions of socket activation; it tells all it was given.
activated() {
	cat >"$ROOM/server.py" <<-'END'
		import http.server, os, socket
		assert int(os.environ['LISTEN_PID']) == os.getpid()
		names = os.environ.get('LISTEN_FDNAMES', '')
		class Handler(http.server.BaseHTTPRequestHandler):
		    def do_GET(self):
		        self.send_response(200, names)
		        self.end_headers()
		server = http.server.HTTPServer(('', 0), Handler, bind_and_activate=False)
		server.socket = socket.socket(fileno=3)
		server.serve_forever()
	END
}

@test "a Python server is activated as systemd-socket-activate does it" {
	activated
	port=$(port)
	lines web <<-END
		run = python3 $ROOM/server.py
		listen = tcp 127.0.0.1:$port as http
	END
	tree_start
	await state_is web up
	ours=$(get "$port")
	[ "$ours" = 'HTTP/1.0 200 http' ]
	"$SVC" down web
	theirs=$(command -v systemd-socket-activate) ||
		theirs=$PEERS/systemd/usr/bin/systemd-socket-activate
	"$theirs" -l "127.0.0.1:$port" --fdname=http python3 "$ROOM/server.py" 3>&- 2>/dev/null &
	witness=$!
	await get_is "$port" "$ours"
	kill "$witness"
}
get_is() { [ "$(get "$1" 2>/dev/null)" = "$2" ]; }
