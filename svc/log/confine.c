/*
 * What cannot be given up here (an old kernel, a container that has a filter of
 * its own) is no reason to log nothing: only the user is a must.
 */
#include "svc/log/confine.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/socket.h>

#include "lib/passwd.h"
#include "lib/raw.h"
#include "lib/say.h"
#include "lib/sys.h"

/* Root without an account to become: it writes where directories are others'.
 */
#define ROOT_KEEPS (1u << CAP_DAC_OVERRIDE | 1u << CAP_FOWNER)

/*
 * Refused with EPERM. The first lines look into other processes, the next are
 * what faults of kernels are mostly found behind, then comes what a user could
 * do in a namespace of his own.
 */
/* clang-format off */
#define REFUSED(X) \
	X(ptrace) \
	X(process_vm_readv) \
	X(process_vm_writev) \
	X(pidfd_getfd) \
	X(kcmp) \
	X(bpf) \
	X(perf_event_open) \
	X(io_uring_setup) \
	X(userfaultfd) \
	X(keyctl) \
	X(add_key) \
	X(request_key) \
	X(unshare) \
	X(setns) \
	X(mount) \
	X(umount2) \
	X(move_mount) \
	X(open_tree) \
	X(fsopen) \
	X(fspick) \
	X(pivot_root) \
	X(chroot) \
	X(open_by_handle_at) \
	X(quotactl) \
	X(swapon) \
	X(swapoff) \
	X(acct) \
	X(init_module) \
	X(finit_module) \
	X(delete_module) \
	X(kexec_load) \
	X(reboot) \
	X(settimeofday) \
	X(clock_settime) \
	X(adjtimex) \
	X(clock_adjtime) \
	X(sethostname) \
	X(setdomainname) \
	X(syslog)
/* clang-format on */

#define LOAD(field) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, what)
#define REFUSE(error) ANSWER(SECCOMP_RET_ERRNO | (error))
#define UNLESS(test, value) BPF_JUMP(BPF_JMP | BPF_K | (test), value, 1, 0)
#define IF(test, value) BPF_JUMP(BPF_JMP | BPF_K | (test), value, 0, 1)
#define REFUSE_CALL(name) IF(BPF_JEQ, SYS_##name), REFUSE(EPERM),

/* Calls of the other numbering, x32's. */
#define OTHERS 0x40000000

/* Little-endian, as both architectures are: the lower half comes first. */
/* clang-format off */
static struct sock_filter filter[] = {
	LOAD(arch),
	UNLESS(BPF_JEQ, RAW_ARCH),
	REFUSE(ENOSYS),
	LOAD(nr),
	IF(BPF_JGE, OTHERS),
	REFUSE(ENOSYS),
	REFUSED(REFUSE_CALL)
	IF(BPF_JEQ, SYS_socket),
	BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0),
	ANSWER(SECCOMP_RET_ALLOW),
	LOAD(args[0]),
	UNLESS(BPF_JEQ, AF_UNIX),
	REFUSE(EAFNOSUPPORT),
	ANSWER(SECCOMP_RET_ALLOW),
};
/* clang-format on */

/* As long as it may: what no program that it runs can have either. */
static void
drop_bounding(uint64_t keep)
{
	for (unsigned cap = 0; cap < 64; cap++)
		if (!(keep >> cap & 1) &&
		    sys_prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == -1)
			return;
}

static void
become(const char *user)
{
	struct passwd_user u;
	gid_t gid;

	if (passwd_user(user, &u) != 1)
		diex(111, "no such user: %s", user);
	gid = u.gid;
	if (sys_setgroups(1, &gid) == -1 ||
	    sys_setresgid(gid, gid, gid) == -1 ||
	    sys_setresuid(u.uid, u.uid, u.uid) == -1)
		die(111, "cannot become user %s", user);
}

/* A user has none, unless somebody left him some. */
static void
drop_caps(uint32_t keep)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct caps[2] = {
	    {.effective = keep, .permitted = keep}};

	sys_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	sys_capset(&head, caps);
}

void
confine_as(const char *user)
{
	struct sock_fprog program = {
	    .len = sizeof(filter) / sizeof(filter[0]), .filter = filter};
	bool is_root = sys_geteuid() == 0;
	uint32_t keep = is_root && user == NULL ? ROOT_KEEPS : 0;

	drop_bounding(keep);
	if (user != NULL)
		become(user);
	drop_caps(keep);
	if (sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		sys_seccomp(SECCOMP_SET_MODE_FILTER, 0, &program);
}
