/*
 * System calls without libc: no errno (which a child that shares memory would
 * share with its parent), the kernel's own answer: -errno for failure. For
 * what runs between clone and exec, and for fault handlers; all else goes
 * through lib/sys.h.
 */
#ifndef LIB_RAW_H
#define LIB_RAW_H

#include <sys/syscall.h>

#if defined(__x86_64__)

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

#elif defined(__aarch64__)

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

#else
#error "lib/raw.h: three lines of assembler are missing for this machine"
#endif

#define raw0(n) raw5((n), 0, 0, 0, 0, 0)
#define raw1(n, a) raw5((n), (long)(a), 0, 0, 0, 0)
#define raw2(n, a, b) raw5((n), (long)(a), (long)(b), 0, 0, 0)
#define raw3(n, a, b, c) raw5((n), (long)(a), (long)(b), (long)(c), 0, 0)
#define raw4(n, a, b, c, d) \
	raw5((n), (long)(a), (long)(b), (long)(c), (long)(d), 0)

#endif
