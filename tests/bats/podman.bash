# podman with runc, and crun, from Debian's packages, unpacked and not
# installed: a store of its own, no network, no daemon, the file system copied.
# shellcheck shell=bash

# In setup_file: POD is the place of everything; a reason to skip is said.
podman_have() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	"$ROOT/tests/peers" podman runc crun conmon libgpgme11 libsubid4 \
		libyajl2 >&3 2>&1 || skip "cannot fetch Debian's podman"
	# Sockets lie here, whose paths must be short.
	POD=$(mktemp -d /tmp/pod.XXXXXX)
	PEERS=$ROOT/build/peers
	LIBS=
	local lib
	for lib in libgpgme11 libsubid4 libyajl2; do
		LIBS=$LIBS$(echo "$PEERS/$lib"/usr/lib/*-linux-gnu):
	done
	export ROOT POD PEERS LIBS
	podman_configure
}

podman_configure() {
	mkdir -p "$POD/home/.config/containers" "$POD/bin"
	echo '{"default":[{"type":"insecureAcceptAnything"}]}' \
		>"$POD/home/.config/containers/policy.json"
	printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' "$LIBS" \
		"$PEERS/crun/usr/bin/crun" >"$POD/bin/crun"
	chmod 755 "$POD/bin/crun"
	# Limits above ours could not be set; what podman starts finds no
	# libraries unless it is told where.
	cat >"$POD/containers.conf" <<-END
		[containers]
		default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
		netns = "none"
		[engine]
		runtime = "runc"
		cgroup_manager = "cgroupfs"
		events_logger = "file"
		lock_type = "file"
		tmp_dir = "$POD/tmp"
		init_path = "$ROOT/build/bin/init-command"
		conmon_path = ["$PEERS/conmon/usr/bin/conmon"]
		conmon_env_vars = ["PATH=$PATH", "LD_LIBRARY_PATH=$LIBS",
			"HOME=$POD/home", "CONTAINERS_CONF=$POD/containers.conf"]
		[engine.runtimes]
		runc = ["$PEERS/runc/usr/sbin/runc"]
		crun = ["$POD/bin/crun"]
	END
}

# Without layers: each would be a copy of the whole tree here.
podman() {
	HOME=$POD/home BUILDAH_LAYERS=false CONTAINERS_CONF=$POD/containers.conf \
		LD_LIBRARY_PATH=$LIBS timeout -k 5 90 \
		"$PEERS/podman/usr/bin/podman" --root "$POD/root" \
		--runroot "$POD/run" --storage-driver vfs "$@" 3>&-
}

# image NAME DIR [CHANGE…]: of what is in DIR.
image() {
	local name=$1 dir=$2 change
	local -a changes=()
	shift 2
	for change; do
		changes+=(--change "$change")
	done
	tar -C "$dir" -c . | podman import -q "${changes[@]}" - "localhost/$name:1"
}

# Whether this machine lets containers run at all: its own words if not.
podman_works() {
	podman run --rm localhost/many:1 -- /bin/true >"$POD/try" 2>&1 ||
		skip "podman cannot run here: $(tail -n 1 "$POD/try")"
}

# In teardown_file: containers, mounts and files go.
podman_leave() {
	[ -n "${POD:-}" ] || return 0
	podman pod rm -f -a -t 0 >/dev/null 2>&1 || :
	podman rm -f -a -t 0 >/dev/null 2>&1 || :
	local mount
	for mount in $(awk -v d="$POD/" 'index($5, d) == 1 { print $5 }' \
		/proc/self/mountinfo | sort -r); do
		umount -l "$mount" || :
	done
	rm -rf "$POD"
}

# Until the command says yes, 60 seconds at most.
await() {
	local end=$((SECONDS + 60))
	until "$@"; do
		[ $SECONDS -lt $end ] || {
			echo "waited in vain for: $*"
			return 1
		}
		read -rt 0.05 <> <(:) || :
	done
}

# A line in what the container has said.
logged() { podman logs "$1" 2>&1 | tr -d '\r' | grep -qxF -e "$2"; }
exit_code() { podman inspect -f '{{.State.ExitCode}}' "$1"; }
