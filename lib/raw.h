/*
 * System calls without libc: no errno (which a child that shares memory would
 * share with its parent), the kernel's own answer: -errno for failure. For
 * what runs between clone and exec, and for fault handlers; all else goes
 * through lib/sys.h.
 */
#ifndef LIB_RAW_H
#define LIB_RAW_H

#include <sys/syscall.h>

struct clone_args;

#if defined(__x86_64__)

#define RAW_ARCH AUDIT_ARCH_X86_64 /* of <linux/audit.h> */

static inline long
raw5(long n, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return result;
}

/*
 * clone3 of a child that runs f(arg) on the stack that `args` names and then
 * exits by what it returns; the pid, in the parent, or -errno.
 */
static inline long
raw_clone3(
    const struct clone_args *args, long size, int (*f)(void *), void *arg)
{
	register int (*r12)(void *) __asm__("r12") = f;
	register void *r13 __asm__("r13") = arg;
	long result;

	__asm__ volatile(
	    "syscall\n\t"
	    "test %%rax, %%rax\n\t"
	    "jnz 1f\n\t"
	    "xor %%ebp, %%ebp\n\t"
	    "mov %%r13, %%rdi\n\t"
	    "call *%%r12\n\t"
	    "mov %%eax, %%edi\n\t"
	    "mov $60, %%eax\n\t" /* exit */
	    "syscall\n\t"
	    "hlt\n"
	    "1:"
	    : "=a"(result)
	    : "a"(SYS_clone3), "D"(args), "S"(size), "r"(r12), "r"(r13)
	    : "rcx", "r11", "memory");
	return result;
}

#elif defined(__aarch64__)

#define RAW_ARCH AUDIT_ARCH_AARCH64

static inline long
raw5(long n, long a, long b, long c, long d, long e)
{
	register long x8 __asm__("x8") = n;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
			 : "memory");
	return x0;
}

static inline long
raw_clone3(
    const struct clone_args *args, long size, int (*f)(void *), void *arg)
{
	register long x8 __asm__("x8") = SYS_clone3;
	register long x0 __asm__("x0") = (long)args;
	register long x1 __asm__("x1") = size;
	register int (*x9)(void *) __asm__("x9") = f;
	register void *x10 __asm__("x10") = arg;

	__asm__ volatile("svc 0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x29, xzr\n\t"
			 "mov x0, x10\n\t"
			 "blr x9\n\t"
			 "mov x8, #93\n\t" /* exit */
			 "svc 0\n"
			 "1:"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x9), "r"(x10)
			 : "memory");
	return x0;
}

#elif defined(__riscv) && __riscv_xlen == 64

static inline long
raw5(long n, long a, long b, long c, long d, long e)
{
	register long a7 __asm__("a7") = n;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;
	register long a3 __asm__("a3") = d;
	register long a4 __asm__("a4") = e;

	__asm__ volatile("ecall"
			 : "+r"(a0)
			 : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4)
			 : "memory");
	return a0;
}

static inline long
raw_clone3(
    const struct clone_args *args, long size, int (*f)(void *), void *arg)
{
	register long a7 __asm__("a7") = SYS_clone3;
	register long a0 __asm__("a0") = (long)args;
	register long a1 __asm__("a1") = size;
	register int (*a3)(void *) __asm__("a3") = f;
	register void *a4 __asm__("a4") = arg;

	__asm__ volatile("ecall\n\t"
			 "bnez a0, 1f\n\t"
			 "mv a0, a4\n\t"
			 "jalr a3\n\t"
			 "li a7, 93\n\t" /* exit */
			 "ecall\n"
			 "1:"
			 : "+r"(a0)
			 : "r"(a7), "r"(a1), "r"(a3), "r"(a4)
			 : "memory");
	return a0;
}

#else
#error "lib/raw.h: some lines of assembler are missing for this machine"
#endif

#define raw0(n) raw5((n), 0, 0, 0, 0, 0)
#define raw1(n, a) raw5((n), (long)(a), 0, 0, 0, 0)
#define raw2(n, a, b) raw5((n), (long)(a), (long)(b), 0, 0, 0)
#define raw3(n, a, b, c) raw5((n), (long)(a), (long)(b), (long)(c), 0, 0)
#define raw4(n, a, b, c, d) \
	raw5((n), (long)(a), (long)(b), (long)(c), (long)(d), 0)

#endif
